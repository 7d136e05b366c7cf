#include "tls/client_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <utility>

#include "base/check.h"
#include "tls/context_inside.h"

namespace postkeep::tls {
namespace {

// What is left to servers that know nothing else, before mail goes in clear:
// no forward secrecy, or a finite field.
constexpr const char* ciphers_of_old_servers =
    ":DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:AES256-GCM-SHA384:"
    "AES128-GCM-SHA256:AES256-SHA:AES128-SHA";
// OpenSSL's: 1 asks for 80 bits of security, 2 for 112.
constexpr int level_of_any = 1;
constexpr int level_of_checked = 2;

SslContext configured(const std::string& list, int level) {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  PK_CHECK(context != nullptr);
  SSL_CTX* made = context.get();
  SSL_CTX_set_security_level(made, level);
  PK_CHECK(SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(made, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(made, list.c_str()) == 1 &&
           SSL_CTX_set1_groups_list(made, groups) == 1);
  SSL_CTX_set_options(made, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_info_callback(made, note_alert);
  return context;
}

// Each certificate of the text, into the store. False: it is not what it says.
bool add_authorities(X509_STORE* store, const std::string& pem) {
  const Owned<BIO, BIO_free> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PK_CHECK(bio != nullptr);
  ERR_clear_error();
  while (true) {
    const X509Owned next(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    if (X509_STORE_add_cert(store, next.get()) != 1) return false;
  }
  return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

}  // namespace

ClientContext::ClientContext(std::shared_ptr<ContextInside> inside)
    : inside_(std::move(inside)) {}

std::expected<ClientContext, ContextError> ClientContext::make(
    const ClientSettings& settings) {
  auto inside = std::make_shared<ContextInside>();
  const std::string strong(ciphers);
  inside->groups.push_back(
      {configured(strong + ciphers_of_old_mtas + ciphers_of_old_servers,
                  level_of_any),
       {}});
  SslContext checked = configured(strong, level_of_checked);
  PK_CHECK(SSL_CTX_set1_sigalgs_list(checked.get(), signature_schemes) == 1 &&
           SSL_CTX_dane_enable(checked.get()) == 1);
  const bool added = add_authorities(SSL_CTX_get_cert_store(checked.get()),
                                     settings.authorities_pem);
  ERR_clear_error();
  if (!added) return std::unexpected(ContextError::unreadable);
  inside->groups.push_back({std::move(checked), {}});
  return ClientContext(std::move(inside));
}

std::size_t ClientContext::authorities() const {
  const X509_STORE* store =
      SSL_CTX_get_cert_store(inside_->groups.back().context.get());
  return static_cast<std::size_t>(
      sk_X509_OBJECT_num(X509_STORE_get0_objects(store)));
}

}  // namespace postkeep::tls
