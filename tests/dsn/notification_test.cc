#include <gtest/gtest.h>

#include <array>

#include "dsn/notification_laws.h"

using namespace postkeep;
using namespace postkeep::dsn;

namespace {

Notice example() {
  Notice notice;
  notice.host = "mail.example.org";
  notice.queue_id = "0123456789abc";
  notice.sender = "ann@example.org";
  notice.envelope_id = "ABC-7";
  notice.arrival = 1767225600;
  notice.now = 1767225660;
  RecipientStatus recipient;
  recipient.final_recipient = "bob@example.com";
  recipient.original_recipient = "rfc822;bob@example.com";
  recipient.status = "5.1.1";
  recipient.remote_host = "mx.example.com";
  recipient.diagnostic = "550 5.1.1 no such user";
  recipient.last_attempt = 1767225659;
  notice.recipients = {recipient};
  return notice;
}

std::string composed(const Notice& notice, std::string_view original) {
  const std::array pieces{octets("Received: by us\r\n"), octets(original)};
  EXPECT_TRUE(law_status_is_in_the_grammar(notice));
  EXPECT_TRUE(law_notification_has_three_parts(notice, pieces));
  EXPECT_TRUE(law_eight_bits_are_marked(notice, pieces));
  return compose(notice, pieces).text;
}

constexpr std::string_view message =
    "From: ann@example.org\r\nSubject: hello\r\n\r\nHow are you?\r\n";

TEST(DsnNotification, a_failure_is_three_parts) {
  EXPECT_EQ(composed(example(), message),
            "From: Mail Delivery System <postmaster@mail.example.org>\r\n"
            "To: <ann@example.org>\r\n"
            "Subject: Your message could not be delivered\r\n"
            "Date: Thu, 1 Jan 2026 00:01:00 +0000\r\n"
            "Message-ID: <0123456789abc@mail.example.org>\r\n"
            "Auto-Submitted: auto-replied\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status;\r\n"
            "  boundary=\"=_0123456789abc_report\"\r\n"
            "\r\n"
            "--=_0123456789abc_report\r\n"
            "Content-Type: text/plain; charset=us-ascii\r\n"
            "\r\n"
            "This is the mail system at mail.example.org.\r\n"
            "\r\n"
            "Your message could not be delivered to\r\n"
            "\r\n"
            "  <bob@example.com>\r\n"
            "    mx.example.com said:\r\n"
            "    550 5.1.1 no such user\r\n"
            "\r\n"
            "It will not be tried again.\r\n"
            "\r\n"
            "--=_0123456789abc_report\r\n"
            "Content-Type: message/delivery-status\r\n"
            "\r\n"
            "Original-Envelope-Id: ABC-7\r\n"
            "Reporting-MTA: dns;mail.example.org\r\n"
            "Arrival-Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
            "\r\n"
            "Original-Recipient: rfc822;bob@example.com\r\n"
            "Final-Recipient: rfc822;bob@example.com\r\n"
            "Action: failed\r\n"
            "Status: 5.1.1\r\n"
            "Remote-MTA: dns;mx.example.com\r\n"
            "Diagnostic-Code: smtp;550 5.1.1 no such user\r\n"
            "Last-Attempt-Date: Thu, 1 Jan 2026 00:00:59 +0000\r\n"
            "\r\n"
            "--=_0123456789abc_report\r\n"
            "Content-Type: message/rfc822\r\n"
            "\r\n"
            "Received: by us\r\n"
            "From: ann@example.org\r\nSubject: hello\r\n\r\nHow are you?\r\n"
            "\r\n--=_0123456789abc_report--\r\n");
}

TEST(DsnNotification, ret_says_what_comes_back) {
  Notice notice = example();
  notice.returned = Returned::headers;
  std::string text = composed(notice, message);
  EXPECT_NE(text.find("text/rfc822-headers"), std::string::npos);
  EXPECT_NE(text.find("Subject: hello"), std::string::npos);
  EXPECT_EQ(text.find("How are you?"), std::string::npos);
  // Without RET a large message comes back as its header, with it whole.
  std::string large(message);
  large.append(returned_message_octets_max, 'x');
  notice.returned = Returned::unsaid;
  EXPECT_EQ(composed(notice, large).find("xxx"), std::string::npos);
  notice.returned = Returned::full;
  EXPECT_NE(composed(notice, large).find("xxx"), std::string::npos);
  // RFC 3461 section 4.3: RET is about failures alone.
  notice.recipients[0].action = Action::delayed;
  EXPECT_EQ(composed(notice, message).find("How are you?"), std::string::npos);
  // BINARYMIME could not be a part of anything else.
  notice.recipients[0].action = Action::failed;
  notice.binary = true;
  EXPECT_EQ(composed(notice, message).find("How are you?"), std::string::npos);
}

TEST(DsnNotification, nobody_writes_a_line_of_it) {
  Notice notice = example();
  notice.envelope_id = "x\r\nReporting-MTA: dns;evil";
  notice.recipients[0].original_recipient = "rfc822;a\r\nAction: delivered";
  notice.recipients[0].remote_host = "mx\r\n\r\nFinal-Recipient: rfc822;c";
  notice.recipients[0].diagnostic = "550 no\r\nStatus: 2.0.0\r\n\r\n--=_x";
  notice.recipients[0].status = "2.0.0\r\nx";
  const std::string status = write_delivery_status(notice);
  EXPECT_TRUE(law_status_is_in_the_grammar(notice));
  EXPECT_EQ(status.find("\r\nAction: delivered"), std::string::npos);
  EXPECT_EQ(status.find("Original-Recipient"), std::string::npos);
  EXPECT_EQ(status.find("Original-Envelope-Id"), std::string::npos);
  EXPECT_NE(status.find("\r\nStatus: 5.0.0\r\n"), std::string::npos);
  EXPECT_NE(
      status.find("Diagnostic-Code: smtp;550 no\?\?Status: 2.0.0\?\?\?\?--=_x"),
      std::string::npos);
}

TEST(DsnNotification, utf8_addresses_make_it_global) {
  Notice notice = example();
  notice.recipients[0].final_recipient = "b\xc3\xb6@example.com";
  notice.smtputf8 = true;
  const std::string text = composed(notice, message);
  EXPECT_NE(text.find("message/global-delivery-status"), std::string::npos);
  EXPECT_NE(text.find("Final-Recipient: utf-8;b\xc3\xb6@"), std::string::npos);
  EXPECT_NE(text.find("message/global\r\n"), std::string::npos);
  const std::array pieces{octets(message)};
  EXPECT_FALSE(compose(notice, pieces).smtputf8);
  EXPECT_TRUE(compose(notice, pieces).eight_bit);
  notice.sender = "\xc3\xa4nn@example.org";
  EXPECT_TRUE(compose(notice, pieces).smtputf8);
}

TEST(DsnNotification, long_answers_are_folded) {
  Notice notice = example();
  notice.recipients[0].diagnostic = "550 " + std::string(100, 'a') +
                                    " this mailbox is not known here and "
                                    "never was, see our pages about it";
  notice.recipients[0].remote_host.clear();
  const std::string status = write_delivery_status(notice);
  EXPECT_TRUE(law_status_is_in_the_grammar(notice));
  EXPECT_NE(status.find("Diagnostic-Code: x-postkeep;550\r\n aaa"),
            std::string::npos);
}

TEST(DsnNotification, delays_say_until_when) {
  Notice notice = example();
  notice.recipients[0].action = Action::delayed;
  notice.recipients[0].status = "4.4.1";
  notice.will_retry_until = 1767657600;
  const std::string text = composed(notice, message);
  EXPECT_NE(text.find("Will-Retry-Until: Tue, 6 Jan 2026 00:00:00 +0000"),
            std::string::npos);
  EXPECT_NE(text.find("Action: delayed\r\nStatus: 4.4.1"), std::string::npos);
}

TEST(DsnNotification, notify_says_who_hears_of_what) {
  struct Row {
    std::uint8_t notify;
    bool failed, delayed, relayed;
  };
  for (const Row& row :
       {Row{0, true, true, false}, Row{notify_never, false, false, false},
        Row{notify_success, false, false, true},
        Row{notify_failure, true, false, false},
        Row{notify_failure | notify_delay, true, true, false}}) {
    EXPECT_EQ(wants_notice(row.notify, Action::failed), row.failed);
    EXPECT_EQ(wants_notice(row.notify, Action::delayed), row.delayed);
    EXPECT_EQ(wants_notice(row.notify, Action::relayed), row.relayed);
  }
}

}  // namespace
