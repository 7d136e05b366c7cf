#include "dkim/body.h"

#include <gtest/gtest.h>

#include <string>

#include "dkim/body_laws.h"

using namespace postkeep;
using namespace postkeep::dkim;

namespace {

std::string simple(std::string_view body) {
  return canonical_body(Form::simple, octets(body), body.size() + 1);
}
std::string relaxed(std::string_view body) {
  return canonical_body(Form::relaxed, octets(body), body.size() + 1);
}

TEST(DkimBody, examples_of_rfc_6376_section_3_4_5) {
  const std::string body = " C \r\nD \t E\r\n\r\n\r\n";
  EXPECT_EQ(relaxed(body), " C\r\nD E\r\n");
  EXPECT_EQ(simple(body), " C \r\nD \t E\r\n");
}

// Sections 3.4.3 and 3.4.4: what is nothing is CRLF, or nothing.
TEST(DkimBody, empty_bodies) {
  for (const char* body : {"", "\r\n", "\r\n\r\n\r\n"}) {
    EXPECT_EQ(simple(body), "\r\n");
    EXPECT_EQ(relaxed(body), "");
  }
  EXPECT_EQ(relaxed(" \t\r\n \r\n"), "");
  EXPECT_EQ(simple(" \t\r\n"), " \t\r\n");
}

TEST(DkimBody, a_last_line_without_its_end_gets_one) {
  EXPECT_EQ(simple("a"), "a\r\n");
  EXPECT_EQ(relaxed("a \t"), "a\r\n");
  EXPECT_EQ(relaxed("a\r\nb"), "a\r\nb\r\n");
}

TEST(DkimBody, empty_lines_between_others_stay) {
  EXPECT_EQ(simple("\r\n\r\na\r\n\r\nb\r\n\r\n"), "\r\n\r\na\r\n\r\nb\r\n");
  EXPECT_EQ(relaxed("\r\n \r\na\r\n\t\r\nb"), "\r\n\r\na\r\n\r\nb\r\n");
}

TEST(DkimBody, bare_line_ends_end_no_line) {
  EXPECT_EQ(simple("a\rb\nc\r\r\n\r"), "a\rb\nc\r\r\n\r\r\n");
  EXPECT_EQ(relaxed("a \rb \n\r\n"), "a \rb \n\r\n");
}

// RFC 6376 section 3.7 with the hashes of bodies that are nothing: they stand
// in sections 3.4.3 and 3.4.4.
TEST(DkimBody, hashes_of_empty_bodies) {
  const auto hash = [](Form form) {
    BodyHash body(form);
    return body.end();
  };
  EXPECT_EQ(hash(Form::simple), crypto::sha256(octets("\r\n")));
  EXPECT_EQ(hash(Form::relaxed), crypto::sha256({}));
}

// Every string of up to six of the octets at which a form turns.
TEST(DkimBody, laws_on_all_short_strings) {
  const std::string turns = "a \t\r\n";
  std::string body;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_body_is_as_the_rfc_says(octets(body), 1));
    ASSERT_TRUE(law_body_is_as_the_rfc_says(octets(body), 2));
    ASSERT_TRUE(law_body_is_as_the_rfc_says(octets(body), 99));
    if (body.size() == 6) return;
    for (const char c : turns) {
      body.push_back(c);
      self(self);
      body.pop_back();
    }
  };
  extend(extend);
}

TEST(DkimBody, more_than_its_room_goes_through) {
  std::string body;
  for (int i = 0; i < 3000; ++i) body += "word  and\tspace \r\n\r\n";
  body += std::string(10000, 'x') + std::string(9000, '\n');
  for (const std::size_t piece : {std::size_t{777}, body.size()}) {
    EXPECT_TRUE(law_body_is_as_the_rfc_says(octets(body), piece));
  }
  EXPECT_TRUE(law_canonical_is_for_good(octets(body)));
}

}  // namespace
