#include "tls/connection.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <utility>

#include "base/check.h"
#include "tls/context_inside.h"

namespace postkeep::tls {
namespace {

bool is_any_of(int reason, std::initializer_list<int> reasons) {
  return std::ranges::find(reasons, reason) != reasons.end();
}

// What OpenSSL's reason means for the log.
TlsError meaning_of(int reason) {
  if (is_any_of(reason, {SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST,
                         SSL_R_WRONG_VERSION_NUMBER})) {
    return TlsError::not_tls;
  }
  if (is_any_of(reason, {SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW,
                         SSL_R_UNKNOWN_PROTOCOL})) {
    return TlsError::version_unsupported;
  }
  if (is_any_of(reason, {SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE,
                         SSL_R_NO_SUITABLE_GROUPS, SSL_R_NO_SHARED_GROUPS,
                         SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
                         SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
                         SSL_R_WRONG_SIGNATURE_TYPE})) {
    return TlsError::nothing_in_common;
  }
  return TlsError::malformed;
}

// What is wrong with a server's certificate.
TlsError meaning_of_verification(long result) {
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return TlsError::certificate_expired;
    case X509_V_ERR_HOSTNAME_MISMATCH: return TlsError::certificate_of_others;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_DANE_NO_MATCH: return TlsError::certificate_untrusted;
    default: return TlsError::certificate_refused;
  }
}

// RFC 7672 section 3.1: DANE-TA and DANE-EE alone.
constexpr std::uint8_t dane_ta = 2;
constexpr std::uint8_t dane_ee = 3;

// Whether one of the records can be used at all.
bool add_tlsa(SSL* ssl, const ServerWanted& wanted) {
  // The name is looked at for DANE-TA alone (sections 3.1.1 and 3.2.2).
  if (SSL_dane_enable(ssl, wanted.names.front().c_str()) != 1) return false;
  SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
  bool any = false;
  for (const Tlsa& one : wanted.tlsa) {
    if (one.usage != dane_ta && one.usage != dane_ee) continue;
    any |= SSL_dane_tlsa_add(ssl, one.usage, one.selector, one.matching_type,
                             one.data.data(), one.data.size()) == 1;
  }
  return any;
}

// tls-server-end-point, RFC 5929 section 4.1: the certificate under the hash
// of its own signature, or SHA-256 where that is MD5 or SHA-1.
std::vector<Octet> end_point_of(const X509* certificate) {
  int digest = NID_undef;
  if (OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest,
                          nullptr) != 1 ||
      digest == NID_undef) {
    return {};
  }
  if (digest == NID_md5 || digest == NID_sha1) digest = NID_sha256;
  const EVP_MD* algorithm = EVP_get_digestbynid(digest);
  std::array<Octet, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  if (algorithm == nullptr ||
      X509_digest(certificate, algorithm, hash.data(), &size) != 1) {
    return {};
  }
  return {hash.begin(), hash.begin() + size};
}

}  // namespace

struct Connection::Inside {
  Inside(std::shared_ptr<ContextInside> shared, SSL_CTX* configured);

  std::shared_ptr<ContextInside> context;
  CallbackNotes notes;
  Owned<SSL, SSL_free> ssl;
  ConnectionState state = ConnectionState::handshaking;
  std::optional<TlsError> error;
  Octets input;  // What received() was given and OpenSSL has not read yet.
  std::size_t handshake_octets = 0;
  std::size_t handshake_octets_most = handshake_octets_max;
  bool checks_certificate = false;
  bool handshake_is_too_long = false;
  std::vector<Octet> output;
  std::size_t answer_octets = 0;  // Of output: what reading made OpenSSL say.
  std::vector<Octet> plaintext;

  void run();
  void shake_hands();
  void want(const ServerWanted& wanted);
  void read_plaintext();
  void note_result(int result);
  void fail(TlsError why);
  [[nodiscard]] bool signing_failed() const;

  // The two ends of the memory that OpenSSL takes for its socket.
  static const BIO_METHOD* memory();
  static int take_input(BIO* bio, char* into, std::size_t room,
                        std::size_t* taken);
  static int put_output(BIO* bio, const char* from, std::size_t size,
                        std::size_t* written);
  static long control(BIO* bio, int command, long number, void* pointer);
};

const BIO_METHOD* Connection::Inside::memory() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "octets");
    PK_CHECK(made != nullptr && BIO_meth_set_read_ex(made, take_input) == 1 &&
             BIO_meth_set_write_ex(made, put_output) == 1 &&
             BIO_meth_set_ctrl(made, control) == 1);
    return made;
  }();
  return method;
}

int Connection::Inside::take_input(BIO* bio, char* into, std::size_t room,
                                   std::size_t* taken) {
  auto* inside = static_cast<Inside*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const bool is_handshake = inside->state == ConnectionState::handshaking;
  if (is_handshake) {
    const std::size_t left =
        inside->handshake_octets_most - inside->handshake_octets;
    if (left == 0 && !inside->input.empty()) {
      inside->handshake_is_too_long = true;
      return 0;
    }
    room = std::min(room, left);
  }
  const std::size_t size = std::min(room, inside->input.size());
  if (size == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::copy_n(inside->input.begin(), size, into);
  inside->input = inside->input.subspan(size);
  if (is_handshake) inside->handshake_octets += size;
  *taken = size;
  return 1;
}

int Connection::Inside::put_output(BIO* bio, const char* from, std::size_t size,
                                   std::size_t* written) {
  auto* inside = static_cast<Inside*>(BIO_get_data(bio));
  inside->output.insert(inside->output.end(), from, from + size);
  *written = size;
  return 1;
}

long Connection::Inside::control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

Connection::Inside::Inside(std::shared_ptr<ContextInside> shared,
                           SSL_CTX* configured)
    : context(std::move(shared)), ssl(SSL_new(configured)) {
  PK_CHECK(ssl != nullptr);
  notes.context = context.get();
  BIO* bio = BIO_new(memory());
  PK_CHECK(bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl.get(), bio, bio);  // It owns `bio` now, once.
  SSL_set_app_data(ssl.get(), &notes);
}

// The client's side: what it says first, and what it asks of the server.
void Connection::Inside::want(const ServerWanted& wanted) {
  SSL* made = ssl.get();
  handshake_octets_most = server_handshake_octets_max;
  SSL_set_connect_state(made);
  checks_certificate = wanted.check == CertificateCheck::authority ||
                       (wanted.check == CertificateCheck::dane &&
                        !wanted.names.empty() && add_tlsa(made, wanted));
  ERR_clear_error();
  if (!wanted.server_name.empty()) {
    std::string name = wanted.server_name;
    // Fails for a name of more than 255 octets: then none is sent.
    SSL_ctrl(made, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             name.data());
    ERR_clear_error();
  }
  if (!checks_certificate) {
    SSL_set_verify(made, SSL_VERIFY_NONE, nullptr);
    return;
  }
  SSL_set_verify(made, SSL_VERIFY_PEER, nullptr);
  SSL_set_hostflags(made, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                              X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  bool is_named = false;
  for (const std::string& one : wanted.names) {
    is_named |= SSL_add1_host(made, one.c_str()) == 1;
  }
  // Without a name every certificate would be of the right one.
  if (!is_named) return fail(TlsError::certificate_of_others);
  X509_VERIFY_PARAM_set_time(SSL_get0_param(made),
                             std::chrono::duration_cast<std::chrono::seconds>(
                                 wanted.now.time_since_epoch())
                                 .count());
}

void Connection::Inside::fail(TlsError why) {
  state = ConnectionState::failed;
  error = why;
  input = {};
}

bool Connection::Inside::signing_failed() const {
  return std::ranges::any_of(context->remote_keys,
                             [](const auto& key) { return key->failed; });
}

// What a call of OpenSSL's said, unless it was success.
void Connection::Inside::note_result(int result) {
  const int kind = SSL_get_error(ssl.get(), result);
  const int reason = ERR_GET_REASON(ERR_peek_error());
  ERR_clear_error();
  if (notes.renegotiation) return fail(TlsError::renegotiation_refused);
  if (handshake_is_too_long) return fail(TlsError::handshake_too_long);
  if (kind == SSL_ERROR_WANT_READ) return;
  if (kind == SSL_ERROR_ZERO_RETURN) {
    state = ConnectionState::ended;
    input = {};
    return;
  }
  if (notes.refusal) return fail(*notes.refusal);
  if (notes.alert_was_received) return fail(TlsError::alert_received);
  if (signing_failed()) return fail(TlsError::signing_failed);
  // What OpenSSL complains of first may be a step on the way to this.
  const long verified = SSL_get_verify_result(ssl.get());
  if (checks_certificate && state == ConnectionState::handshaking &&
      verified != X509_V_OK) {
    return fail(meaning_of_verification(verified));
  }
  fail(kind == SSL_ERROR_SSL ? meaning_of(reason) : TlsError::other);
}

void Connection::Inside::shake_hands() {
  for (const auto& key : context->remote_keys) key->failed = false;
  const int result = SSL_do_handshake(ssl.get());
  if (result != 1) return note_result(result);
  state = ConnectionState::open;
}

void Connection::Inside::read_plaintext() {
  std::array<Octet, SSL3_RT_MAX_PLAIN_LENGTH> room;
  while (state == ConnectionState::open) {
    std::size_t read = 0;
    const std::size_t before = output.size();
    const int result = SSL_read_ex(ssl.get(), room.data(), room.size(), &read);
    if (result == 1)
      plaintext.insert(plaintext.end(), room.begin(), room.begin() + read);
    answer_octets += output.size() - before;
    if (answer_octets > output_octets_max) return fail(TlsError::output_full);
    if (notes.renegotiation) return fail(TlsError::renegotiation_refused);
    if (result != 1) {
      note_result(result);
      break;
    }
  }
  OPENSSL_cleanse(room.data(), room.size());
}

void Connection::Inside::run() {
  ERR_clear_error();
  if (state == ConnectionState::handshaking) shake_hands();
  if (state == ConnectionState::open) read_plaintext();
}

Connection::Connection(const ServerContext& context)
    : inside_(std::make_unique<Inside>(
          context.inside_, context.inside_->groups.front().context.get())) {
  SSL_set_accept_state(inside_->ssl.get());
}
Connection::Connection(const ClientContext& context,
                       const ServerWanted& wanted) {
  const auto& sorts = context.inside_->groups;
  const CertificateGroup& sort =
      wanted.check == CertificateCheck::none ? sorts.front() : sorts.back();
  inside_ = std::make_unique<Inside>(context.inside_, sort.context.get());
  inside_->want(wanted);
  if (inside_->state != ConnectionState::failed) inside_->run();
}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::received(Octets ciphertext) {
  const ConnectionState state = inside_->state;
  if (state != ConnectionState::handshaking && state != ConnectionState::open)
    return;
  Inside& inside = *inside_;
  inside.input = ciphertext;
  while (!inside.input.empty()) {
    const std::size_t before = inside.input.size();
    inside.run();
    // OpenSSL reads on as long as there is something; should it ever not, the
    // peer may have brought that about: no reason to end the role.
    if (inside.input.size() == before) inside.fail(TlsError::other);
  }
}

bool Connection::write(Octets octets) {
  Inside& inside = *inside_;
  if (inside.state != ConnectionState::open &&
      inside.state != ConnectionState::ended) {
    return false;
  }
  if (inside.output.size() >= output_octets_max) return false;
  if (octets.empty()) return true;
  ERR_clear_error();
  std::size_t written = 0;
  const int result =
      SSL_write_ex(inside.ssl.get(), octets.data(), octets.size(), &written);
  if (result != 1) {
    inside.fail(TlsError::other);
    ERR_clear_error();
    return false;
  }
  PK_CHECK(written == octets.size());
  return true;
}

void Connection::close() {
  Inside& inside = *inside_;
  if (inside.state == ConnectionState::failed ||
      inside.state == ConnectionState::closed) {
    return;
  }
  ERR_clear_error();
  if (inside.state != ConnectionState::handshaking)
    (void)SSL_shutdown(inside.ssl.get());
  ERR_clear_error();
  inside.state = ConnectionState::closed;
}

std::vector<Octet> Connection::take_plaintext() {
  return std::exchange(inside_->plaintext, {});
}

std::vector<Octet> Connection::take_output() {
  inside_->answer_octets = 0;
  return std::exchange(inside_->output, {});
}

std::size_t Connection::plaintext_octets() const {
  return inside_->plaintext.size();
}

std::size_t Connection::output_octets() const { return inside_->output.size(); }

ConnectionState Connection::state() const { return inside_->state; }

std::optional<TlsError> Connection::error() const { return inside_->error; }

std::uint8_t Connection::alert() const { return inside_->notes.fatal_alert; }

ConnectionInfo Connection::info() const {
  const SSL* ssl = inside_->ssl.get();
  ConnectionInfo info;
  info.version = SSL_get_version(ssl);
  if (const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl)) {
    info.cipher = SSL_CIPHER_standard_name(cipher);
    info.bits =
        static_cast<std::uint32_t>(SSL_CIPHER_get_bits(cipher, nullptr));
  }
  if (const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
    info.server_name = asked;
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (size > 0) info.protocol.assign(protocol, protocol + size);
  info.resumed = SSL_session_reused(ssl) == 1;
  info.verified =
      inside_->checks_certificate && SSL_get_verify_result(ssl) == X509_V_OK;
  return info;
}

ChannelBindings Connection::channel_bindings() const {
  SSL* ssl = inside_->ssl.get();
  ChannelBindings bindings;
  if (SSL_is_init_finished(ssl) == 0) return bindings;
  // In TLS 1.2 the peers' libraries do not agree whether an empty context is
  // the same as none, so it is given where the question does not arise.
  if (SSL_version(ssl) >= TLS1_3_VERSION) {
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    bindings.exporter.resize(32);
    if (SSL_export_keying_material(ssl, bindings.exporter.data(), 32,
                                   label.data(), label.size(), nullptr, 0,
                                   1) != 1) {
      bindings.exporter.clear();
    }
  }
  // A resumed session has shown no certificate: it is known which one the
  // client thinks of only where there is but one.
  const bool is_known =
      SSL_session_reused(ssl) == 0 || inside_->context->remote_keys.size() == 1;
  const X509* certificate = SSL_get_certificate(ssl);
  if (is_known && certificate != nullptr)
    bindings.server_end_point = end_point_of(certificate);
  ERR_clear_error();
  return bindings;
}

}  // namespace postkeep::tls
