#include "mbox/reader.h"

#include <gtest/gtest.h>

#include "mbox/mbox_laws.h"

namespace postkeep::mbox {
namespace {

std::string text_of(const std::vector<Octet>& octets) {
  return {octets.begin(), octets.end()};
}

std::vector<Octet> octets_of(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST(MboxFromLine, known_answers) {
  struct Example {
    std::string why, line;
    std::optional<std::int64_t> seconds;
  };
  for (const Example& example : std::vector<Example>{
           {"RFC 4155 Appendix A", "From a@b Sat Nov 21 21:54:30 2026\n",
            1795298070},
           {"ctime pads the day", "From a@b Thu Jan  1 00:00:00 1970\n", 0},
           {"CRLF", "From a@b Thu Jan  1 00:00:01 1970\r\n", 1},
           {"a zone behind", "From a Thu Jan 1 00:00:00 1970 -0130\n", 5400},
           {"a zone before", "From a Thu Jan  1 01:00:00 +0100 1970\n", 0},
           {"a zone's name says nothing sure",
            "From a Thu Jan  1 00:00:00 PST 1970\n", 0},
           {"no seconds", "From a Thu Jan  1 00:01 1970\n", 60},
           {"no sender", "From Thu Jan  1 00:01 1970\n", 60},
           {"a quoted sender",
            "From \"a Thu Jan  1 00:01 1971\"@b Thu Jan  1 00:02 1970\n", 120},
           {"UUCP", "From a Thu Jan  1 00:00:00 1970 remote from b\n", 0},
           {"a wrong weekday is borne", "From a Fri Jan  1 00:00:00 1970\n", 0},
           {"a leap second", "From a Fri Dec 31 23:59:60 2016\n", 1483228800},
           {"no such day", "From a Thu Feb 30 00:00:00 1970\n", {}},
           {"no such hour", "From a Thu Jan  1 24:00:00 1970\n", {}},
           {"no such minute", "From a Thu Jan  1 00:60:00 1970\n", {}},
           {"day 0", "From a Thu Jan  0 00:00:00 1970\n", {}},
           {"text", "From now on\n", {}},
           {"no end", "From a Thu Jan  1 00:00:00 1970", {}},
           {"quoted", ">From a Thu Jan  1 00:00:00 1970\n", {}},
           {"small letters", "from a Thu Jan  1 00:00:00 1970\n", {}},
           {"too long",
            "From " + std::string(1024, 'a') + " Thu Jan  1 00:00:00 1970\n",
            {}}}) {
    EXPECT_EQ(read_from_line(octets(example.line)), example.seconds)
        << example.why;
    EXPECT_TRUE(law_from_line_agrees_with_grammar(octets(example.line)));
  }
  EXPECT_EQ(write_from_line("a@b", 1795298070),
            "From a@b Sat Nov 21 21:54:30 2026\n");
  EXPECT_EQ(write_from_line("", -1),
            "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n");
  EXPECT_EQ(write_from_line("a b\n", from_line_seconds_max + 1),
            "From MAILER-DAEMON Fri Dec 31 23:59:59 9999\n");
}

TEST(MboxMessage, is_written_as_mail_programs_read_it) {
  Stored message;
  message.date = 0;
  message.flags = flag_seen | flag_answered | flag_draft;
  message.keywords = {"$Junk", "work"};
  message.text = octets_of(
      "Subject: a\r\n\r\nFrom here\r\n>From there\r\nfrom\r\nFromage\r\n");
  EXPECT_EQ(write_message(message, "ann@example.org"),
            "From ann@example.org Thu Jan  1 00:00:00 1970\n"
            "X-Postkeep-Text: crlf 53\nStatus: RO\nX-Status: AT\n"
            "X-Keywords: $Junk work\n"
            "Subject: a\n\n>From here\n>>From there\nfrom\nFromage\n\n");
  EXPECT_TRUE(law_write_then_read_is_identity({message, message}));
}

TEST(MboxMessage, texts_that_are_hard_to_keep) {
  for (const std::string_view text :
       {"", "\r", "\n", "\r\n", "\r\n\r\n", "\r\r\n", "a", "a\r", "a\n",
        "a\r\n", "a\nb\r\n", "a\nb", "From ", "From a", ">From \r\n",
        "\nFrom a Thu Jan  1 00:00:00 1970\n", "Status: RO\r\n\r\n",
        "X-Postkeep-Text: crlf 1\nStatus: O\nX-Status: \nX-Keywords:\nx"}) {
    Stored message;
    message.text = octets_of(text);
    EXPECT_TRUE(law_write_then_read_is_identity({message, message})) << text;
  }
}

TEST(MboxMessage, flags_of_other_programs_are_taken_off) {
  const auto read =
      read_message(octets("Subject: a\nstatus: RO\nX-Status: FD\nX-UID: 7\n"
                          "X-Keywords: NonJunk  \twork\n\nStatus: R\n"),
                   5);
  EXPECT_EQ(read.stored.flags, flag_seen | flag_flagged | flag_deleted);
  EXPECT_EQ(read.stored.keywords,
            (std::vector<std::string>{"NonJunk", "work"}));
  EXPECT_EQ(text_of(read.stored.text), "Subject: a\r\n\r\nStatus: R\r\n");
  EXPECT_EQ(read.stored.date, 5);
  EXPECT_FALSE(read.is_internal);
  // CRLF stays as it is, and what only looks like such a field is kept.
  EXPECT_EQ(text_of(read_message(octets("X-Stat: R\r\nStatus R\r\n\r\na\n"), 0)
                        .stored.text),
            "X-Stat: R\r\nStatus R\r\n\r\na\r\n");
  EXPECT_TRUE(read_message(octets("X-IMAP: 1 2\n\n"), 0).is_internal);
}

TEST(MboxMessage, flags_of_thunderbird_are_taken_off) {
  const auto read = read_message(
      octets("X-Mozilla-Status: 1005\nX-Mozilla-Status2: 00800000\n"
             "X-Mozilla-Keys: $label1 work                     \n"
             "Subject: a\n\nX-Mozilla-Status: 0008\n"),
      5);
  EXPECT_EQ(read.stored.flags, flag_seen | flag_flagged);
  EXPECT_EQ(read.stored.keywords,
            (std::vector<std::string>{"$Forwarded", "$label1", "work"}));
  EXPECT_EQ(text_of(read.stored.text),
            "Subject: a\r\n\r\nX-Mozilla-Status: 0008\r\n");
  EXPECT_EQ(read_message(octets("x-mozilla-status:000A\r\n\n"), 0).stored.flags,
            flag_answered | flag_deleted);
  EXPECT_EQ(read_message(octets("X-Mozilla-Status: 0fF2\n\n"), 0).stored.flags,
            flag_answered);
  // What is no four digits is text.
  EXPECT_EQ(
      text_of(read_message(octets("X-Mozilla-Status: 1\n\n"), 0).stored.text),
      "X-Mozilla-Status: 1\r\n\r\n");
}

TEST(MboxMessage, a_block_that_another_program_changed_is_still_read) {
  const auto read = read_message(
      octets("X-Postkeep-Text: crlf 999\nStatus: O\nX-Status: \nX-Keywords:\n"
             "a\nb\n"),
      0);
  EXPECT_EQ(text_of(read.stored.text), "a\r\nb\r\n");
}

TEST(MboxReader, messages_and_what_is_none) {
  const std::string from = "From a Thu Jan  1 00:00:00 1970\n";
  const std::string file = "\n" + from +
                           "A: b\n\nFrom me\n\nFrom you\n>From x\n\n" + from +
                           "\n\n\n" + from + "last";
  const auto items = read_items(octets(file), 3, 1000);
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(text_of(items[0].raw), "A: b\n\nFrom me\n\nFrom you\nFrom x\n");
  EXPECT_EQ(items[0].offset, 1U);
  EXPECT_EQ(items[0].end_offset, items[1].offset);
  EXPECT_EQ(text_of(items[1].raw), "\n\n");
  EXPECT_EQ(text_of(items[2].raw), "last");
  EXPECT_EQ(items[2].end_offset, file.size());
  EXPECT_TRUE(law_cuts_do_not_matter(octets(file), 1000));
  EXPECT_TRUE(law_import_then_export_is_stable(octets(file)));
}

TEST(MboxReader, what_is_no_mbox_is_said) {
  MboxReader reader(100);
  reader.read(octets("Subject: a\n\nFrom a Thu Jan  1 00:00:00 1970\n"));
  reader.end();
  EXPECT_TRUE(reader.is_no_mbox());
  EXPECT_FALSE(reader.next());
  MboxReader empty(100);
  empty.end();
  EXPECT_FALSE(empty.is_no_mbox());
}

TEST(MboxReader, a_message_that_is_too_large_costs_no_memory) {
  const std::string from = "From a Thu Jan  1 00:00:00 1970\n";
  const std::string file =
      from + std::string(200'000, 'x') + "\n\n" + from + "small\n\n";
  const auto items = read_items(octets(file), 1000, 100);
  ASSERT_EQ(items.size(), 2U);
  EXPECT_TRUE(items[0].too_large);
  EXPECT_TRUE(items[0].raw.empty());
  EXPECT_FALSE(items[1].too_large);
  EXPECT_EQ(items[1].offset, file.size() - from.size() - 7);
  // Long lines are kept whole where there is room.
  const auto whole = read_items(octets(file), 70'000, 1'000'000);
  EXPECT_EQ(whole[0].raw.size(), 200'001U);
}

}  // namespace
}  // namespace postkeep::mbox
