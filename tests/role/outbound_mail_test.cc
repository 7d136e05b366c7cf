// role/outbound_mail.h: from spool to the session, and back.
#include "role/outbound_mail.h"

#include <gtest/gtest.h>

using namespace postkeep;
using namespace postkeep::role;

namespace {

ipc::RemoteMail a_mail() {
  ipc::RemoteMail mail;
  mail.reverse_path = "ann@example.org";
  mail.envid = "QQ1";
  mail.ret = 2;
  mail.has_deliver_by = true;
  mail.deliver_by_seconds = -3;
  mail.deliver_by_returns = true;
  mail.has_mt_priority = true;
  mail.mt_priority = -4;
  mail.requiretls = true;
  mail.smtputf8 = true;
  mail.body = 2;
  mail.recipients = {{.forward_path = "\"b b\"@example.net",
                      .orcpt = "rfc822;b@example.net",
                      .notify = 6},
                     {.forward_path = "eve@[192.0.2.1]"}};
  return mail;
}

TEST(RoleOutboundMail, all_that_spool_says_is_said) {
  const smtp::ContentFacts facts{.octets = 5};
  const auto mail = outgoing_mail(a_mail(), facts);
  ASSERT_TRUE(mail.has_value());
  EXPECT_EQ(write(mail->reverse_path), "ann@example.org");
  EXPECT_EQ(mail->content, facts);
  EXPECT_EQ(mail->ret, smtp::Ret::headers);
  EXPECT_EQ(mail->envid, "QQ1");
  EXPECT_TRUE(mail->is_binary && mail->needs_smtputf8 && mail->requiretls);
  ASSERT_TRUE(mail->deliver_by.has_value());
  EXPECT_EQ(mail->deliver_by->seconds, -3);
  EXPECT_TRUE(mail->deliver_by->returns_message);
  EXPECT_EQ(mail->mt_priority, -4);
  ASSERT_EQ(mail->recipients.size(), 2U);
  EXPECT_EQ(mail->recipients[0].forward_path.local_part(), "b b");
  EXPECT_EQ(mail->recipients[0].parameters.notify, 6);
  EXPECT_EQ(mail->recipients[0].parameters.orcpt, "rfc822;b@example.net");
  EXPECT_EQ(mail->recipients[1].parameters.orcpt, std::nullopt);
}

TEST(RoleOutboundMail, the_null_path_is_one) {
  ipc::RemoteMail bounce = a_mail();
  bounce.reverse_path.clear();
  const auto mail = outgoing_mail(bounce, {});
  ASSERT_TRUE(mail.has_value());
  EXPECT_EQ(mail->reverse_path, std::nullopt);
}

TEST(RoleOutboundMail, what_is_no_address_is_never_said) {
  for (const char* wrong :
       {"", "bob", "a@b\r\nRCPT TO:<x@y>", "a b@c", "<a@b>", "a@b>"}) {
    ipc::RemoteMail mail = a_mail();
    mail.recipients[1].forward_path = wrong;
    EXPECT_FALSE(outgoing_mail(mail, {}).has_value()) << wrong;
    mail = a_mail();
    mail.reverse_path = wrong;
    EXPECT_EQ(outgoing_mail(mail, {}).has_value(), mail.reverse_path.empty());
  }
  ipc::RemoteMail nobody = a_mail();
  nobody.recipients.clear();
  EXPECT_FALSE(outgoing_mail(nobody, {}).has_value());
}

TEST(RoleOutboundMail, a_result_comes_back_as_it_was) {
  const smtp::RecipientResult result{
      .outcome = smtp::Outcome::refused,
      .because = smtp::Because::reply,
      .at = smtp::ClientState::rcpt,
      .reply = {550, smtp::EnhancedCode{5, 1, 1}, "no such user\nsorry"}};
  EXPECT_EQ(recipient_result(remote_result(result)), result);
  EXPECT_EQ(recipient_result(remote_result({})), smtp::RecipientResult{});
}

TEST(RoleOutboundMail, what_is_read_is_in_its_bounds) {
  const auto read = recipient_result({.outcome = 200,
                                      .because = 200,
                                      .at = 200,
                                      .reply = {.code = 550,
                                                .has_enhanced = true,
                                                .enhanced_kind = 3,
                                                .text = "a\r\nb\x80"}});
  EXPECT_EQ(read.outcome, smtp::Outcome::deferred);
  EXPECT_EQ(read.because, smtp::Because::reply_unexpected);
  EXPECT_EQ(read.at, smtp::ClientState::closed);
  EXPECT_EQ(read.reply.enhanced, std::nullopt);
  EXPECT_EQ(read.reply.text, "a?\nb?");
  EXPECT_EQ(peer_reply_of({.code = 65535}).code, 0);
}

}  // namespace
