#include "dns/text.h"

#include <string>

#include "dns/message_builder.h"
#include "gtest/gtest.h"

namespace postkeep::dns {
namespace {

std::string question_text(std::string_view name, std::string_view type) {
  const auto question = read_question(name, type);
  if (!question) return "none";
  return std::string(question->name.text()) + " " +
         std::string(postkeep::name(question->type));
}

TEST(DnsTextTest, questions_are_read_as_people_write_them) {
  EXPECT_EQ(question_text("Example.org.", "mx"), "example.org MX");
  EXPECT_EQ(question_text("_25._tcp.mx.example.org", "TLSA"),
            "_25._tcp.mx.example.org TLSA");
  EXPECT_EQ(question_text("192.0.2.1", "ptr"), "1.2.0.192.in-addr.arpa PTR");
  EXPECT_EQ(question_text("192.0.2.1", "A"), "192.0.2.1 A");
  EXPECT_EQ(question_text("2001:db8::567:89ab", "PTR"),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
            "ip6.arpa PTR");  // RFC 3596 section 2.5, shortened.
  EXPECT_EQ(question_text("a.example", "PTR"), "a.example PTR");
  EXPECT_EQ(question_text("a b", "A"), "none");
  EXPECT_EQ(question_text("a.example", "SRV"), "none");
  EXPECT_EQ(question_text("a.example", ""), "none");
  EXPECT_EQ(question_text("", "A"), "none");
}

TEST(DnsTextTest, answers_are_written_as_zone_files_have_them) {
  DnsQuestion question{named("example.org"), DnsType::mx};
  DnsAnswer answer;
  answer.verdict = DnsVerdict::found;
  answer.canonical = named("b.example");
  answer.ttl_seconds = 60;
  answer.mx = {{10, named("mx.example.org")}, {0, DnsName()}};
  EXPECT_EQ(write_answer(question, answer),
            "example.org MX: found, for 60 s, not authenticated, from a "
            "resolver\n"
            "canonical name b.example\n"
            "  10 mx.example.org\n"
            "  0 .\n");
  answer = {};
  answer.verdict = DnsVerdict::found;
  answer.canonical = question.name;
  answer.authenticated = true;
  answer.from_cache = true;
  answer.a = {{192, 0, 2, 1}};
  answer.aaaa = {{0x20, 0x01, 0x0d, 0xb8}};
  answer.txt = {"v=spf1 \"x\\\n\xff"};
  answer.names = {named("host.example")};
  answer.tlsa = {{3, 1, 1, {0xAB, 0x0C}}};
  EXPECT_EQ(write_answer(question, answer),
            "example.org MX: found, for 0 s, authenticated, from the cache\n"
            "  192.0.2.1\n"
            "  2001:db8::\n"
            "  \"v=spf1 \\\"x\\\\\\010\\255\"\n"
            "  host.example\n"
            "  3 1 1 ab0c\n");
}

TEST(DnsTextTest, denials_and_trouble_are_told) {
  const DnsQuestion question{named("example.org"), DnsType::a};
  DnsAnswer answer;
  answer.canonical = question.name;
  answer.trouble = DnsTrouble::timed_out;
  EXPECT_EQ(write_answer(question, answer),
            "example.org A: trouble: timed_out\n");
  answer.verdict = DnsVerdict::no_name;
  answer.ttl_seconds = 9;
  EXPECT_EQ(write_answer(question, answer),
            "example.org A: no such name, for 9 s, not authenticated, from a "
            "resolver\n");
  answer.verdict = DnsVerdict::no_data;
  EXPECT_EQ(
      write_answer(question, answer).find("example.org A: no such record"), 0U);
  answer.verdict = DnsVerdict::bogus;
  EXPECT_EQ(write_answer(question, answer).find("example.org A: bogus"), 0U);
}

// Every octet, in a record of a stranger: one line, printable.
TEST(DnsTextTest, records_cannot_write_lines_of_their_own) {
  const DnsQuestion question{named("example.org"), DnsType::txt};
  DnsAnswer answer;
  answer.verdict = DnsVerdict::found;
  answer.canonical = question.name;
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
  answer.txt = {all};
  const std::string text = write_answer(question, answer);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
}

TEST(DnsTextTest, what_is_too_much_is_left_out_and_told) {
  const DnsQuestion question{named("example.org"), DnsType::txt};
  DnsAnswer answer;
  answer.verdict = DnsVerdict::found;
  answer.canonical = question.name;
  answer.txt.assign(dns_records_max, std::string(1000, '\xff'));
  const std::string text = write_answer(question, answer);
  EXPECT_LE(text.size(), answer_text_octets_max);
  EXPECT_GT(text.size(), answer_text_octets_max / 2);
  EXPECT_NE(text.find("\nand 3966 more\n"), std::string::npos)
      << text.substr(text.size() - 30);
}

}  // namespace
}  // namespace postkeep::dns
