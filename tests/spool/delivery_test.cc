#include "spool/delivery.h"

#include <gtest/gtest.h>

#include <string>

#include "spool/journal_world.h"

using namespace postkeep;
using namespace postkeep::spool;
using namespace std::chrono_literals;

namespace {

// One line for each effect, so that a test reads as a story.
std::string story(const Effects& effects) {
  std::string text;
  const auto say = [&](const std::string& line) { text += line + "\n"; };
  for (const Effect& effect : effects) {
    if (const auto* deliver = std::get_if<Deliver>(&effect)) {
      say("deliver " + std::to_string(deliver->id) + " to " + deliver->user);
    } else if (const auto* need = std::get_if<NeedMailbox>(&effect)) {
      say("need " + need->user);
    } else if (const auto* record = std::get_if<RecordDone>(&effect)) {
      say("record " + std::to_string(record->id) + " " +
          std::to_string(record->recipient));
    } else if (const auto* forget = std::get_if<Forget>(&effect)) {
      say("forget " + std::to_string(forget->delivery_ids.size()) + " " +
          forget->user);
    } else if (const auto* gone = std::get_if<MessageGone>(&effect)) {
      say("gone " + std::to_string(gone->id));
    }
  }
  return text;
}

class DeliveryTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(delivery_.is_consistent()); }

  // What was said since the last call.
  std::string said() {
    const std::string text = story(effects_);
    effects_.clear();
    EXPECT_TRUE(delivery_.is_consistent());
    return text;
  }
  // A durable message with this id, 1000 octets long.
  void accept(MessageId id, std::size_t recipients = 1) {
    append(id, recipients);
    delivery_.durable(id, now_, effects_);
  }
  void append(MessageId id, std::size_t recipients = 1,
              std::uint64_t octets = 1000) {
    delivery_.appended(id, make_entry(id, recipients), octets);
  }
  void ready(const std::string& user) {
    delivery_.mailbox_ready(user, now_, effects_);
  }
  void gone(const std::string& user) {
    delivery_.mailbox_gone(user, now_, effects_);
  }
  static DeliveryId id_of(MessageId id, std::size_t recipient = 0) {
    return make_entry(id, recipient + 1).recipients[recipient].delivery_id;
  }
  bool done(MessageId id, std::size_t recipient = 0) {
    return delivery_.done("user" + std::to_string(recipient),
                          id_of(id, recipient), now_, effects_);
  }
  bool refuse(MessageId id, DeliveryTrouble why) {
    return delivery_.refused("user0", id_of(id), why, now_, effects_);
  }
  void pass(Duration time) {
    now_ += time;
    delivery_.tick(now_, effects_);
  }

  Delivery delivery_;
  Effects effects_;
  SteadyTime now_{1000s};
};

TEST_F(DeliveryTest, from_append_to_forget) {
  append(1);
  EXPECT_EQ(delivery_.state(1, 0), RecipientState::appended);
  EXPECT_EQ(said(), "");
  delivery_.durable(1, now_, effects_);
  EXPECT_EQ(said(), "need user0\n");
  EXPECT_EQ(delivery_.state(1, 0), RecipientState::waiting);
  ready("user0");
  EXPECT_EQ(said(), "deliver 1 to user0\n");
  EXPECT_TRUE(delivery_.placed("user0", id_of(1)));
  EXPECT_EQ(delivery_.state(1, 0), RecipientState::placed);
  EXPECT_TRUE(done(1));
  EXPECT_EQ(said(), "record 1 0\n");
  delivery_.recorded(1, 0, 2);
  EXPECT_EQ(delivery_.state(1, 0), RecipientState::recorded);
  delivery_.durable(1, now_, effects_);
  EXPECT_EQ(said(), "");  // The record of its outcome is not durable yet.
  delivery_.durable(2, now_, effects_);
  EXPECT_EQ(said(), "gone 1\nforget 1 user0\n");
  EXPECT_EQ(delivery_.state(1, 0), RecipientState::gone);
  EXPECT_EQ(delivery_.status().messages, 0U);
  EXPECT_EQ(delivery_.status().octets, 0U);
  EXPECT_FALSE(delivery_.next_due());
}

TEST_F(DeliveryTest, nothing_is_delivered_before_it_is_durable) {
  ready("user0");
  append(5);
  append(7);
  EXPECT_EQ(said(), "");
  delivery_.durable(6, now_, effects_);
  EXPECT_EQ(said(), "deliver 5 to user0\n");
}

TEST_F(DeliveryTest, recipients_are_independent) {
  accept(1, 3);
  EXPECT_EQ(said(), "need user0\nneed user1\nneed user2\n");
  ready("user1");
  EXPECT_TRUE(done(1, 1));
  EXPECT_EQ(said(), "deliver 1 to user1\nrecord 1 1\n");
  delivery_.recorded(1, 1, 2);
  delivery_.durable(2, now_, effects_);
  EXPECT_EQ(said(), "forget 1 user1\n");
  EXPECT_EQ(delivery_.status().recipients_waiting, 2U);
  EXPECT_EQ(delivery_.status().messages, 1U);
}

TEST_F(DeliveryTest, the_window_is_bounded_by_messages) {
  for (MessageId id = 1; id <= window_messages_max + 5; ++id) append(id);
  delivery_.durable(window_messages_max + 5, now_, effects_);
  ready("user0");
  EXPECT_EQ(delivery_.status().recipients_in_flight, window_messages_max);
  EXPECT_EQ(delivery_.status().recipients_waiting, 5U);
  said();
  EXPECT_TRUE(done(1));
  EXPECT_EQ(said(), "record 1 0\ndeliver " +
                        std::to_string(window_messages_max + 1) +
                        " to user0\n");
}

TEST_F(DeliveryTest, the_window_is_bounded_by_octets) {
  append(1, 1, 2 * window_octets_max);
  append(2, 1, 1);
  append(3, 1, window_octets_max - 1);
  append(4, 1, 1);
  delivery_.durable(4, now_, effects_);
  ready("user0");
  EXPECT_EQ(said(), "need user0\ndeliver 1 to user0\n");
  EXPECT_TRUE(done(1));
  EXPECT_EQ(said(), "record 1 0\ndeliver 2 to user0\ndeliver 3 to user0\n");
}

TEST_F(DeliveryTest, a_mailbox_that_dies_gets_its_messages_again) {
  for (MessageId id = 1; id <= 3; ++id) accept(id);
  ready("user0");
  EXPECT_TRUE(delivery_.placed("user0", id_of(2)));
  EXPECT_TRUE(done(3));
  said();
  gone("user0");
  EXPECT_EQ(said(), "");  // Not at once.
  EXPECT_FALSE(done(2));  // Too late: it will be delivered again.
  EXPECT_EQ(delivery_.next_due(), now_ + 1s);
  pass(1s);
  EXPECT_EQ(said(), "need user0\n");
  ready("user0");
  EXPECT_EQ(said(), "deliver 1 to user0\n");  // One at a time now.
  EXPECT_TRUE(done(1));
  EXPECT_EQ(said(), "record 1 0\ndeliver 2 to user0\n");
  EXPECT_TRUE(done(2));
  accept(4);
  accept(5);
  EXPECT_EQ(said(), "record 2 0\ndeliver 4 to user0\ndeliver 5 to user0\n");
}

TEST_F(DeliveryTest, the_message_a_mailbox_dies_of_does_not_hold_up_others) {
  for (MessageId id = 1; id <= 3; ++id) accept(id);
  ready("user0");
  gone("user0");
  pass(1s);
  ready("user0");
  EXPECT_EQ(said(),
            "need user0\ndeliver 1 to user0\ndeliver 2 to user0\n"
            "deliver 3 to user0\nneed user0\ndeliver 1 to user0\n");
  gone("user0");  // Of message 1, alone.
  pass(2s);
  ready("user0");
  EXPECT_TRUE(done(2));
  EXPECT_TRUE(done(3));
  // Message 1 had failed at the same time; it comes after the others.
  EXPECT_EQ(said(),
            "need user0\ndeliver 2 to user0\nrecord 2 0\n"
            "deliver 3 to user0\nrecord 3 0\ndeliver 1 to user0\n");
}

TEST_F(DeliveryTest, waits_double_up_to_their_bound) {
  accept(1);
  Duration wait = 1s;
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(said(), "need user0\n");
    gone("user0");
    EXPECT_EQ(said(), "");
    EXPECT_EQ(delivery_.next_due(), now_ + wait);
    pass(wait);
    wait = std::min<Duration>(2 * wait, retry_wait_max);
  }
  EXPECT_EQ(wait, retry_wait_max);
  EXPECT_EQ(delivery_.status().users_backing_off, 1U);
}

TEST_F(DeliveryTest, an_idle_mailbox_may_end) {
  accept(1);
  ready("user0");
  EXPECT_TRUE(done(1));
  said();
  gone("user0");
  EXPECT_EQ(said(), "");
  EXPECT_FALSE(delivery_.next_due());
  accept(2);
  EXPECT_EQ(said(), "need user0\n");
}

TEST_F(DeliveryTest, a_refused_message_waits_and_lets_others_pass) {
  accept(1);
  ready("user0");
  said();
  EXPECT_TRUE(refuse(1, DeliveryTrouble::trouble));
  accept(2);
  EXPECT_EQ(said(), "deliver 2 to user0\n");
  pass(1s);
  EXPECT_EQ(said(), "deliver 1 to user0\n");
  EXPECT_TRUE(refuse(1, DeliveryTrouble::no_space));
  accept(3);
  EXPECT_EQ(said(), "");  // A full mailbox takes neither.
  pass(1s);
  EXPECT_EQ(said(), "deliver 3 to user0\n");
  pass(1s);
  EXPECT_EQ(said(), "deliver 1 to user0\n");
}

TEST_F(DeliveryTest, answers_that_do_not_fit_are_ignored) {
  accept(1, 2);
  ready("user0");
  ready("user1");
  said();
  EXPECT_FALSE(delivery_.placed("user1", id_of(1)));
  EXPECT_FALSE(delivery_.done("user1", id_of(1), now_, effects_));
  EXPECT_FALSE(delivery_.done("nobody", id_of(1), now_, effects_));
  EXPECT_FALSE(delivery_.done("user0", id_of(99), now_, effects_));
  EXPECT_TRUE(done(1));
  EXPECT_FALSE(done(1));
  EXPECT_FALSE(refuse(1, DeliveryTrouble::trouble));
  gone("nobody");
  EXPECT_EQ(said(), "record 1 0\n");
}

TEST_F(DeliveryTest, an_outcome_that_cannot_be_recorded_is_tried_again) {
  accept(1);
  ready("user0");
  EXPECT_TRUE(done(1));
  said();
  delivery_.not_recorded(1, 0, now_);
  EXPECT_EQ(delivery_.state(1, 0), RecipientState::done);
  pass(500ms);
  EXPECT_EQ(said(), "");
  pass(500ms);
  EXPECT_EQ(said(), "record 1 0\n");
  delivery_.recorded(1, 0, 2);
  EXPECT_FALSE(delivery_.next_due());
}

TEST_F(DeliveryTest, what_recovery_found_is_delivered) {
  delivery_.recovered(3, make_entry(3, 3), 10, {true, false, true}, now_,
                      effects_);
  EXPECT_EQ(said(), "need user1\n");
  EXPECT_EQ(delivery_.state(3, 0), RecipientState::gone);
  ready("user1");
  EXPECT_EQ(said(), "deliver 3 to user1\n");
}

TEST_F(DeliveryTest, a_mailbox_may_forget_what_no_message_has) {
  accept(1);
  ready("user0");
  said();
  delivery_.still_known("user0", {id_of(1), id_of(2), id_of(3)}, effects_);
  EXPECT_EQ(said(), "forget 2 user0\n");
  EXPECT_TRUE(done(1));
  delivery_.recorded(1, 0, 2);
  said();
  // Its outcome is not durable: after a crash it would be delivered again.
  delivery_.still_known("user0", {id_of(1)}, effects_);
  EXPECT_EQ(said(), "");
}

TEST_F(DeliveryTest, forgets_wait_for_a_mailbox_that_runs) {
  accept(1);
  ready("user0");
  EXPECT_TRUE(done(1));
  delivery_.recorded(1, 0, 2);
  gone("user0");
  said();
  delivery_.durable(2, now_, effects_);
  EXPECT_EQ(said(), "gone 1\n");
  ready("user0");
  EXPECT_EQ(said(), "forget 1 user0\n");
}

TEST_F(DeliveryTest, a_recipient_outside_is_not_its_business) {
  Entry entry = make_entry(1, 2);
  entry.recipients[0].user.clear();
  delivery_.appended(1, entry, 10);
  delivery_.durable(1, now_, effects_);
  EXPECT_EQ(said(), "need user1\n");
  EXPECT_EQ(delivery_.state(1, 0), RecipientState::gone);
  EXPECT_EQ(delivery_.state(1, 1), RecipientState::waiting);
  // The last one here: the rest of the message is somebody else's.
  delivery_.recovered(2, entry, 10, {false, true}, now_, effects_);
  EXPECT_EQ(said(), "gone 2\n");
  entry.recipients[1].user.clear();
  delivery_.appended(3, entry, 10);
  delivery_.recovered(4, entry, 10, {false, false}, now_, effects_);
  delivery_.durable(3, now_, effects_);
  EXPECT_EQ(said(), "");
  EXPECT_EQ(delivery_.status().messages, 1U);
}

TEST_F(DeliveryTest, status_knows_the_oldest) {
  accept(8);
  accept(9);
  EXPECT_EQ(delivery_.status().oldest, make_entry(8).received);
  EXPECT_EQ(delivery_.status().octets, 2000U);
  EXPECT_EQ(delivery_.message_octets(8), 1000U);
  EXPECT_EQ(*delivery_.entry(8), make_entry(8));
  EXPECT_EQ(delivery_.entry(7), nullptr);
  EXPECT_TRUE(delivery_.has_room_for(make_entry(1)));
}

}  // namespace
