#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "base/check.h"
#include "base/owned.h"

namespace postkeep::crypto {
namespace {

using Bio = Owned<BIO, BIO_free>;
using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

Bio reading(Octets octets) {
  Bio bio(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
  PK_CHECK(bio != nullptr);
  return bio;
}

Bio memory() {
  Bio bio(BIO_new(BIO_s_mem()));
  PK_CHECK(bio != nullptr);
  return bio;
}

Octets written(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {reinterpret_cast<const Octet*>(data), static_cast<std::size_t>(size)};
}

std::string text_of(const Bio& bio) {
  const Octets octets = written(bio);
  return {octets.begin(), octets.end()};
}

// Asked for a passphrase: notes that, and gives none.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

std::optional<KeyKind> kind_of(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_is_a(key, "EC")) {
    if (bits == 256 || bits == 384) return KeyKind::ec;
  } else if (EVP_PKEY_is_a(key, "RSA")) {
    if (bits >= 2048 && bits <= 8192) return KeyKind::rsa;
  }
  return std::nullopt;
}

std::expected<std::vector<Certificate>, CertificateError> chain_of(Octets pem) {
  if (pem.size() > pem_octets_max)
    return std::unexpected(CertificateError::too_long);
  const Bio bio = reading(pem);
  std::vector<Certificate> chain;
  ERR_clear_error();
  while (true) {
    Certificate next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (next == nullptr) break;
    if (chain.size() == chain_certificates_max)
      return std::unexpected(CertificateError::too_long);
    chain.push_back(std::move(next));
  }
  const bool at_end =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) return std::unexpected(CertificateError::unreadable);
  if (chain.empty()) return std::unexpected(CertificateError::no_certificate);
  return chain;
}

std::expected<Key, CertificateError> key_of(Octets pem) {
  if (pem.size() > pem_octets_max)
    return std::unexpected(CertificateError::too_long);
  const Bio bio = reading(pem);
  bool asked = false;
  ERR_clear_error();
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &asked));
  const std::string_view text(reinterpret_cast<const char*>(pem.data()),
                              pem.size());
  ERR_clear_error();
  if (key != nullptr) return key;
  if (asked) return std::unexpected(CertificateError::key_has_passphrase);
  if (text.find("PRIVATE KEY-----") == std::string_view::npos)
    return std::unexpected(CertificateError::no_key);
  return std::unexpected(CertificateError::unreadable);
}

WallTime wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const std::chrono::year_month_day day(
      std::chrono::year(parts.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
  return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
         std::chrono::minutes(parts.tm_min) +
         std::chrono::seconds(parts.tm_sec);
}

std::vector<std::string> dns_names(X509* certificate) {
  std::vector<std::string> names;
  const Names listed(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; listed && i < sk_GENERAL_NAME_num(listed.get()); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(listed.get(), i);
    int type = -1;
    const auto* name =
        static_cast<const ASN1_IA5STRING*>(GENERAL_NAME_get0_value(one, &type));
    if (type != GEN_DNS) continue;
    const auto* data = ASN1_STRING_get0_data(name);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(name));
    names.emplace_back(reinterpret_cast<const char*>(data), size);
  }
  return names;
}

std::expected<CertificateFacts, CertificateError> facts_of(X509* certificate) {
  CertificateFacts facts;
  const Bio subject = memory();
  X509_NAME_print_ex(subject.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253);
  facts.subject = text_of(subject);
  facts.names = dns_names(certificate);
  facts.not_before = wall_time(X509_get0_notBefore(certificate));
  facts.not_after = wall_time(X509_get0_notAfter(certificate));
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return std::unexpected(CertificateError::unreadable);
  const auto kind = kind_of(key);
  if (!kind) return std::unexpected(CertificateError::kind_not_supported);
  facts.kind = *kind;
  facts.key_bits = static_cast<std::uint32_t>(EVP_PKEY_get_bits(key));
  facts.is_self_signed =
      X509_NAME_cmp(X509_get_subject_name(certificate),
                    X509_get_issuer_name(certificate)) == 0 &&
      X509_verify(certificate, key) == 1;
  ERR_clear_error();
  return facts;
}

// What self_signed() is made of. Nothing in it can fail but for memory.

void set_times(X509* certificate, WallTime now, std::uint32_t days) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::time_t start = static_cast<std::time_t>(seconds) - 86400;
  PK_CHECK(ASN1_TIME_set(X509_getm_notBefore(certificate), start) != nullptr);
  PK_CHECK(ASN1_TIME_adj(X509_getm_notAfter(certificate), start,
                         static_cast<int>(days) + 1, 0) != nullptr);
}

void set_serial(X509* certificate) {
  // RFC 5280 section 4.1.2.2: positive, at most 20 octets; random here.
  const Owned<BIGNUM, BN_free> serial(BN_new());
  PK_CHECK(serial && BN_rand(serial.get(), 127, BN_RAND_TOP_ONE,
                             BN_RAND_BOTTOM_ANY) == 1);
  PK_CHECK(BN_to_ASN1_INTEGER(serial.get(),
                              X509_get_serialNumber(certificate)) != nullptr);
}

void set_subject(X509* certificate, const std::string& name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  // RFC 5280 appendix A.1: ub-common-name is 64; a longer one goes without.
  if (name.size() <= 64) {
    PK_CHECK(X509_NAME_add_entry_by_txt(
                 subject, "CN", MBSTRING_UTF8,
                 reinterpret_cast<const unsigned char*>(name.data()),
                 static_cast<int>(name.size()), -1, 0) == 1);
  }
  PK_CHECK(X509_set_issuer_name(certificate, subject) == 1);
}

void add_name(GENERAL_NAMES* names, const std::string& name) {
  Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> address(
      a2i_IPADDRESS(name.c_str()));
  Owned<GENERAL_NAME, GENERAL_NAME_free> one(GENERAL_NAME_new());
  PK_CHECK(one != nullptr);
  if (address) {
    GENERAL_NAME_set0_value(one.get(), GEN_IPADD, address.release());
  } else {
    Owned<ASN1_IA5STRING, ASN1_IA5STRING_free> host(ASN1_IA5STRING_new());
    PK_CHECK(host && ASN1_STRING_set(host.get(), name.data(),
                                     static_cast<int>(name.size())) == 1);
    GENERAL_NAME_set0_value(one.get(), GEN_DNS, host.release());
  }
  PK_CHECK(sk_GENERAL_NAME_push(names, one.release()) > 0);
}

void add_extensions(X509* certificate, const std::vector<std::string>& names) {
  const Names listed(sk_GENERAL_NAME_new_null());
  PK_CHECK(listed != nullptr);
  for (const std::string& name : names) add_name(listed.get(), name);
  PK_CHECK(X509_add1_ext_i2d(certificate, NID_subject_alt_name, listed.get(), 0,
                             X509V3_ADD_DEFAULT) == 1);
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  struct Extension {
    int id;
    const char* value;
  };
  const Extension extensions[] = {
      {NID_basic_constraints, "critical,CA:FALSE"},
      {NID_key_usage, "critical,digitalSignature"},
      {NID_ext_key_usage, "serverAuth"},
      {NID_subject_key_identifier, "hash"},
  };
  for (const Extension& extension : extensions) {
    const Owned<X509_EXTENSION, X509_EXTENSION_free> made(
        X509V3_EXT_conf_nid(nullptr, &context, extension.id, extension.value));
    PK_CHECK(made && X509_add_ext(certificate, made.get(), -1) == 1);
  }
}

}  // namespace

std::expected<std::vector<CertificateFacts>, CertificateError>
read_certificates(Octets pem) {
  const auto chain = chain_of(pem);
  if (!chain) return std::unexpected(chain.error());
  std::vector<CertificateFacts> all;
  for (const Certificate& certificate : *chain) {
    auto facts = facts_of(certificate.get());
    // A CA's key may be of a kind that we would not serve with.
    if (!facts && all.empty()) return std::unexpected(facts.error());
    if (facts) all.push_back(std::move(*facts));
  }
  return all;
}

std::expected<void, CertificateError> key_fits(Octets chain_pem,
                                               Octets key_pem) {
  const auto chain = chain_of(chain_pem);
  if (!chain) return std::unexpected(chain.error());
  const auto key = key_of(key_pem);
  if (!key) return std::unexpected(key.error());
  if (!kind_of(key->get()))
    return std::unexpected(CertificateError::kind_not_supported);
  const bool fits =
      X509_check_private_key(chain->front().get(), key->get()) == 1;
  ERR_clear_error();
  if (!fits) return std::unexpected(CertificateError::key_does_not_fit);
  return {};
}

SelfSigned self_signed(const std::vector<std::string>& names, WallTime now,
                       std::uint32_t days) {
  PK_CHECK(!names.empty());
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  PK_CHECK(key && certificate);
  PK_CHECK(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  set_serial(certificate.get());
  set_times(certificate.get(), now, days);
  set_subject(certificate.get(), names.front());
  PK_CHECK(X509_set_pubkey(certificate.get(), key.get()) == 1);
  add_extensions(certificate.get(), names);
  PK_CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  SelfSigned made;
  const Bio certificate_text = memory();
  PK_CHECK(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
  made.certificate_pem = text_of(certificate_text);
  const Bio key_text(BIO_new(BIO_s_secmem()));  // Wiped when freed.
  PK_CHECK(key_text &&
           PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr,
                                         nullptr, 0, nullptr, nullptr) == 1);
  made.key_pem = Secret(written(key_text));
  return made;
}

std::string_view name(CertificateError error) {
  switch (error) {
    case CertificateError::no_certificate: return "no_certificate";
    case CertificateError::no_key: return "no_key";
    case CertificateError::key_has_passphrase: return "key_has_passphrase";
    case CertificateError::unreadable: return "unreadable";
    case CertificateError::too_long: return "too_long";
    case CertificateError::kind_not_supported: return "kind_not_supported";
    case CertificateError::key_does_not_fit: return "key_does_not_fit";
  }
  check_failed("CertificateError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::crypto
