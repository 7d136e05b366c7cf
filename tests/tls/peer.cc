#include "tls/peer.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/owned.h"

namespace postkeep::tls {
namespace {

using Bio = Owned<BIO, BIO_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;

Key make_key(IdentityKind kind) {
  switch (kind) {
    case IdentityKind::ec_256: return Key(EVP_EC_gen("P-256"));
    case IdentityKind::ec_384: return Key(EVP_EC_gen("P-384"));
    case IdentityKind::rsa_2048: return Key(EVP_RSA_gen(2048));
    case IdentityKind::rsa_1024: return Key(EVP_RSA_gen(1024));
  }
  return nullptr;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

namespace {

using Certificate509 = Owned<X509, X509_free>;

void add_extension(X509* made, int kind, const std::string& value) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  PK_CHECK(X509_add_ext(made, extension.get(), -1) == 1);
}

// Without an issuer and a signature.
Certificate509 make_certificate(EVP_PKEY* key,
                                const std::vector<std::string>& names) {
  static long serial = 0;
  Certificate509 certificate(X509_new());
  X509* made = certificate.get();
  PK_CHECK(made != nullptr);
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made), 86400);
  X509_set_pubkey(made, key);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(made), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(names.front().c_str()), -1, -1, 0);
  std::string list;
  for (const std::string& name : names)
    list += (list.empty() ? "DNS:" : ",DNS:") + name;
  add_extension(made, NID_subject_alt_name, list);
  return certificate;
}

Identity signed_by(X509* made, EVP_PKEY* key, const X509_NAME* issuer,
                   EVP_PKEY* issuer_key) {
  X509_set_issuer_name(made, issuer);
  PK_CHECK(X509_sign(made, issuer_key, EVP_sha256()) > 0);
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  PK_CHECK(PEM_write_bio_X509(certificate_text.get(), made) == 1);
  PK_CHECK(PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0,
                                    nullptr, nullptr) == 1);
  return {text_of(certificate_text.get()), text_of(key_text.get())};
}

}  // namespace

Identity make_identity(IdentityKind kind,
                       const std::vector<std::string>& names) {
  const Key key = make_key(kind);
  PK_CHECK(key);
  const Certificate509 made = make_certificate(key.get(), names);
  return signed_by(made.get(), key.get(), X509_get_subject_name(made.get()),
                   key.get());
}

Identity make_authority(const std::string& name) {
  const Key key = make_key(IdentityKind::ec_256);
  const Certificate509 made = make_certificate(key.get(), {name});
  add_extension(made.get(), NID_basic_constraints, "critical,CA:TRUE");
  return signed_by(made.get(), key.get(), X509_get_subject_name(made.get()),
                   key.get());
}

Identity make_identity_of(const Identity& authority,
                          const std::vector<std::string>& names) {
  const Bio key_text(BIO_new_mem_buf(authority.key_pem.data(), -1));
  const Bio text(BIO_new_mem_buf(authority.certificate_pem.data(), -1));
  const Key issuer_key(
      PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  const Certificate509 issuer(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  PK_CHECK(issuer_key && issuer);
  const Key key = make_key(IdentityKind::ec_256);
  const Certificate509 made = make_certificate(key.get(), names);
  Identity identity =
      signed_by(made.get(), key.get(), X509_get_subject_name(issuer.get()),
                issuer_key.get());
  identity.certificate_pem += authority.certificate_pem;
  return identity;
}

struct Peer::Inside {
  Owned<SSL_CTX, SSL_CTX_free> context;
  Owned<SSL, SSL_free> ssl;
  bool open = false;
  bool failed = false;
  bool closed = false;
  std::uint8_t alert = 0;
  std::string plaintext;
  Owned<SSL_SESSION, SSL_SESSION_free> session;

  void go_on();
  static Inside& of(const SSL* ssl) {
    return *static_cast<Inside*>(SSL_get_app_data(ssl));
  }
  static int keep_session(SSL* ssl, SSL_SESSION* session) {
    of(ssl).session.reset(session);
    return 1;
  }
  static void note_alert(const SSL* ssl, int where, int what) {
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
      of(ssl).alert = static_cast<std::uint8_t>(what & 0xff);
  }
};

void Peer::Inside::go_on() {
  ERR_clear_error();
  if (!open && !failed) {
    const int result = SSL_do_handshake(ssl.get());
    open = result == 1;
    if (result != 1)
      failed = SSL_get_error(ssl.get(), result) != SSL_ERROR_WANT_READ;
  }
  while (open) {
    std::array<char, 16384> room;
    const int result =
        SSL_read(ssl.get(), room.data(), static_cast<int>(room.size()));
    if (result > 0) {
      plaintext.append(room.data(), static_cast<std::size_t>(result));
      continue;
    }
    const int kind = SSL_get_error(ssl.get(), result);
    closed = kind == SSL_ERROR_ZERO_RETURN;
    failed = kind != SSL_ERROR_WANT_READ && !closed;
    break;
  }
  ERR_clear_error();
}

Peer::Peer(const PeerSettings& settings) : inside_(std::make_unique<Inside>()) {
  inside_->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = inside_->context.get();
  PK_CHECK(context != nullptr);
  SSL_CTX_set_security_level(context, 0);  // It may try what is too weak.
  SSL_CTX_set_min_proto_version(context, settings.version_min);
  SSL_CTX_set_max_proto_version(context, settings.version_max);
  SSL_CTX_set_session_cache_mode(
      context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(context, Inside::keep_session);
  SSL_CTX_set_info_callback(context, Inside::note_alert);
  if (!settings.ciphers.empty())
    SSL_CTX_set_cipher_list(context, settings.ciphers.c_str());
  if (!settings.signature_schemes.empty())
    SSL_CTX_set1_sigalgs_list(context, settings.signature_schemes.c_str());
  inside_->ssl.reset(SSL_new(context));
  SSL* ssl = inside_->ssl.get();
  SSL_set_app_data(ssl, inside_.get());
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  BIO_ctrl(SSL_get_rbio(ssl), BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nullptr);
  SSL_set_connect_state(ssl);
  std::string name = settings.server_name;
  if (!name.empty()) {
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             name.data());
  }
  std::string protocols;
  for (const std::string& one : settings.protocols)
    protocols += static_cast<char>(one.size()) + one;
  if (!protocols.empty()) {
    SSL_set_alpn_protos(
        ssl, reinterpret_cast<const unsigned char*>(protocols.data()),
        static_cast<unsigned>(protocols.size()));
  }
  if (!settings.session.empty()) {
    const unsigned char* at = settings.session.data();
    const Owned<SSL_SESSION, SSL_SESSION_free> session(d2i_SSL_SESSION(
        nullptr, &at, static_cast<long>(settings.session.size())));
    PK_CHECK(session && SSL_set_session(ssl, session.get()) == 1);
  }
  inside_->go_on();
}

Peer::Peer(Peer&&) noexcept = default;
Peer::~Peer() = default;

void Peer::received(Octets ciphertext) {
  BIO_write(SSL_get_rbio(inside_->ssl.get()), ciphertext.data(),
            static_cast<int>(ciphertext.size()));
  inside_->go_on();
}

std::vector<Octet> Peer::take_output() {
  BIO* bio = SSL_get_wbio(inside_->ssl.get());
  std::vector<Octet> octets(BIO_ctrl_pending(bio));
  if (!octets.empty())
    BIO_read(bio, octets.data(), static_cast<int>(octets.size()));
  return octets;
}

void Peer::write(Octets plaintext) {
  PK_CHECK(SSL_write(inside_->ssl.get(), plaintext.data(),
                     static_cast<int>(plaintext.size())) ==
           static_cast<int>(plaintext.size()));
}

void Peer::close() { SSL_shutdown(inside_->ssl.get()); }

void Peer::renegotiate() {
  SSL_renegotiate(inside_->ssl.get());
  SSL_do_handshake(inside_->ssl.get());
  ERR_clear_error();
}

void Peer::update_keys(bool and_yours) {
  SSL_key_update(inside_->ssl.get(), and_yours ? SSL_KEY_UPDATE_REQUESTED
                                               : SSL_KEY_UPDATE_NOT_REQUESTED);
  SSL_do_handshake(inside_->ssl.get());
}

bool Peer::is_open() const { return inside_->open; }
bool Peer::failed() const { return inside_->failed; }
bool Peer::was_closed() const { return inside_->closed; }
std::uint8_t Peer::alert() const { return inside_->alert; }
const std::string& Peer::plaintext() const { return inside_->plaintext; }

bool Peer::resumed() const {
  return SSL_session_reused(inside_->ssl.get()) == 1;
}

std::vector<Octet> Peer::session() const {
  // Up to TLS 1.2 a ticket that renews another is told to no callback.
  const SSL* ssl = inside_->ssl.get();
  const SSL_SESSION* session = SSL_version(ssl) <= TLS1_2_VERSION
                                   ? SSL_get0_session(ssl)
                                   : inside_->session.get();
  if (session == nullptr || SSL_SESSION_has_ticket(session) == 0) return {};
  unsigned char* der = nullptr;
  const int size = i2d_SSL_SESSION(session, &der);
  std::vector<Octet> octets(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return octets;
}

std::string Peer::certificate_name() const {
  const X509* certificate = SSL_get0_peer_certificate(inside_->ssl.get());
  std::array<char, 256> name{};
  if (certificate != nullptr) {
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate),
                              NID_commonName, name.data(), name.size());
  }
  return name.data();
}

std::vector<Octet> Peer::exporter() const {
  std::vector<Octet> octets(32);
  SSL_export_keying_material(inside_->ssl.get(), octets.data(), octets.size(),
                             "EXPORTER-Channel-Binding", 24, nullptr, 0, 1);
  return octets;
}

std::vector<Octet> Peer::certificate_sha256() const {
  std::vector<Octet> octets(32);
  const X509* certificate = SSL_get0_peer_certificate(inside_->ssl.get());
  if (certificate == nullptr) return {};
  X509_digest(certificate, EVP_sha256(), octets.data(), nullptr);
  return octets;
}

void carry(Peer& peer, Connection& connection, std::size_t piece) {
  const auto in_pieces = [&](const std::vector<Octet>& octets,
                             const auto& give) {
    for (std::size_t at = 0; at < octets.size(); at += piece) {
      const Octets all(octets);
      give(all.subspan(at, std::min(piece, octets.size() - at)));
    }
  };
  while (true) {
    const std::vector<Octet> up = peer.take_output();
    in_pieces(up, [&](Octets part) { connection.received(part); });
    const std::vector<Octet> down = connection.take_output();
    in_pieces(down, [&](Octets part) { peer.received(part); });
    if (up.empty() && down.empty()) return;
  }
}

}  // namespace postkeep::tls
