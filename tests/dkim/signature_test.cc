#include "dkim/signature.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/base64.h"
#include "dkim/signature_laws.h"

using namespace postkeep;
using namespace postkeep::dkim;

namespace {

// RFC 8463 appendix A.3.
const std::string dinner =
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n"
    "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

SigningKey key_of(Algorithm algorithm) {
  return {.algorithm = algorithm,
          .domain = "football.example.com",
          .selector = "brisbane"};
}

std::string text_of(const Signature& signature) {
  return signature.field(octets("signed"));
}

TEST(DkimSignature, the_body_hash_of_rfc_8463_appendix_a) {
  BodyHash body(Form::relaxed);
  body.read(octets(dinner.substr(dinner.find("\r\n\r\n") + 4)));
  EXPECT_EQ(crypto::write_base64(body.end()),
            "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
}

TEST(DkimSignature, is_written_as_it_is_read) {
  const auto signature =
      sign_text(key_of(Algorithm::ed25519_sha256), {}, dinner);
  ASSERT_TRUE(signature);
  EXPECT_EQ(
      text_of(*signature),
      "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
      "\td=football.example.com;\r\n"
      "\ts=brisbane; t=1795339800;\r\n"
      "\th=from:from:to:to:cc:subject:subject:date:date:message-id:message-id:"
      "\r\n\tmime-version:content-type:content-transfer-encoding;\r\n"
      "\tbh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
      "\tb=c2lnbmVk\r\n");
  EXPECT_TRUE(reference_accepts_signature(octets(text_of(*signature))));
}

TEST(DkimSignature, long_signatures_are_folded) {
  const auto signature =
      sign_text(key_of(Algorithm::rsa_sha256),
                {.header = Form::simple, .body = Form::simple}, dinner);
  ASSERT_TRUE(signature);
  const std::string field = signature->field(octets(std::string(512, 'x')));
  EXPECT_TRUE(reference_accepts_signature(octets(field)));
  std::string_view rest = field;
  while (!rest.empty()) {
    const std::size_t line = rest.find("\r\n");
    EXPECT_LE(line, 78U);
    rest.remove_prefix(line + 2);
  }
}

TEST(DkimSignature, what_cannot_be_signed) {
  const auto fault = [](const SigningKey& key, std::string_view message) {
    const auto signature = sign_text(key, {}, message);
    return signature ? "" : std::string{name(signature.error())};
  };
  const SigningKey good = key_of(Algorithm::rsa_sha256);
  EXPECT_EQ(fault(good, dinner), "");
  EXPECT_EQ(fault(good, "Subject: x\r\n\r\n"), "no_author");
  EXPECT_EQ(fault(good, "From: a@b.example\nX: y\n\n"), "bad_header");
  EXPECT_EQ(fault(good, "From: a@b.example\r\nno field\r\n\r\n"), "bad_header");
  for (const char* name : {"", "a..b", "a b", "a;b", "a\r\nb", "-a", "a."}) {
    SigningKey bad = good;
    bad.selector = name;
    EXPECT_EQ(fault(bad, dinner), "bad_name") << name;
    bad = good;
    bad.domain = name;
    EXPECT_EQ(fault(bad, dinner), "bad_name") << name;
  }
}

TEST(DkimSignature, names_have_the_lengths_of_dns) {
  EXPECT_TRUE(is_selector("2026-11.mail"));
  EXPECT_TRUE(is_selector("s"));
  EXPECT_FALSE(is_domain_name("s"));
  EXPECT_TRUE(is_domain_name(std::string(63, 'a') + ".b"));
  EXPECT_FALSE(is_domain_name(std::string(64, 'a') + ".b"));
  std::string longest = "a";
  while (longest.size() < 253) longest += ".a";
  EXPECT_TRUE(is_domain_name(longest));
  EXPECT_FALSE(is_domain_name(longest + ".a"));
}

// RFC 8463 appendix A.2.
TEST(DkimRecord, of_both_kinds) {
  const auto key = crypto::read_base64(
      octets("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), 99);
  ASSERT_TRUE(key);
  const std::string record = key_record(Algorithm::ed25519_sha256, *key);
  EXPECT_EQ(
      record,
      "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  EXPECT_TRUE(reference_accepts_key_record(octets(record)));
  EXPECT_EQ(zone_line("brisbane", "football.example.com", record),
            "brisbane._domainkey.football.example.com. IN TXT ( \"" + record +
                "\" )");
  const std::string rsa =
      key_record(Algorithm::rsa_sha256, octets(std::string(294, 'k')));
  const std::string line = zone_line("s", "example.org", rsa);
  EXPECT_TRUE(rsa.starts_with("v=DKIM1; k=rsa; p="));
  EXPECT_NE(line.find("\" \""), std::string::npos);
  EXPECT_EQ(line.find('"') + 256, line.find('"', line.find('"') + 1));
}

}  // namespace
