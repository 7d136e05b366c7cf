#include <gtest/gtest.h>

#include <string>

#include "ipc/message_laws.h"

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
