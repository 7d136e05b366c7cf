// tls/key_store.h: what it signs, and what it refuses to.
#include "tls/key_store.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "tls/peer.h"
#include "tls/server_context.h"
#include "tls/service.h"

using namespace postkeep;
using namespace postkeep::tls;

namespace {

std::vector<Octet> octets_of(std::size_t size, Octet value) {
  return std::vector<Octet>(size, value);
}

class TlsKeyStore : public testing::Test {
 protected:
  void SetUp() override {
    prepare();
    ASSERT_TRUE(store_.load(1, octets(ec_.key_pem)));
    ASSERT_TRUE(store_.load(2, octets(rsa_.key_pem)));
  }

  Trouble trouble_of(std::uint32_t key, SignatureScheme scheme,
                     const std::vector<Octet>& digest) {
    const auto signature = store_.sign(key, scheme, digest);
    EXPECT_FALSE(signature);
    return signature ? Trouble::other : signature.error();
  }

  const Identity ec_ = make_identity(IdentityKind::ec_256, {"a.example"});
  const Identity rsa_ = make_identity(IdentityKind::rsa_2048, {"a.example"});
  KeyStore store_;
};

TEST_F(TlsKeyStore, signs_digests_of_the_sizes_that_tls_uses) {
  for (const std::size_t size : {32U, 48U, 64U})
    EXPECT_TRUE(store_.sign(1, SignatureScheme::ecdsa, octets_of(size, 5)));
  for (const std::size_t size : {0U, 16U, 20U, 33U, 512U}) {
    EXPECT_EQ(trouble_of(1, SignatureScheme::ecdsa, octets_of(size, 5)),
              Trouble::malformed);
  }
}

TEST_F(TlsKeyStore, an_rsa_key_takes_nothing_but_padded_blocks) {
  std::vector<Octet> block = octets_of(256, 0x11);
  EXPECT_EQ(trouble_of(2, SignatureScheme::rsa_padded, block),
            Trouble::malformed);
  block.back() = 0xbc;
  EXPECT_TRUE(store_.sign(2, SignatureScheme::rsa_padded, block));
  block.front() = 0xff;  // No number below the modulus.
  for (std::size_t i = 1; i < 255; ++i) block[i] = 0xff;
  EXPECT_EQ(trouble_of(2, SignatureScheme::rsa_padded, block),
            Trouble::malformed);
  EXPECT_EQ(trouble_of(2, SignatureScheme::rsa_padded, octets_of(255, 0xbc)),
            Trouble::malformed);
}

TEST_F(TlsKeyStore, an_rsa_key_takes_nothing_but_digest_infos) {
  std::vector<Octet> info{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                          0x01, 0x05, 0x00, 0x04, 0x20};
  EXPECT_EQ(trouble_of(2, SignatureScheme::rsa_pkcs1_digest, info),
            Trouble::malformed);
  info.resize(info.size() + 32, 9);
  const auto signature =
      store_.sign(2, SignatureScheme::rsa_pkcs1_digest, info);
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->size(), 256U);
  EXPECT_EQ(trouble_of(2, SignatureScheme::rsa_pkcs1_digest, octets_of(32, 9)),
            Trouble::malformed);
}

TEST_F(TlsKeyStore, a_key_signs_only_as_its_kind_does) {
  EXPECT_EQ(trouble_of(1, SignatureScheme::rsa_padded, octets_of(256, 0xbc)),
            Trouble::malformed);
  EXPECT_EQ(trouble_of(2, SignatureScheme::ecdsa, octets_of(32, 1)),
            Trouble::malformed);
  EXPECT_EQ(trouble_of(2, static_cast<SignatureScheme>(200), octets_of(32, 1)),
            Trouble::malformed);
}

TEST_F(TlsKeyStore, keys_come_and_go) {
  EXPECT_EQ(store_.size(), 2U);
  EXPECT_EQ(trouble_of(3, SignatureScheme::ecdsa, octets_of(32, 1)),
            Trouble::not_found);
  ASSERT_TRUE(store_.load(2, octets(ec_.key_pem)));
  EXPECT_TRUE(store_.sign(2, SignatureScheme::ecdsa, octets_of(32, 1)));
  store_.forget(1);
  EXPECT_EQ(trouble_of(1, SignatureScheme::ecdsa, octets_of(32, 1)),
            Trouble::not_found);
  KeyStore moved = std::move(store_);
  EXPECT_EQ(moved.size(), 1U);
}

TEST_F(TlsKeyStore, what_is_no_key_of_ours_is_refused) {
  const auto error_of = [&](const std::string& pem) {
    const auto loaded = store_.load(9, octets(pem));
    return loaded ? std::string_view("none") : name(loaded.error());
  };
  EXPECT_EQ(error_of(""), "unreadable");
  EXPECT_EQ(error_of(ec_.certificate_pem), "unreadable");
  EXPECT_EQ(error_of(make_identity(IdentityKind::rsa_1024, {"a"}).key_pem),
            "kind_not_supported");
  EXPECT_EQ(store_.size(), 2U);
}

// What tls/server_context.h refuses to begin with.
TEST_F(TlsKeyStore, a_context_wants_certificates_that_it_can_serve) {
  const auto error_of = [&](const std::vector<std::string>& chains) {
    ServerSettings settings;
    for (const std::string& chain : chains)
      settings.certificates.push_back({chain, 1});
    const auto made = ServerContext::make(settings, store_);
    return made ? std::string_view("none") : name(made.error());
  };
  EXPECT_EQ(error_of({}), "no_certificate");
  EXPECT_EQ(error_of({""}), "no_certificate");
  EXPECT_EQ(error_of({ec_.key_pem}), "no_certificate");
  EXPECT_EQ(error_of({"-----BEGIN CERTIFICATE-----\nAAAA\n"
                      "-----END CERTIFICATE-----\n"}),
            "unreadable");
  EXPECT_EQ(
      error_of({make_identity(IdentityKind::rsa_1024, {"a"}).certificate_pem}),
      "kind_not_supported");
  EXPECT_EQ(error_of({ec_.certificate_pem + rsa_.certificate_pem}), "none");
}

}  // namespace
