// crypto/certificate.h on certificates of its own making and on broken ones.
#include "crypto/certificate.h"

#include <gtest/gtest.h>

#include <string>

using namespace postkeep;
using namespace postkeep::crypto;

namespace {

const WallTime now =
    std::chrono::sys_days(std::chrono::year_month_day(
        std::chrono::year(2026), std::chrono::month(3), std::chrono::day(29))) +
    std::chrono::hours(13);

std::string text_of(const Secret& secret) {
  return {secret.octets().begin(), secret.octets().end()};
}

TEST(CryptoCertificate, self_signed_says_what_it_was_asked_to) {
  const SelfSigned made =
      self_signed({"mail.example.org", "*.example.org", "127.0.0.1"}, now);
  const auto facts = read_certificates(octets(made.certificate_pem));
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->size(), 1U);
  const CertificateFacts& one = facts->front();
  EXPECT_EQ(one.subject, "CN=mail.example.org");
  EXPECT_EQ(one.names,
            (std::vector<std::string>{"mail.example.org", "*.example.org"}));
  EXPECT_EQ(one.not_before, now - std::chrono::days(1));
  EXPECT_EQ(one.not_after, now + std::chrono::days(3650));
  EXPECT_EQ(one.kind, KeyKind::ec);
  EXPECT_EQ(one.key_bits, 256U);
  EXPECT_TRUE(one.is_self_signed);
}

TEST(CryptoCertificate, a_name_cannot_smuggle_in_another) {
  const SelfSigned made = self_signed({"a.example,DNS:b.example"}, now);
  const auto facts = read_certificates(octets(made.certificate_pem));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->front().names,
            (std::vector<std::string>{"a.example,DNS:b.example"}));
}

TEST(CryptoCertificate, a_long_name_stands_among_the_names_alone) {
  const std::string name = std::string(63, 'a') + ".example.org";
  const SelfSigned made = self_signed({name}, now);
  const auto facts = read_certificates(octets(made.certificate_pem));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->front().names, std::vector<std::string>{name});
  EXPECT_EQ(facts->front().subject, "");
}

TEST(CryptoCertificate, its_own_key_fits_and_no_other) {
  const SelfSigned one = self_signed({"a.example"}, now);
  const SelfSigned other = self_signed({"a.example"}, now);
  EXPECT_TRUE(key_fits(octets(one.certificate_pem), one.key_pem.octets()));
  const auto wrong =
      key_fits(octets(one.certificate_pem), other.key_pem.octets());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), CertificateError::key_does_not_fit);
}

TEST(CryptoCertificate, a_chain_is_read_in_order) {
  const SelfSigned one = self_signed({"a.example"}, now);
  const SelfSigned other = self_signed({"b.example"}, now);
  const std::string chain = "Words before.\n" + one.certificate_pem +
                            "Words between.\n" + other.certificate_pem;
  const auto facts = read_certificates(octets(chain));
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->size(), 2U);
  EXPECT_EQ((*facts)[0].names, std::vector<std::string>{"a.example"});
  EXPECT_EQ((*facts)[1].names, std::vector<std::string>{"b.example"});
}

TEST(CryptoCertificate, what_is_wrong_is_named) {
  const SelfSigned one = self_signed({"a.example"}, now);
  const auto error_of = [](std::string_view text) {
    const auto read = read_certificates(octets(text));
    return read ? std::string_view("none") : name(read.error());
  };
  EXPECT_EQ(error_of(""), "no_certificate");
  EXPECT_EQ(error_of("hello"), "no_certificate");
  EXPECT_EQ(error_of(text_of(one.key_pem)), "no_certificate");
  EXPECT_EQ(error_of("-----BEGIN CERTIFICATE-----\nAAAA\n"
                     "-----END CERTIFICATE-----\n"),
            "unreadable");
  EXPECT_EQ(error_of(one.certificate_pem.substr(0, 200)), "unreadable");
  EXPECT_EQ(error_of(std::string(pem_octets_max + 1, 'x')), "too_long");
  std::string many;
  for (std::size_t i = 0; i <= chain_certificates_max; ++i)
    many += one.certificate_pem;
  EXPECT_EQ(error_of(many), "too_long");
}

TEST(CryptoCertificate, what_is_wrong_with_a_key_is_named) {
  const SelfSigned one = self_signed({"a.example"}, now);
  const auto error_of = [&](std::string_view key) {
    const auto fits = key_fits(octets(one.certificate_pem), octets(key));
    return fits ? std::string_view("none") : name(fits.error());
  };
  EXPECT_EQ(error_of(""), "no_key");
  EXPECT_EQ(error_of(one.certificate_pem), "no_key");
  EXPECT_EQ(error_of("-----BEGIN PRIVATE KEY-----\nAAAA\n"
                     "-----END PRIVATE KEY-----\n"),
            "unreadable");
  EXPECT_EQ(error_of(std::string(pem_octets_max + 1, 'x')), "too_long");
  const auto wrong = key_fits(octets(""), one.key_pem.octets());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), CertificateError::no_certificate);
}

}  // namespace
