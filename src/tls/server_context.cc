#define OPENSSL_SUPPRESS_DEPRECATED  // RAND_METHOD, for the simulator.
#include "tls/server_context.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/check.h"
#include "tls/client_context.h"
#include "tls/context_inside.h"

namespace postkeep::tls {
namespace {

// RFC 8446 section 4.6.1 allows seven days; a ticket key lives shorter.
constexpr long ticket_seconds_max = 12 * 3600;

int choose_name(SSL* ssl, int* alert, void*) {
  CallbackNotes* notes = notes_of(ssl);
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (const CertificateGroup& group : notes->context->groups) {
    if (X509_check_host(group.leaves.front().get(), asked, 0,
                        X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                            X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                        nullptr) == 1) {
      PK_CHECK(SSL_set_SSL_CTX(ssl, group.context.get()) != nullptr);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  if (notes->context->unknown_name == UnknownName::gets_the_first)
    return SSL_TLSEXT_ERR_NOACK;
  notes->refusal = TlsError::name_refused;
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// RFC 7301 section 3.2: no protocol in common is a fatal alert.
int choose_protocol(SSL* ssl, const unsigned char** chosen,
                    unsigned char* chosen_size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  CallbackNotes* notes = notes_of(ssl);
  const Octets ours = octets(notes->context->protocols);
  unsigned char* found = nullptr;
  if (!ours.empty() &&
      SSL_select_next_proto(&found, chosen_size, ours.data(),
                            static_cast<unsigned>(ours.size()), offered,
                            offered_size) == OPENSSL_NPN_NEGOTIATED) {
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
  }
  notes->refusal = TlsError::protocol_refused;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool set_up_sealing(const TicketKey& key, const unsigned char* iv,
                    EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int encrypts) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr,
                           key.cipher.data(), iv, encrypts) == 1 &&
         EVP_MAC_init(mac, key.mac.data(), key.mac.size(), parameters) == 1;
}

// 1: done. 2: done, and a new ticket is due. 0: no such key, full handshake.
int seal_ticket(SSL* ssl, unsigned char* name, unsigned char* iv,
                EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int seals) {
  const ContextInside& context = *notes_of(ssl)->context;
  if (!context.current) return 0;
  if (seals == 1) {
    std::ranges::copy(context.current->name, name);
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1)
      return -1;
    return set_up_sealing(*context.current, iv, cipher, mac, 1) ? 1 : -1;
  }
  // Names are sent in clear: comparing them gives nothing away.
  const auto is_named = [&](const std::optional<TicketKey>& key) {
    return key && std::equal(key->name.begin(), key->name.end(), name);
  };
  if (is_named(context.current))
    return set_up_sealing(*context.current, iv, cipher, mac, 0) ? 1 : -1;
  if (is_named(context.previous))
    return set_up_sealing(*context.previous, iv, cipher, mac, 0) ? 2 : -1;
  return 0;
}

SslContext configured(UnknownName unknown_name) {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  PK_CHECK(context != nullptr);
  SSL_CTX* made = context.get();
  std::string list(ciphers);
  if (unknown_name == UnknownName::gets_the_first) list += ciphers_of_old_mtas;
  PK_CHECK(SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(made, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(made, list.c_str()) == 1 &&
           SSL_CTX_set1_groups_list(made, groups) == 1 &&
           SSL_CTX_set1_sigalgs_list(made, signature_schemes) == 1 &&
           SSL_CTX_set_session_id_context(
               made, reinterpret_cast<const unsigned char*>("postkeep"), 8) ==
               1);
  SSL_CTX_set_options(made, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                SSL_OP_CIPHER_SERVER_PREFERENCE |
                                SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(made, 0);
  SSL_CTX_set_timeout(made, ticket_seconds_max);
  PK_CHECK(SSL_CTX_callback_ctrl(made, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                                 reinterpret_cast<void (*)()>(choose_name)) ==
           1);
  SSL_CTX_set_alpn_select_cb(made, choose_protocol, nullptr);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(made, seal_ticket);
  SSL_CTX_set_info_callback(made, note_alert);
  return context;
}

using Chain = std::vector<X509Owned>;

std::expected<Chain, ContextError> chain_of(const std::string& pem) {
  const Owned<BIO, BIO_free> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PK_CHECK(bio != nullptr);
  Chain chain;
  ERR_clear_error();
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    chain.emplace_back(next);
  const bool at_end =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) return std::unexpected(ContextError::unreadable);
  if (chain.empty()) return std::unexpected(ContextError::no_certificate);
  return chain;
}

using Names = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

std::string names_of(X509* certificate) {
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  unsigned char* der = nullptr;
  const int size = names ? i2d_GENERAL_NAMES(names.get(), &der) : 0;
  std::string text(reinterpret_cast<const char*>(der),
                   static_cast<std::size_t>(std::max(size, 0)));
  OPENSSL_free(der);
  return text;
}

// The group for a certificate: one with the same names that has none of its
// kind of key yet, or a new one.
CertificateGroup& group_for(ContextInside& inside, X509* leaf) {
  const int kind = EVP_PKEY_get_base_id(X509_get0_pubkey(leaf));
  for (CertificateGroup& group : inside.groups) {
    const bool has_kind =
        std::ranges::any_of(group.leaves, [&](const X509Owned& one) {
          return EVP_PKEY_get_base_id(X509_get0_pubkey(one.get())) == kind;
        });
    if (!has_kind && names_of(group.leaves.front().get()) == names_of(leaf))
      return group;
  }
  return inside.groups.emplace_back(
      CertificateGroup{configured(inside.unknown_name), {}});
}

std::expected<void, ContextError> add(ContextInside& inside,
                                      const Certificate& certificate,
                                      Signer& signer) {
  auto chain = chain_of(certificate.chain_pem);
  if (!chain) return std::unexpected(chain.error());
  X509* leaf = chain->front().get();
  EVP_PKEY* public_key = X509_get0_pubkey(leaf);
  if (public_key == nullptr) return std::unexpected(ContextError::unreadable);
  auto remote = std::make_unique<RemoteKey>();
  remote->signer = &signer;
  remote->number = certificate.key;
  const KeyOwned key = key_over(public_key, remote.get());
  if (key == nullptr) return std::unexpected(ContextError::kind_not_supported);
  inside.remote_keys.push_back(std::move(remote));

  CertificateGroup& group = group_for(inside, leaf);
  SSL_CTX* context = group.context.get();
  // Refused for what OpenSSL's security level finds too weak.
  const bool taken = SSL_CTX_use_certificate(context, leaf) == 1 &&
                     SSL_CTX_use_PrivateKey(context, key.get()) == 1;
  bool chained = taken;
  for (std::size_t i = 1; chained && i < chain->size(); ++i)
    chained = SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) == 1;
  ERR_clear_error();
  if (!chained) return std::unexpected(ContextError::kind_not_supported);
  group.leaves.push_back(std::move(chain->front()));
  return {};
}

Random* simulated_random = nullptr;

int random_octets(unsigned char* into, int size) {
  simulated_random->fill({into, static_cast<std::size_t>(size)});
  return 1;
}

int random_status() { return 1; }

}  // namespace

void note_alert(const SSL* ssl, int where, int what) {
  CallbackNotes* notes = notes_of(ssl);
  if (notes == nullptr || (where & SSL_CB_ALERT) == 0) return;
  const int level = what >> 8;
  const int alert = what & 0xff;
  const bool was_sent = (where & SSL_CB_WRITE) != 0;
  if (was_sent && alert == SSL_AD_NO_RENEGOTIATION) notes->renegotiation = true;
  if (level != SSL3_AL_FATAL) return;
  notes->fatal_alert = static_cast<std::uint8_t>(alert);
  notes->alert_was_received = !was_sent;
}

void prepare() {
  PK_CHECK(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG |
                                OPENSSL_INIT_NO_ATEXIT |
                                OPENSSL_INIT_LOAD_SSL_STRINGS,
                            nullptr) == 1);
  Octet first = 0;
  PK_CHECK(RAND_bytes(&first, 1) == 1 && RAND_priv_bytes(&first, 1) == 1);
  // Fetches every cipher, digest and group there is.
  (void)configured(UnknownName::gets_the_first);
  PK_CHECK(ClientContext::make({}).has_value());
  // The times of certificates are read by way of gmtime(), which once looks for
  // the file of this machine's time zone.
  ASN1_TIME* const first_time = ASN1_TIME_set(nullptr, 0);
  PK_CHECK(first_time != nullptr);
  ASN1_TIME_free(first_time);
}

void use_random(Random& random) {
  static const RAND_METHOD method{nullptr, random_octets, nullptr,
                                  nullptr, random_octets, random_status};
  simulated_random = &random;
  PK_CHECK(RAND_set_rand_method(&method) == 1);
}

TicketKey ticket_key(std::span<const Octet, ticket_key_octets> octets) {
  TicketKey key{};
  std::ranges::copy(octets.first<16>(), key.name.begin());
  std::ranges::copy(octets.subspan<16, 32>(), key.mac.begin());
  std::ranges::copy(octets.subspan<48, 32>(), key.cipher.begin());
  return key;
}

ServerContext::ServerContext(std::shared_ptr<ContextInside> inside)
    : inside_(std::move(inside)) {}

std::expected<ServerContext, ContextError> ServerContext::make(
    const ServerSettings& settings, Signer& signer) {
  if (settings.certificates.empty())
    return std::unexpected(ContextError::no_certificate);
  auto inside = std::make_shared<ContextInside>();
  inside->unknown_name = settings.unknown_name;
  for (const std::string& protocol : settings.protocols) {
    PK_CHECK(!protocol.empty() && protocol.size() <= 255);
    inside->protocols += static_cast<char>(protocol.size());
    inside->protocols += protocol;
  }
  for (const Certificate& certificate : settings.certificates) {
    const auto added = add(*inside, certificate, signer);
    if (!added) return std::unexpected(added.error());
  }
  return ServerContext(std::move(inside));
}

void ServerContext::set_ticket_keys(const TicketKey& current,
                                    const std::optional<TicketKey>& previous) {
  inside_->current = current;
  inside_->previous = previous;
  for (const CertificateGroup& group : inside_->groups) {
    SSL_CTX_clear_options(group.context.get(), SSL_OP_NO_TICKET);
    // One is enough: each connection gives the next one its own.
    SSL_CTX_set_num_tickets(group.context.get(), 1);
  }
}

std::string_view name(ContextError error) {
  switch (error) {
    case ContextError::no_certificate: return "no_certificate";
    case ContextError::unreadable: return "unreadable";
    case ContextError::kind_not_supported: return "kind_not_supported";
  }
  check_failed("ContextError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::tls
