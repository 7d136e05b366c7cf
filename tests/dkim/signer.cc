// Signs messages as src/dkim does, with keys that it makes: for programs that
// verify (tests/dkim/others_verify.py).
//
//   dkim_signer keys FOLDER             makes rsa.pem, ed25519.pem; prints a
//                                       line "ALGORITHM TAB RECORD" for each
//   dkim_signer sign FOLDER A H B       reads a message, writes it signed:
//                                       A rsa or ed25519, H and B the forms
//   dkim_signer body FORM | field FORM  reads octets, writes their canonical
//                                       form
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "dkim/field.h"
#include "dkim/record.h"
#include "dkim/signature.h"

using namespace postkeep;
using namespace postkeep::dkim;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string path_of(const std::string& folder, const std::string& kind) {
  return folder + '/' + kind + ".pem";
}

void make_key(const std::string& folder, const std::string& kind) {
  const Key key(kind == "rsa" ? EVP_RSA_gen(2048)
                              : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"),
                EVP_PKEY_free);
  PK_CHECK(key != nullptr);
  std::FILE* file = std::fopen(path_of(folder, kind).c_str(), "w");
  PK_CHECK(file != nullptr &&
           PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr,
                                nullptr) == 1);
  std::fclose(file);
  std::vector<Octet> octets(4096);
  std::size_t size = 32;
  if (kind == "rsa") {
    unsigned char* end = octets.data();
    size = static_cast<std::size_t>(i2d_PUBKEY(key.get(), &end));
  } else {
    PK_CHECK(EVP_PKEY_get_raw_public_key(key.get(), octets.data(), &size) == 1);
  }
  octets.resize(size);
  const Algorithm algorithm =
      kind == "rsa" ? Algorithm::rsa_sha256 : Algorithm::ed25519_sha256;
  std::cout << name(algorithm) << '\t' << key_record(algorithm, octets) << '\n';
}

// RSA signs the hash as one of SHA-256; Ed25519 signs its octets.
std::vector<Octet> sign(const std::string& path, const crypto::Sha256& hash) {
  std::FILE* file = std::fopen(path.c_str(), "r");
  PK_CHECK(file != nullptr);
  const Key key(PEM_read_PrivateKey(file, nullptr, nullptr, nullptr),
                EVP_PKEY_free);
  std::fclose(file);
  PK_CHECK(key != nullptr);
  std::vector<Octet> signature(1024);
  std::size_t size = signature.size();
  if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA) {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key.get(), nullptr);
    PK_CHECK(EVP_PKEY_sign_init(context) == 1 &&
             EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
             EVP_PKEY_sign(context, signature.data(), &size, hash.data(),
                           hash.size()) == 1);
    EVP_PKEY_CTX_free(context);
  } else {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    PK_CHECK(EVP_DigestSignInit(context, nullptr, nullptr, nullptr,
                                key.get()) == 1 &&
             EVP_DigestSign(context, signature.data(), &size, hash.data(),
                            hash.size()) == 1);
    EVP_MD_CTX_free(context);
  }
  signature.resize(size);
  return signature;
}

Form form_of(const std::string& text) {
  return text == "simple" ? Form::simple : Form::relaxed;
}

class Out final : public BodySink {
 public:
  void body_octets(Octets octets) override {
    std::cout.write(reinterpret_cast<const char*>(octets.data()),
                    static_cast<std::streamsize>(octets.size()));
  }
};

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> said(words + 1, words + count);
  if (said.size() == 2 && said[0] == "keys") {
    make_key(said[1], "rsa");
    make_key(said[1], "ed25519");
    return 0;
  }
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  if (said.size() == 2 && said[0] == "field") {
    std::cout << canonical_field(form_of(said[1]), text);
    return 0;
  }
  if (said.size() == 2 && said[0] == "body") {
    Out out;
    CanonicalBody body(form_of(said[1]));
    body.read(octets(text), out);
    body.end(out);
    return 0;
  }
  if (said.size() != 5 || said[0] != "sign") return 2;
  const SigningKey key{.algorithm = said[2] == "rsa"
                                        ? Algorithm::rsa_sha256
                                        : Algorithm::ed25519_sha256,
                       .domain = "example.org",
                       .selector = said[2]};
  const SigningForms forms{.header = form_of(said[3]),
                           .body = form_of(said[4])};
  const message::Header header = message::read_header(octets(text));
  BodyHash body(forms.body);
  body.read(octets(text).subspan(header.octets));
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now());
  const auto signature =
      Signature::compose(key, forms, text, header, body.end(), now);
  if (!signature) {
    std::cerr << name(signature.error()) << '\n';
    return 1;
  }
  std::cout << signature->field(
                   sign(path_of(said[1], said[2]), signature->hash()))
            << text;
  return 0;
}
