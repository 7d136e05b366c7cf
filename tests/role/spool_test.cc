// role/spool.h on simulated ports: offers, answers, hand-over to mailboxes.
#include "role/spool.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "ipc/delivery_messages.h"
#include "ipc/mail_messages.h"
#include "ipc/supervisor_messages.h"
#include "role/rig.h"
#include "role/role_table.h"
#include "sim/sim_disk.h"
#include "sim/sim_flusher.h"

using namespace postkeep;
using namespace postkeep::role;

namespace {

class RoleSpool : public testing::Test {
 protected:
  void SetUp() override {
    rig_.context.disk = &disk_;
    rig_.context.flusher = &flusher_;
    rig_.give("configuration",
              "hostname = \"mail.example.org\"\n"
              "domains = [\"example.org\"]\n");
    rig_.give("mboxes", "max@example.org\tpassword=!\tmbox=max\n");
    ASSERT_TRUE(rig_.build(make_spool));
    smtp_ = rig_.meet(ipc::RoleName::smtp_in);
    settle();
  }

  ipc::MessageOffered offer(const std::vector<std::string>& users,
                            const std::string& text) {
    ipc::MessageOffered offered;
    offered.offer = ++last_offer_;
    offered.session = "session";
    offered.queue_id = write(spool::make_queue_id(rig_.random));
    offered.reverse_path = "sender@example.net";
    for (const std::string& user : users) {
      ipc::OfferedRecipient recipient;
      recipient.forward_path = user;
      recipient.user = user;
      offered.recipients.push_back(std::move(recipient));
    }
    offered.header_prefix = "Received: from somewhere\r\n";
    offered.octets = text.size();
    offered.inline_text = true;
    offered.text = {text.begin(), text.end()};
    return offered;
  }
  // The same with the text in sealed memory.
  void offer_sealed(const std::vector<std::string>& users,
                    const std::string& text) {
    ipc::MessageOffered offered = offer(users, text);
    offered.inline_text = false;
    offered.text.clear();
    std::vector<Descriptor> memory;
    memory.push_back(rig_.memory.seal_text(text));
    smtp_->send(std::move(offered), std::move(memory));
  }
  std::vector<ipc::OfferVerdict> verdicts() {
    std::vector<ipc::OfferVerdict> all;
    for (const auto& answer : smtp_->take<ipc::OfferAnswer>()) {
      all.push_back(answer.verdict);
    }
    return all;
  }
  // Whose mailboxes supervisor was asked for.
  std::vector<std::string> wanted() {
    std::vector<std::string> all;
    for (const ipc::Received& one : rig_.supervisor.heard) {
      if_message<ipc::MailboxWanted>(one, [&](const ipc::MailboxWanted& want) {
        all.push_back(want.user);
      });
    }
    return all;
  }
  // What supervisor does when it is asked for a mailbox.
  std::unique_ptr<RigPeer> mailbox_of(const std::string& user) {
    auto [own, other] = rig_.post.pair();
    give_mailbox(user, std::move(own));
    return std::make_unique<RigPeer>(std::move(other));
  }
  void give_mailbox(const std::string& user, std::unique_ptr<Channel> channel) {
    ipc::Received given{
        ipc::MailboxGiven::kind, ipc::write(ipc::MailboxGiven{user, true}), {}};
    given.descriptors.push_back(
        rig_.channels.descriptor_of(std::move(channel)));
    rig_.role->supervisor_message(std::move(given));
  }
  void settle() {
    do {
      rig_.settle();
    } while (flusher_.end_one());
  }

  sim::SimDisk disk_;
  sim::SimFlusher flusher_{disk_};
  Rig rig_{ipc::RoleName::spool};
  std::unique_ptr<RigPeer> smtp_;
  std::uint64_t last_offer_ = 0;
};

TEST_F(RoleSpool, nobody_is_told_durable_before_the_flush) {
  smtp_->send(offer({"ann@example.org"}, "text\r\n"));
  rig_.settle();
  EXPECT_EQ(flusher_.under_way(), 1U);
  EXPECT_TRUE(verdicts().empty());
  settle();
  EXPECT_EQ(verdicts(), std::vector{ipc::OfferVerdict::durable});
}

// A role ended while it was under way: pickup offers its file again.
TEST_F(RoleSpool, what_pickup_offers_again_is_one_message) {
  const auto verdicts_of = [](RigPeer& peer) {
    std::vector<ipc::OfferVerdict> all;
    for (const auto& answer : peer.take<ipc::OfferAnswer>()) {
      all.push_back(answer.verdict);
    }
    return all;
  };
  const std::vector durable{ipc::OfferVerdict::durable};
  auto pickup = rig_.meet(ipc::RoleName::pickup);
  ipc::MessageOffered file = offer({"ann@example.org"}, "text\r\n");
  pickup->send(file);
  rig_.settle();
  // It ends before the flush does, and another is started.
  pickup = rig_.meet(ipc::RoleName::pickup);
  file.offer = ++last_offer_;
  pickup->send(file);
  settle();
  EXPECT_EQ(verdicts_of(*pickup), durable);
  // And once more after it.
  pickup = rig_.meet(ipc::RoleName::pickup);
  file.offer = ++last_offer_;
  pickup->send(file);
  settle();
  EXPECT_EQ(verdicts_of(*pickup), durable);
  // spool itself is another.
  rig_.give("configuration", "domains = [\"example.org\"]\n");
  ASSERT_TRUE(rig_.build(make_spool));
  pickup = rig_.meet(ipc::RoleName::pickup);
  file.offer = ++last_offer_;
  pickup->send(file);
  settle();
  EXPECT_EQ(verdicts_of(*pickup), durable);
  const auto mailbox = mailbox_of("ann@example.org");
  settle();
  EXPECT_EQ(mailbox->take<ipc::Deliver>().size(), 1U);
  // Of another role's offers nothing of the kind is believed.
  smtp_ = rig_.meet(ipc::RoleName::smtp_in);
  file.offer = ++last_offer_;
  smtp_->send(file);
  settle();
  EXPECT_EQ(verdicts(), durable);
  EXPECT_EQ(mailbox->take<ipc::Deliver>().size(), 1U);
}

// As long as smtp_in may say it: spool puts more before it, and what it has
// said durable of it would end with each attempt to deliver.
TEST_F(RoleSpool, the_longest_trace_fields_are_delivered) {
  ipc::MessageOffered longest = offer({"ann@example.org"}, "text\r\n");
  longest.header_prefix = std::string(ipc::header_prefix_octets_max, 'x');
  longest.reverse_path = std::string(64, '"') + "@example.org";
  smtp_->send(std::move(longest));
  settle();
  EXPECT_EQ(verdicts(), std::vector{ipc::OfferVerdict::durable});
  const auto mailbox = mailbox_of("ann@example.org");
  settle();
  const auto deliveries = mailbox->take<ipc::Deliver>();
  ASSERT_EQ(deliveries.size(), 1U);
  EXPECT_GT(deliveries[0].header_prefix.size(), ipc::header_prefix_octets_max);
}

TEST_F(RoleSpool, a_long_message_to_many_is_in_memory_once) {
  const std::string text(100'000, 'x');
  std::vector<std::string> users;
  std::vector<std::unique_ptr<RigPeer>> mailboxes;
  for (int i = 0; i < 100; ++i) {
    users.push_back("user" + std::to_string(i) + "@example.org");
    mailboxes.push_back(mailbox_of(users.back()));
  }
  offer_sealed(users, text);
  const std::size_t before = rig_.memory.seals();
  settle();
  EXPECT_EQ(rig_.memory.seals(), before);
  for (const auto& mailbox : mailboxes) {
    ASSERT_EQ(mailbox->heard.size(), 1U);
    ASSERT_EQ(mailbox->heard[0].descriptors.size(), 1U);
    const auto view =
        rig_.memory.view(mailbox->heard[0].descriptors[0], text.size());
    ASSERT_TRUE(view);
    EXPECT_EQ((*view)->octets().size(), text.size());
  }
}

// Users with an mbox are no users of mailboxes: supervisor is asked for none.
TEST_F(RoleSpool, mail_for_an_mbox_goes_to_the_role_that_writes_it) {
  const auto mbox = rig_.meet(ipc::RoleName::mbox);
  smtp_->send(offer({"Max@example.org", "ann@example.org"}, "text\r\n"));
  settle();
  const auto drops = mbox->take<ipc::Drop>();
  ASSERT_EQ(drops.size(), 1U);
  EXPECT_EQ(drops[0].user, "Max@example.org");
  EXPECT_EQ(drops[0].reverse_path, "sender@example.net");
  EXPECT_TRUE(drops[0].header_prefix.starts_with(
      "Return-Path: <sender@example.net>\r\nDelivered-To: Max@example.org"));
  EXPECT_EQ(wanted(), std::vector<std::string>{"ann@example.org"});
  // An answer for somebody else's delivery is none.
  mbox->send(
      ipc::DropAnswer{drops[0].id, "ann@example.org", ipc::DropVerdict::done});
  mbox->send(ipc::DropAnswer{drops[0].id, "Max@example.org",
                             ipc::DropVerdict::no_space});
  settle();
  EXPECT_TRUE(mbox->heard.empty());
  rig_.pass(std::chrono::seconds(3));
  settle();
  const auto again = mbox->take<ipc::Drop>();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].id, drops[0].id);
  mbox->send(
      ipc::DropAnswer{again[0].id, "Max@example.org", ipc::DropVerdict::done});
  rig_.pass(std::chrono::seconds(2));
  settle();
  rig_.settle();
  const auto forget = mbox->take<ipc::DropsForget>();
  ASSERT_EQ(forget.size(), 1U);
  EXPECT_EQ(forget[0].user, "Max@example.org");
  // What a new mbox still knows, and nobody needs.
  const auto next = rig_.meet(ipc::RoleName::mbox);
  next->send(ipc::DropsKnown{"Max@example.org", {drops[0].id}});
  settle();
  EXPECT_EQ(next->take<ipc::DropsForget>().size(), 1U);
}

TEST_F(RoleSpool, what_an_mbox_died_of_is_delivered_again) {
  smtp_->send(offer({"max@example.org"}, "text\r\n"));
  settle();  // No mbox role yet.
  auto mbox = rig_.meet(ipc::RoleName::mbox);
  rig_.pass(std::chrono::seconds(3));
  settle();
  EXPECT_EQ(mbox->take<ipc::Drop>().size(), 1U);
  mbox.reset();
  settle();
  const auto next = rig_.meet(ipc::RoleName::mbox);
  rig_.pass(std::chrono::seconds(10));
  settle();
  const auto drops = next->take<ipc::Drop>();
  ASSERT_EQ(drops.size(), 1U);
  // What is in doubt is kept: its id is still needed.
  next->send(ipc::DropsKnown{"max@example.org", {drops[0].id}});
  settle();
  EXPECT_TRUE(next->heard.empty());
}

TEST_F(RoleSpool, an_account_moves_from_mailboxes_to_an_mbox_and_back) {
  const auto mbox = rig_.meet(ipc::RoleName::mbox);
  const auto mailbox = mailbox_of("ann@example.org");
  smtp_->send(offer({"ann@example.org"}, "one\r\n"));
  settle();
  const auto one = mailbox->take<ipc::Deliver>();
  ASSERT_EQ(one.size(), 1U);
  rig_.give("mboxes", "ann@example.org\tpassword=!\tmbox=ann\n");
  rig_.role->reload();
  smtp_->send(offer({"ann@example.org"}, "two\r\n"));
  settle();
  EXPECT_TRUE(mailbox->heard.empty());
  EXPECT_TRUE(mbox->heard.empty()) << "what is under way has time to arrive";
  mailbox->send(ipc::DeliveriesDone{{one[0].id}});
  rig_.pass(std::chrono::seconds(10));
  settle();
  EXPECT_EQ(mbox->take<ipc::Drop>().size(), 1U) << "the second alone";
  rig_.give("mboxes", "");
  rig_.role->reload();
  rig_.supervisor.heard.clear();
  rig_.pass(std::chrono::seconds(10));
  smtp_->send(offer({"ann@example.org"}, "three\r\n"));
  settle();
  EXPECT_EQ(wanted(), std::vector<std::string>{"ann@example.org"});
  EXPECT_TRUE(mbox->heard.empty());
}

// The kernel drops descriptors that a process has no room for.
TEST_F(RoleSpool, a_lost_descriptor_is_no_fault_of_the_message) {
  ipc::MessageOffered without = offer({"ann@example.org"}, "text\r\n");
  without.inline_text = false;
  without.text.clear();
  smtp_->send(std::move(without));
  settle();
  EXPECT_EQ(verdicts(), std::vector{ipc::OfferVerdict::busy});
}

// A write that fails stops the journal. Those whose messages were written
// before, and will not be flushed any more, are told so too.
TEST_F(RoleSpool, a_failed_write_leaves_nobody_waiting) {
  smtp_->send(offer({"ann@example.org"}, "one\r\n"));
  rig_.post.deliver_all();
  disk_.fail_operation(disk_.operations(), Trouble::input_output);
  smtp_->send(offer({"ann@example.org"}, "two\r\n"));
  settle();
  EXPECT_EQ(verdicts(), (std::vector{ipc::OfferVerdict::stopped,
                                     ipc::OfferVerdict::stopped}));
  rig_.role->drain();
  EXPECT_TRUE(rig_.supervisor.is_drained);
}

// Each failure lets the next message go, which fails in its turn.
TEST_F(RoleSpool, failures_do_not_pile_up_on_the_stack) {
  for (int i = 0; i < 10'000; ++i) {
    smtp_->send(offer({"ann@example.org"}, "text\r\n"));
  }
  settle();
  EXPECT_EQ(verdicts().size(), 10'000U);
  auto [own, other] = rig_.post.pair();
  other.reset();
  give_mailbox("ann@example.org", std::move(own));
  settle();
  EXPECT_TRUE(smtp_->heard.empty());
}

}  // namespace
