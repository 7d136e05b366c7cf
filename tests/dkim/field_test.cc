#include "dkim/field.h"

#include <gtest/gtest.h>

#include <string>

using namespace postkeep;
using namespace postkeep::dkim;

namespace {

TEST(DkimField, examples_of_rfc_6376_section_3_4_5) {
  EXPECT_EQ(canonical_field(Form::relaxed, "A: X\r\n"), "a:X\r\n");
  EXPECT_EQ(canonical_field(Form::relaxed, "B : Y\t\r\n\tZ  \r\n"),
            "b:Y Z\r\n");
  EXPECT_EQ(canonical_field(Form::simple, "B : Y\t\r\n\tZ  \r\n"),
            "B : Y\t\r\n\tZ  \r\n");
}

TEST(DkimField, what_is_nothing_is_a_name) {
  EXPECT_EQ(canonical_field(Form::relaxed, "Subject: \t \r\n"), "subject:\r\n");
  EXPECT_EQ(canonical_field(Form::relaxed, "X:a:b\r\n"), "x:a:b\r\n");
}

std::string names_of(const std::string& text) {
  std::string all;
  const auto names = fields_to_sign(message::read_header(octets(text)));
  if (!names) return "none";
  for (const std::string& name : *names) all += name + ' ';
  return all;
}

TEST(DkimField, from_is_signed_once_more_than_it_is_there) {
  EXPECT_EQ(names_of("From: a@b.example\r\nReply-To: x\r\nSubject: s\r\n"
                     "Received: r\r\nX-Own: x\r\n\r\n"),
            "from from to cc subject subject date message-id mime-version "
            "content-type content-transfer-encoding reply-to ");
  EXPECT_TRUE(names_of("\r\n").starts_with("from to cc "));
}

// One that h= did not name could be added above the others.
TEST(DkimField, what_stands_there_endlessly_is_not_signed) {
  std::string text = "\r\n";
  for (int i = 0; i < 20; ++i) text.insert(0, "References: <a@b>\r\n");
  EXPECT_TRUE(names_of(text).ends_with("references references "));
  EXPECT_EQ(names_of("References: <a@b>\r\n" + text), "none");
}

// RFC 6376 section 5.4.2: from the bottom up; what is not there is nothing.
TEST(DkimField, instances_are_taken_from_the_last_up) {
  const std::string text =
      "X: 1\r\nFrom: a\r\nx: 2\r\nSubject: s\r\nX: 3\r\n\r\n";
  const message::Header header = message::read_header(octets(text));
  EXPECT_EQ(hashed_fields(Form::relaxed, text, header,
                          {"x", "from", "X", "date", "from", "x", "x"}),
            "x:3\r\nfrom:a\r\nx:2\r\nx:1\r\n");
  EXPECT_EQ(hashed_fields(Form::simple, text, header, {"x", "x"}),
            "X: 3\r\nx: 2\r\n");
}

}  // namespace
