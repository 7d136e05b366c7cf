#include "cli/sendmail_message.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "message/header.h"
#include "smtp/content_facts.h"

namespace postkeep::cli {
namespace {

const LocalSender sender{.user = "ann",
                         .full_name = "Ann Example",
                         .domain = "example.org",
                         .hostname = "mail.example.org",
                         .now = {},
                         .unique = "id7"};
const std::string added =
    "From: Ann Example <ann@example.org>\r\n"
    "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"
    "Message-ID: <id7@mail.example.org>\r\n";

std::string recipients(const CompletedMessage& made) {
  std::string all;
  for (const smtp::Mailbox& one : made.recipients) all += write(one) + " ";
  return all;
}

std::string completed(const std::string& written) {
  return complete_message(written, sender).text;
}

TEST(SendmailMessage, what_is_missing_is_added) {
  EXPECT_EQ(completed("Subject: x\n\nhello\n"),
            added + "Subject: x\r\n\r\nhello\r\n");
  EXPECT_EQ(completed(""), added + "\r\n");
  EXPECT_EQ(completed("\nhello"), added + "\r\nhello\r\n");
  const std::string whole =
      "From: b@example.org\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
      "Message-ID: <a@b.example>\r\n\r\nhello\r\n";
  EXPECT_EQ(completed(whole), whole);
}

TEST(SendmailMessage, a_line_that_is_no_field_begins_the_body) {
  EXPECT_EQ(completed("hello there\nyou\n"),
            added + "\r\nhello there\r\nyou\r\n");
  EXPECT_EQ(completed("Subject: x\nhello there\n\nyou\n"),
            added + "Subject: x\r\n\r\nhello there\r\n\r\nyou\r\n");
  EXPECT_EQ(completed("From ann Sat Nov 21 10:00:00 2026\nSubject: x\n\ny\n"),
            added + "Subject: x\r\n\r\ny\r\n");
}

// As cron and old scripts write them.
TEST(SendmailMessage, addresses_get_their_domain) {
  const auto made = complete_message(
      "From: root (Cron Daemon)\nTo: ann, Bob <bob>, c@d.example\n"
      "Cc: \"A, B\" <ab@c.example>,\n  ann\nReply-To: <root>\n\nx\n",
      sender);
  EXPECT_TRUE(made.unreadable.empty());
  EXPECT_EQ(recipients(made),
            "ann@example.org bob@example.org c@d.example ab@c.example "
            "ann@example.org ");
  for (const char* field :
       {"From: root@example.org (Cron Daemon)\r\n",
        "To: ann@example.org, Bob <bob@example.org>, c@d.example\r\n",
        "Cc: \"A, B\" <ab@c.example>, ann@example.org\r\n",
        "Reply-To: <root@example.org>\r\n"}) {
    EXPECT_NE(made.text.find(field), std::string::npos) << field << "\n"
                                                        << made.text;
  }
}

TEST(SendmailMessage, bcc_gets_it_and_is_not_shown) {
  const auto made = complete_message(
      "To: a@b.example\nBcc: hidden@b.example,\n other@b.example\n"
      "bCC : third@b.example\nReturn-Path: <x>\nContent-Length: 5\n\nx\n",
      sender);
  EXPECT_EQ(recipients(made),
            "a@b.example hidden@b.example other@b.example third@b.example ");
  for (const char* gone :
       {"hidden", "other", "third", "Bcc", "bCC", "Return", "Length"}) {
    EXPECT_EQ(made.text.find(gone), std::string::npos) << gone;
  }
}

TEST(SendmailMessage, what_is_sent_again_goes_to_whom_it_is_sent_again) {
  const auto made = complete_message(
      "Resent-To: new@b.example\nResent-Bcc: h@b.example\nTo: old@b.example\n"
      "\nx\n",
      sender);
  EXPECT_EQ(recipients(made), "new@b.example h@b.example ");
  EXPECT_EQ(made.text.find("Resent-Bcc"), std::string::npos);
}

TEST(SendmailMessage, an_address_that_cannot_be_read_is_said) {
  const auto unreadable = [](const std::string& list) {
    return complete_message("To: " + list + "\n\nx\n", sender).unreadable;
  };
  EXPECT_EQ(unreadable("a@b.example, no address, c"), "no address");
  EXPECT_EQ(unreadable("a@b.example, <<, c"), "a@b.example, <<, c");
  EXPECT_EQ(
      complete_message("To: group: a@b.example, c@d.example;\n\nx\n", sender)
          .recipients.size(),
      2U);
  EXPECT_TRUE(complete_message("To: undisclosed-recipients:;\n\nx\n", sender)
                  .recipients.empty());
  EXPECT_TRUE(read_recipients("a@b.example, ann", "example.org"));
  EXPECT_FALSE(read_recipients("not an address", "example.org"));
  // A line end goes no further than here.
  EXPECT_EQ(write(read_recipients("a\r\nRCPT TO:<b>", "example.org")->at(0)),
            "b@example.org");
  EXPECT_EQ(write(read_recipients("ann", "example.org")->at(0)),
            "ann@example.org");
}

// Whatever a program writes, it becomes a text that the server takes.
TEST(SendmailMessage, lines_end_with_crlf) {
  EXPECT_EQ(completed("Subject: x\r\r\n\r\r\na\rb\n\r\nc\r\n"),
            added + "Subject: x\r\n\r\na\r\nb\r\n\r\nc\r\n");
  EXPECT_EQ(completed(std::string("Subject: x\n\na\0b", 15)),
            added + "Subject: x\r\n\r\na?b\r\n");
  const std::string turns = std::string("\r\n\0 :a", 6);
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    smtp::ContentScan scan;
    const std::string made = completed(text);
    scan.read(octets(made));
    ASSERT_TRUE(scan.facts().is_text && scan.facts().ends_with_crlf);
    ASSERT_EQ(message::read_header(octets(made)).problems, 0) << made;
    if (text.size() == 5) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

TEST(SendmailMessage, utf_8_in_the_header_is_told) {
  EXPECT_FALSE(complete_message("Subject: x\n\n\xC3\xB6\n", sender).is_utf8);
  EXPECT_TRUE(complete_message("Subject: \xC3\xB6\n\nx\n", sender).is_utf8);
}

}  // namespace
}  // namespace postkeep::cli
