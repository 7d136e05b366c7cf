#include "submission/mending.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "submission/mending_laws.h"

using namespace postkeep;
using namespace postkeep::submission;

namespace {

constexpr const char* from = "From: Ann <ann@example.org>\r\n";
constexpr const char* date = "Date: Sun, 22 Nov 2026 09:00:00 +0000\r\n";
constexpr const char* id = "Message-ID: <1@example.org>\r\n";

std::string whole(const std::string& fields) {
  return std::string{from} + date + id + fields + "\r\nbody\r\n";
}

// What comes out, or why nothing does.
std::string mended(const std::string& text) {
  const auto mending = law_mend(octets(text), text.size() + 1);
  if (!mending) return sentence(mending.error());
  return mended_text(octets(text), *mending);
}

std::string changes(const std::string& text) {
  const auto mending = law_mend(octets(text), text.size() + 1);
  if (!mending) return std::string{name(mending.error().fault)};
  std::string all;
  for (const std::string& change : mending->changes) all += change + ' ';
  return all;
}

TEST(SubmissionMending, what_is_whole_stays_as_it_is) {
  const std::string text = whole("To: bob@example.org\r\nSubject: x\r\n");
  EXPECT_EQ(mended(text), text);
  EXPECT_EQ(changes(text), "");
}

TEST(SubmissionMending, date_and_message_id_are_added_before_all_others) {
  EXPECT_EQ(mended(std::string{from} + "\r\nbody\r\n"),
            "Date: Sun, 22 Nov 2026 11:54:30 +0000\r\n"
            "Message-ID: <0123456789ABCDEF@mx.example.org>\r\n"
            "From: Ann <ann@example.org>\r\n\r\nbody\r\n");
  EXPECT_EQ(changes(std::string{from} + date), "+Message-ID ");
}

// RFC 6409 sections 8.2 and 8.3: "or it is not valid syntax".
TEST(SubmissionMending, a_date_and_a_message_id_that_are_none_are_replaced) {
  EXPECT_EQ(changes(std::string{from} + "Date: tomorrow\r\nMessage-ID: x\r\n"),
            "-Date -Message-ID +Date +Message-ID ");
}

TEST(SubmissionMending, blind_copies_are_not_shown) {
  EXPECT_EQ(mended(whole("Bcc: c@example.org,\r\n d@example.org\r\n"
                         "To: b@example.org\r\nResent-bcc: e@example.org\r\n")),
            whole("To: b@example.org\r\n"));
  EXPECT_EQ(mended(whole("BCC : \r\n")), whole(""));
}

TEST(SubmissionMending, only_the_last_server_writes_return_path) {
  EXPECT_EQ(mended("Return-Path: <x@example.com>\r\n" + whole("")), whole(""));
}

TEST(SubmissionMending, hidden_fields_are_taken_out_and_told) {
  const std::string text =
      "User-Agent: K/9\r\n" + whole(
                                  "X-Mailer: old\r\nx-originating-ip: [::1]\r\n"
                                  "X-Keep: yes\r\n");
  EXPECT_EQ(mended(text), whole("X-Keep: yes\r\n"));
  EXPECT_EQ(changes(text), "-User-Agent -X-Mailer -x-originating-ip ");
}

TEST(SubmissionMending, what_looks_like_a_field_in_the_body_stays) {
  const std::string text = whole("") + "Bcc: a@example.org\r\n";
  EXPECT_EQ(mended(text), text);
}

struct Refused {
  std::string text;
  std::string_view said;
};

TEST(SubmissionMending, what_is_refused_is_named) {
  const std::array refused{
      Refused{"Subject: x\r\n\r\n", "The message has no From field"},
      Refused{"", "The message has no From field"},
      Refused{"\r\nFrom: a@b.example\r\n", "The message has no From field"},
      Refused{whole(from), "The message has more than one From field"},
      Refused{whole("from: x@example.org\r\n"),
              "The message has more than one From field"},
      Refused{whole("From \t: x@example.org\r\n"),
              "The message has more than one From field"},
      Refused{whole("From:\r\n x@example.org\r\n"),
              "The message has more than one From field"},
      Refused{whole("Sender: a@b.example\r\nSENDER: a@b.example\r\n"),
              "The message has more than one Sender field"},
      Refused{whole("Subject: a\r\nsubject: b\r\n"),
              "The message has more than one Subject field"},
      Refused{"From: \r\n\r\n", "The field From holds no address"},
      Refused{"From: nobody:;\r\n\r\n", "The field From holds no address"},
      Refused{"From: a@b@c.example\r\n\r\n",
              "An address in the field From has no domain"},
      Refused{"From: <a@b@c.example>\r\n\r\n",
              "The field From holds no address"},
      Refused{"From: a@b.example, Ann\r\n\r\n",
              "An address in the field From has no domain"},
      Refused{whole("Sender: a@b.example, c@b.example\r\n"),
              "The field Sender holds no address, too many"},
      Refused{whole("Sender: \r\n"), "The field Sender holds no address"},
      Refused{std::string{from} + "no field\r\n\r\nx",
              "Line 2 of the header is no field"},
      Refused{std::string{from} + date + " \r\nbody\r\n",
              "Line 4 of the header is no field"},
      Refused{" first line\r\n" + whole(""),
              "Line 1 of the header is no field"},
      Refused{"From: a@b.example\n\nbody", "The header has a bare CR"},
      Refused{"From: a@b.example", "The header has a bare CR"},
      Refused{std::string("Subject: \0\r\n", 12) + whole(""),
              "The header has a bare CR, a bare LF or a NUL"},
  };
  for (const Refused& one : refused) {
    EXPECT_TRUE(mended(one.text).starts_with(one.said))
        << mended(one.text) << " instead of " << one.said;
  }
}

TEST(SubmissionMending, authors_are_those_of_from_and_sender) {
  const auto mending =
      law_mend(octets("From: \"a b\"@Example.ORG (Ann), g: <c@d.example>;\r\n"
                      "Sender: Bob <bob@example.org>\r\n"),
               9999);
  ASSERT_TRUE(mending);
  EXPECT_EQ(mending->authors,
            (std::vector<Author>{{"From", "a b@Example.ORG"},
                                 {"From", "c@d.example"},
                                 {"Sender", "bob@example.org"}}));
}

// RFC 5322 section 3.6.2: with several authors Sender MUST be there.
TEST(SubmissionMending, several_authors_get_a_sender) {
  const std::string text =
      "From: ann@example.org, bob@example.org\r\n" + std::string{date} + id;
  EXPECT_EQ(mended(text), "Sender: ann@example.org\r\n" + text);
  EXPECT_EQ(mend({octets(text)}, law_rules(), law_facts(), "").error(),
            (MendingError{MendingFault::field_missing, "Sender"}));
}

TEST(SubmissionMending, a_header_without_end_is_a_bound) {
  std::string fields;
  while (fields.size() <= 256 * 1024) {
    fields += "X-Long: " + std::string(900, 'x') + "\r\n";
  }
  const std::string text = whole(fields);
  for (const std::size_t piece : {text.size(), std::size_t{65536}}) {
    const auto mending = law_mend(octets(text), piece);
    ASSERT_FALSE(mending);
    EXPECT_EQ(mending.error().fault, MendingFault::header_too_large);
  }
  std::string many;
  for (int n = 0; n < 2001; ++n) many += "X: y\r\n";
  EXPECT_EQ(changes(whole(many)), "header_too_large");
}

TEST(SubmissionMending, authors_have_a_bound) {
  std::string text = "From: a@b.example";
  for (std::size_t n = 0; n < authors_max; ++n) text += ",\r\n a@b.example";
  EXPECT_EQ(changes(text + "\r\n\r\n"), "too_many_authors");
}

// A long body is neither read nor copied: the views are those of the message.
TEST(SubmissionMending, the_body_is_not_copied) {
  const std::string text = whole("Bcc: b@example.org\r\n");
  const std::string body(50'000'000, 'x');
  const std::vector<Octets> message{octets(text), octets(body)};
  const auto mending =
      mend(message, law_rules(), law_facts(), "ann@example.org");
  ASSERT_TRUE(mending);
  const auto views = mended_views(*mending, message);
  ASSERT_EQ(views.size(), 3U);
  EXPECT_EQ(views.back().data(), octets(body).data());
  EXPECT_EQ(views.back().size(), body.size());
}

TEST(SubmissionMending, what_a_message_needs_cannot_be_hidden) {
  EXPECT_TRUE(may_be_hidden("X-Mailer"));
  EXPECT_TRUE(may_be_hidden("User-Agent"));
  for (const char* needed :
       {"From", "subject", "Content-Type", "received", "MIME-Version", ""}) {
    EXPECT_FALSE(may_be_hidden(needed)) << needed;
  }
}

TEST(SubmissionMending, laws_on_messages_cut_anywhere) {
  const std::string text =
      "User-Agent: x\r\n" + whole("Bcc: a@b.example\r\n folded\r\n");
  for (std::size_t end = 0; end <= text.size(); ++end) {
    ASSERT_TRUE(all_laws_of_mending(octets(text).first(end))) << end;
  }
}

}  // namespace
