#include <gtest/gtest.h>

#include <string>

#include "ipc/message_laws.h"
#include "ipc/packets.h"

namespace postkeep::ipc {
namespace {

MessageOffered an_offer() {
  MessageOffered offer;
  offer.offer = 7;
  offer.session = "abc";
  offer.reverse_path = "ann@example.org";
  offer.recipients = {{.forward_path = "bob@example.net",
                       .user = "bob@example.net",
                       .detail = "tag",
                       .orcpt = "rfc822;bob@example.net",
                       .notify = 6}};
  offer.inline_text = true;
  offer.text = {'h', 'i'};
  offer.octets = 2;
  return offer;
}

TEST(IpcMessages, every_kind_has_its_own_number) {
  std::vector<Kind> seen;
  for (std::size_t i = 0; i < messages_count; ++i) {
    with_message(i, [&](auto type) {
      seen.push_back(decltype(type)::type::kind);
      return true;
    });
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(seen.size(), messages_count);
}

TEST(IpcMessages, an_empty_one_of_each_kind_is_read_back) {
  for (std::size_t i = 0; i < messages_count; ++i) {
    EXPECT_TRUE(with_message(i, [](auto type) {
      using Message = typename decltype(type)::type;
      return law_only_the_whole_is_read<Message>(write(Message{}));
    })) << i;
  }
}

TEST(IpcMessages, fields_arrive_as_they_were_sent) {
  MessageOffered read_back;
  ASSERT_TRUE(read(write(an_offer()), read_back));
  EXPECT_EQ(read_back.offer, 7U);
  EXPECT_EQ(read_back.recipients.size(), 1U);
  EXPECT_EQ(read_back.recipients[0].detail, "tag");
  EXPECT_EQ(read_back.recipients[0].notify, 6);
  EXPECT_EQ(read_back.text, (std::vector<Octet>{'h', 'i'}));
  EXPECT_TRUE(law_only_the_whole_is_read<MessageOffered>(write(an_offer())));
}

RemoteMail a_mail() {
  RemoteMail mail;
  mail.remote = 3;
  mail.mail = 4;
  mail.queue_id = "Q1";
  mail.reverse_path = "ann@example.org";
  mail.deliver_by_seconds = -5;
  mail.mt_priority = -9;
  mail.recipients = {{.forward_path = "bob@example.net",
                      .orcpt = "rfc822;bob@example.net",
                      .notify = 6},
                     {.forward_path = "eve@example.net"}};
  mail.inline_text = true;
  mail.text = {'h', 'i'};
  mail.octets = 2;
  return mail;
}

TEST(IpcMessages, mail_for_a_remote_host_arrives_as_it_was_sent) {
  RemoteMail read_back;
  ASSERT_TRUE(read(write(a_mail()), read_back));
  EXPECT_EQ(read_back.deliver_by_seconds, -5);
  EXPECT_EQ(read_back.mt_priority, -9);
  ASSERT_EQ(read_back.recipients.size(), 2U);
  EXPECT_EQ(read_back.recipients[0].notify, 6);
  EXPECT_EQ(read_back.recipients[1].forward_path, "eve@example.net");
  EXPECT_TRUE(law_only_the_whole_is_read<RemoteMail>(write(a_mail())));
}

TEST(IpcMessages, what_became_of_it_comes_back_as_it_was_sent) {
  RemoteMailEnded ended{.remote = 3, .mail = 4, .is_free = true, .results = {}};
  ended.results = {{.outcome = 2,
                    .because = 0,
                    .at = 11,
                    .reply = {.code = 550,
                              .has_enhanced = true,
                              .enhanced_kind = 5,
                              .enhanced_subject = 1,
                              .enhanced_detail = 1,
                              .text = "no such user"}}};
  RemoteMailEnded read_back;
  ASSERT_TRUE(read(write(ended), read_back));
  ASSERT_EQ(read_back.results.size(), 1U);
  EXPECT_EQ(read_back.results[0].reply.code, 550);
  EXPECT_EQ(read_back.results[0].reply.text, "no such user");
  EXPECT_TRUE(law_only_the_whole_is_read<RemoteMailEnded>(write(ended)));
}

// The largest mail that the bounds allow is a message that a channel takes.
TEST(IpcMessages, the_largest_mail_for_a_remote_host_is_no_larger_than_any) {
  RemoteMail mail = a_mail();
  const std::string address(address_octets_max, 'a');
  mail.recipients.assign(recipients_max,
                         {.forward_path = address, .orcpt = address});
  mail.header_prefix.assign(header_prefix_octets_max, 'h');
  mail.text.assign(inline_octets_max, 't');
  EXPECT_LE(write(mail).size(), message_octets_max);
  RemoteMailEnded ended;
  ended.results.assign(recipients_max, RemoteResult{});
  for (RemoteResult& one : ended.results) {
    one.reply.text.assign(remote_text_octets_max, 't');
  }
  EXPECT_LE(write(ended).size(), message_octets_max);
}

TEST(IpcMessages, what_is_said_of_senders_arrives_as_it_was_sent) {
  const SenderQuestion question{.question = 1,
                                .login = "ann@example.org",
                                .addresses = {"a@b.example", ""},
                                .recipients = 3};
  SenderQuestion asked;
  ASSERT_TRUE(read(write(question), asked));
  EXPECT_EQ(asked.addresses, question.addresses);
  EXPECT_EQ(asked.recipients, 3U);
  EXPECT_TRUE(law_only_the_whole_is_read<SenderQuestion>(write(question)));
  const SenderAnswer answer{.question = 1,
                            .verdict = SenderVerdict::limited,
                            .address = "a@b.example",
                            .limit = SendingLimit::recipients_per_day,
                            .limit_max = 2,
                            .wait_seconds = 4,
                            .recipients_left = 5};
  SenderAnswer answered;
  ASSERT_TRUE(read(write(answer), answered));
  EXPECT_EQ(answered.limit, SendingLimit::recipients_per_day);
  EXPECT_EQ(answered.recipients_left, 5U);
  EXPECT_TRUE(law_only_the_whole_is_read<SenderAnswer>(write(answer)));
  UsageReport report;
  report.usages.assign(usages_max,
                       {.account = std::string(address_octets_max, 'a')});
  EXPECT_LE(write(report).size(), message_octets_max);
}

TEST(IpcMessages, a_text_past_its_bound_is_refused) {
  RecipientQuestion question{.question = 1,
                             .mailbox = std::string(address_octets_max, 'a')};
  std::vector<Octet> octets = write(question);
  RecipientQuestion read_back;
  EXPECT_TRUE(read(octets, read_back));
  // One octet more, said and sent.
  octets[11] = static_cast<Octet>(octets[11] + 1);
  octets.push_back('a');
  EXPECT_FALSE(read(octets, read_back));
}

TEST(IpcMessages, a_count_that_promises_more_than_there_is_costs_nothing) {
  // DeliveriesDone with 4,294,967,295 ids and no octet of them.
  const std::vector<Octet> octets = {0xFF, 0xFF, 0xFF, 0xFF};
  DeliveriesDone done;
  EXPECT_FALSE(read(octets, done));
  EXPECT_TRUE(done.ids.empty());
}

TEST(IpcMessages, an_enumerator_that_is_none_is_refused) {
  std::vector<Octet> octets = write(OfferAnswer{});
  octets[8] = static_cast<Octet>(OfferVerdict::malformed) + 1;
  OfferAnswer answer;
  EXPECT_FALSE(read(octets, answer));
}

TEST(IpcMessages, a_truth_value_is_zero_or_one) {
  std::vector<Octet> octets = write(ControlAnswer{.ok = true, .text = "x"});
  ControlAnswer answer;
  EXPECT_TRUE(read(octets, answer));
  octets[0] = 2;
  EXPECT_FALSE(read(octets, answer));
}

}  // namespace
}  // namespace postkeep::ipc
