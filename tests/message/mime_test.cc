#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "message/mime_laws.h"
#include "message/short_strings.h"

namespace postkeep::message {
namespace {

TEST(MessageMime, rfc2045_section_5_1_examples) {
  const auto type =
      read_content_type(" text/plain; charset=us-ascii (Plain text)");
  ASSERT_TRUE(type);
  EXPECT_TRUE(*type ==
              (ContentType{"text", "plain", {{"charset", "us-ascii"}}}));
  EXPECT_TRUE(read_content_type("text/plain; charset=\"us-ascii\"") == *type);
  EXPECT_TRUE(read_content_type("TEXT/Plain;\r\n CHARSET = us-ascii") == *type);
}

TEST(MessageMime, values_may_be_quoted) {
  const auto type = read_content_type(
      "multipart/mixed; boundary=\"gc0pJq0M:08jU534c0p \\\"x\\\"\"");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->parameters[0].value, "gc0pJq0M:08jU534c0p \"x\"");
}

TEST(MessageMime, what_mail_has_is_tolerated) {
  const auto type = read_content_type(
      "application/pdf; name=my  file.pdf ; boundary=a=b;;foo; x=\"\"; y=");
  ASSERT_TRUE(type);
  EXPECT_TRUE(
      type->parameters ==
      (std::vector<Parameter>{
          {"name", "my file.pdf"}, {"boundary", "a=b"}, {"x", ""}, {"y", ""}}));
}

TEST(MessageMime, what_is_outside_the_grammar) {
  for (const char* const value :
       {"", "text", "text/", "/plain", "te xt/plain", "text/plain charset=x",
        "text/plain; \"x\"=y", "text/plain; x=\"y", "text/plain\n; x=y"}) {
    EXPECT_FALSE(read_content_type(value)) << value;
  }
}

TEST(MessageMime, parameters_are_counted) {
  std::string value = "text/plain";
  for (std::size_t i = 0; i < parameters_max; ++i) value += "; a=b";
  EXPECT_TRUE(read_content_type(value));
  EXPECT_EQ(read_content_type(value + "; a=b").error(),
            MimeError::too_many_parameters);
}

TEST(MessageMime, rfc2231_section_3_continuations) {
  const auto type = read_content_type(
      "message/external-body; access-type=URL;\r\n"
      " URL*0=\"ftp://\";\r\n URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/\"");
  ASSERT_TRUE(type);
  EXPECT_EQ(parameter(type->parameters, "url").text,
            "ftp://cs.utk.edu/pub/moore/bulk-mailer/");
}

TEST(MessageMime, rfc2231_section_4_charset_and_language) {
  const auto type = read_content_type(
      "application/x-stuff;\r\n"
      " title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n"
      " title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n"
      " title*2=\"isn't it!\"; file*=ISO-8859-1''%e9%");
  ASSERT_TRUE(type);
  const ParameterValue title = parameter(type->parameters, "TITLE");
  EXPECT_EQ(title.text, "This is even more ***fun*** isn't it!");
  EXPECT_FALSE(title.ambiguous);
  EXPECT_EQ(parameter(type->parameters, "file").text, "\xC3\xA9%");
  EXPECT_FALSE(parameter(type->parameters, "titl").found);
}

TEST(MessageMime, two_ways_to_read_a_parameter_are_told) {
  const auto ambiguous = [](const char* value) {
    const auto type = read_content_type(value);
    return type && parameter(type->parameters, "b").ambiguous;
  };
  EXPECT_TRUE(ambiguous("a/b; b=1; b=2"));
  EXPECT_TRUE(ambiguous("a/b; b=1; B=1"));
  EXPECT_TRUE(ambiguous("a/b; b=1; b*=''2"));
  EXPECT_TRUE(ambiguous("a/b; b*0=1; b*0=2"));
  EXPECT_TRUE(ambiguous("a/b; b=1; b*0=2"));
  EXPECT_TRUE(ambiguous("a/b; b*0=1; b*2=3"));
  EXPECT_TRUE(ambiguous("a/b; b=1; b*1=2"));
  EXPECT_FALSE(ambiguous("a/b; b=x; b*=us-ascii''x"));
  EXPECT_FALSE(ambiguous("a/b; b*0=1; b*1=2"));
}

TEST(MessageMime, dispositions_and_encodings) {
  const auto disposition = read_disposition(
      "Attachment; filename=genome.jpeg;\r\n"
      "  modification-date=\"Wed, 12 Feb 1997 16:29:51 -0500\"");
  ASSERT_TRUE(disposition);
  EXPECT_EQ(disposition->type, "attachment");
  EXPECT_EQ(disposition->parameters.size(), 2U);
  EXPECT_EQ(read_transfer_encoding(" Base64 (x)"), "base64");
  EXPECT_FALSE(read_transfer_encoding("base64, 7bit"));
  EXPECT_EQ(transfer_encoding("QUOTED-printable"),
            TransferEncoding::quoted_printable);
  EXPECT_EQ(transfer_encoding("uuencode"), TransferEncoding::unknown);
  EXPECT_EQ(read_languages("mi, en (sic), i-mingo"),
            (std::vector<std::string>{"mi", "en", "i-mingo"}));
}

TEST(MessageMime, laws_on_all_short_strings) {
  for_all_short_strings("a/;=\"( )*0'\\,", 4, [](Octets tail) {
    const std::string type = "a/b;a" + std::string{as_text(tail)};
    return law_mime_readers_agree_with_grammar(tail) &&
           law_mime_readers_agree_with_grammar(octets(type)) &&
           law_parameters_are_clean(octets(type));
  });
}

}  // namespace
}  // namespace postkeep::message
