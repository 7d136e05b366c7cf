#include "spool/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "spool/journal_world.h"

using namespace postkeep;
using namespace postkeep::spool;
using namespace std::chrono_literals;

namespace {

std::string list(const std::vector<std::uint32_t>& recipients) {
  std::string text;
  for (const std::uint32_t one : recipients) text += " " + std::to_string(one);
  return text;
}

// Everything is told to the schedule by hand; what it wants is a story.
class ScheduleTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(schedule_.is_consistent()); }

  static std::vector<OutsideRecipient> to(
      const std::vector<std::string>& destinations) {
    std::vector<OutsideRecipient> recipients;
    for (const std::string& one : destinations) {
      recipients.push_back(
          {static_cast<std::uint32_t>(recipients.size()), one, 0, {}, {}});
    }
    return recipients;
  }
  void accept(MessageId id, const std::vector<std::string>& destinations) {
    schedule_.appended(id, QueueId{id * 7}, 1000, to(destinations), now_);
    schedule_.durable(id, now_, effects_);
  }
  void recover(MessageId id, const std::vector<std::string>& destinations,
               Duration age, std::uint8_t marks = 0) {
    schedule_.recovered(id, QueueId{id * 7}, 1000, marks, age, to(destinations),
                        now_);
    schedule_.tick(now_, effects_);
  }
  void pass(Duration time) {
    const SteadyTime until = now_ + time;
    for (;;) {
      const auto due = schedule_.next_due();
      if (!due || *due > until) break;
      now_ = std::max(now_, *due);
      schedule_.tick(now_, effects_);
    }
    now_ = until;
  }
  // The oldest job that said() has shown ends like this.
  void end(CopyVerdict verdict, Reach reach = Reach::fine) {
    ASSERT_FALSE(sent_.empty());
    const Send job = sent_.front();
    sent_.erase(sent_.begin());
    JobEnd ending{reach, {"4.4.1", "", "no way"}, {}};
    for (std::size_t i = 0; i < job.recipients.size(); ++i) {
      ending.results.push_back({verdict, {"4.2.0", "mx.example", "later"}});
    }
    EXPECT_TRUE(schedule_.ended(job.job, ending, now_, effects_));
    EXPECT_FALSE(schedule_.ended(job.job, ending, now_, effects_));
  }
  // What was wanted since the last call; the journal takes all of it.
  std::string said() {
    std::string text;
    while (!effects_.empty()) {
      const ScheduleEffects effects = std::exchange(effects_, {});
      for (const ScheduleEffect& effect : effects) text += obey(effect);
      EXPECT_TRUE(schedule_.is_consistent());
    }
    return text;
  }
  std::string obey(const ScheduleEffect& effect) {
    if (const auto* send = std::get_if<Send>(&effect)) {
      sent_.push_back(*send);
      return "send " + std::to_string(send->id) + list(send->recipients) +
             " to " + send->destination + "\n";
    }
    if (const auto* settle = std::get_if<Settle>(&effect)) {
      if (full_) {
        schedule_.not_settled(*settle, now_);
        return "full\n";
      }
      schedule_.settled(settle->id, settle->recipients, now_, effects_);
      return "settle " + std::to_string(settle->id) + list(settle->recipients) +
             " " + std::string(name(settle->why)) + "\n";
    }
    if (const auto* tell = std::get_if<TellDelay>(&effect)) {
      if (full_) {
        schedule_.delay_not_told(tell->id, now_);
      } else {
        schedule_.delay_told(tell->id);
      }
      return "tell " + std::to_string(tell->id) + list(tell->recipients) + "\n";
    }
    if (const auto* note = std::get_if<NoteDeferral>(&effect)) {
      return "defer " + std::to_string(note->id) + " " +
             std::to_string(note->recipient) + "\n";
    }
    return "left " + std::to_string(std::get<MessageLeft>(effect).id) + "\n";
  }

  Schedule schedule_;
  ScheduleEffects effects_;
  std::vector<Send> sent_;
  SteadyTime now_{1000s};
  bool full_ = false;
};

TEST_F(ScheduleTest, from_append_to_the_other_host) {
  schedule_.appended(1, QueueId{7}, 1000, to({"a.example"}), now_);
  EXPECT_EQ(said(), "");
  schedule_.durable(1, now_, effects_);
  EXPECT_EQ(said(), "send 1 0 to a.example\n");
  end(CopyVerdict::delivered);
  EXPECT_EQ(said(), "settle 1 0 delivered\nleft 1\n");
  EXPECT_EQ(schedule_.status(now_).messages, 0U);
  EXPECT_EQ(schedule_.status(now_).destinations, 0U);
  EXPECT_EQ(schedule_.next_due(), std::nullopt);
}

TEST_F(ScheduleTest, recipients_of_one_destination_share_a_transaction) {
  accept(1, {"a.example", "b.example", "a.example"});
  EXPECT_EQ(said(), "send 1 0 2 to a.example\nsend 1 1 to b.example\n");
  end(CopyVerdict::failed);
  EXPECT_EQ(said(), "settle 1 0 2 failed\n");
  end(CopyVerdict::relayed);
  EXPECT_EQ(said(), "settle 1 1 relayed\nleft 1\n");
}

TEST_F(ScheduleTest, minutes_in_the_first_hour_then_hours) {
  accept(1, {"a.example"});
  std::vector<std::int64_t> minutes;
  while (now_ < SteadyTime{1000s} + 24h) {
    const std::string story = said();
    if (story.find("send") != std::string::npos) {
      minutes.push_back((now_ - SteadyTime{1000s}) / 1min);
      end(CopyVerdict::deferred);
      continue;
    }
    pass(1min);
  }
  ASSERT_GE(minutes.size(), 10U);
  EXPECT_LE(minutes.size(), 16U);
  // Three tries in the first hour, none of them before five minutes.
  EXPECT_EQ(minutes[0], 0);
  EXPECT_GE(minutes[1], 4);
  EXPECT_LE(minutes[1], 6);
  EXPECT_LE(minutes[3], 60);
  for (std::size_t i = 1; i < minutes.size(); ++i) {
    EXPECT_LE(minutes[i] - minutes[i - 1], 3 * 60 + 20);
  }
}

TEST_F(ScheduleTest, the_sender_hears_of_delay_and_of_the_end) {
  accept(1, {"a.example"});
  std::string story;
  for (int minute = 0; minute < 121 * 60; ++minute) {
    story += said();
    if (!sent_.empty()) end(CopyVerdict::deferred);
    pass(1min);
  }
  const auto told = story.find("tell 1 0\n");
  const auto expired = story.find("settle 1 0 expired\nleft 1\n");
  EXPECT_LT(told, expired);
  EXPECT_NE(expired, std::string::npos);
  EXPECT_EQ(story.find("tell", told + 1), std::string::npos);
}

TEST_F(ScheduleTest, a_dead_destination_is_tried_with_one_message) {
  for (MessageId id = 1; id <= 50; ++id) accept(id, {"dead.example"});
  EXPECT_EQ(said(), "send 1 0 to dead.example\nsend 2 0 to dead.example\n");
  end(CopyVerdict::deferred, Reach::none);
  end(CopyVerdict::deferred, Reach::none);
  EXPECT_EQ(said(), "defer 1 0\ndefer 2 0\n");
  pass(4min);
  EXPECT_EQ(said(), "");
  pass(2min);
  const std::string story = said();
  EXPECT_EQ(std::ranges::count(story, '\n'), 1) << story;
  end(CopyVerdict::deferred, Reach::none);
  EXPECT_EQ(schedule_.status(now_).destinations_waiting, 1U);
  // Nothing is due but the destination, once, and what was tried itself.
  pass(3min);
  EXPECT_EQ(sent_.size(), 0U);
  // It comes back: everything leaves.
  EXPECT_TRUE(schedule_.retry_destination("dead.example", now_, effects_));
  int delivered = 0;
  for (said(); !sent_.empty(); said()) {
    end(CopyVerdict::delivered);
    delivered += 1;
  }
  EXPECT_EQ(delivered, 50);
}

TEST_F(ScheduleTest, a_thousand_dead_destinations_leave_room_for_a_fresh_one) {
  for (MessageId id = 1; id <= 1000; ++id) {
    schedule_.recovered(id, QueueId{id * 7}, 1000, 0, 1h,
                        to({"dead" + std::to_string(id) + ".example"}), now_);
  }
  schedule_.tick(now_, effects_);
  said();
  EXPECT_EQ(sent_.size(), schedule_.limits().jobs_max / 2);
  accept(2000, {"well.example"});
  EXPECT_EQ(said(), "send 2000 0 to well.example\n");
}

TEST_F(ScheduleTest, a_slow_destination_leaves_room_for_others) {
  for (MessageId id = 1; id <= 3000; ++id) {
    accept(id, {"slow" + std::to_string(id % 12) + ".example"});
  }
  // The slow ones get as many connections as there are to be had.
  for (int i = 0; i < 2000; ++i) {
    said();
    if (!sent_.empty()) end(CopyVerdict::delivered);
  }
  said();
  const std::uint32_t most = schedule_.limits().jobs_max;
  EXPECT_GE(sent_.size(), most / 2);
  EXPECT_LT(sent_.size(), most);
  accept(9000, {"other.example"});
  EXPECT_EQ(said(), "send 9000 0 to other.example\n");
}

TEST_F(ScheduleTest, connections_grow_with_success_and_shrink_with_strain) {
  for (MessageId id = 1; id <= 1000; ++id) accept(id, {"a.example"});
  said();
  EXPECT_EQ(sent_.size(), 2U);
  for (int i = 0; i < 400; ++i) {
    end(CopyVerdict::delivered);
    said();
  }
  EXPECT_EQ(sent_.size(), schedule_.limits().destination_jobs_max);
  pass(1s);
  // All of them are told to go slower: that counts once.
  const std::size_t before = sent_.size();
  for (std::size_t i = 0; i < before; ++i) {
    end(CopyVerdict::deferred, Reach::strained);
  }
  said();
  EXPECT_EQ(sent_.size(), before / 2);
}

TEST_F(ScheduleTest, held_mail_stays_until_it_is_released) {
  accept(1, {"a.example"});
  said();
  EXPECT_TRUE(schedule_.hold(1));
  end(CopyVerdict::deferred);
  pass(200h);
  EXPECT_EQ(said(), "defer 1 0\n");
  EXPECT_TRUE(schedule_.view(1, now_)->held);
  EXPECT_FALSE(schedule_.view(1, now_)->copies[0].next);
  EXPECT_TRUE(schedule_.release(1, now_, effects_));
  EXPECT_EQ(said(), "send 1 0 to a.example\n");
  // It is older than it may be: this was its last try.
  end(CopyVerdict::deferred);
  EXPECT_EQ(said(), "settle 1 0 expired\nleft 1\n");
  EXPECT_FALSE(schedule_.hold(1));
}

TEST_F(ScheduleTest, what_is_removed_ends_without_a_report) {
  accept(1, {"a.example", "b.example"});
  said();
  end(CopyVerdict::deferred);
  said();
  EXPECT_TRUE(schedule_.remove(1, now_, effects_));
  EXPECT_EQ(said(), "settle 1 0 removed\n");
  end(CopyVerdict::deferred);
  EXPECT_EQ(said(), "settle 1 1 removed\nleft 1\n");
}

TEST_F(ScheduleTest, what_was_put_off_goes_at_once_but_not_for_ever) {
  accept(1, {"a.example"});
  EXPECT_EQ(said(), "send 1 0 to a.example\n");
  for (int i = 0; i < put_offs_max; ++i) {
    end(CopyVerdict::put_off);
    EXPECT_EQ(said(), "send 1 0 to a.example\n");
  }
  end(CopyVerdict::put_off);
  EXPECT_EQ(said(), "defer 1 0\n");
}

TEST_F(ScheduleTest, a_full_journal_is_asked_again) {
  accept(1, {"a.example"});
  said();
  full_ = true;
  end(CopyVerdict::delivered);
  EXPECT_EQ(said(), "full\n");
  pass(11s);
  EXPECT_EQ(said(), "full\n");
  full_ = false;
  pass(11s);
  EXPECT_EQ(said(), "settle 1 0 delivered\nleft 1\n");
}

// An old message that nobody could try while the server was down is tried
// before it is given up; and its sender is not told of a delay before that.
TEST_F(ScheduleTest, what_is_too_old_after_a_stop_is_tried_once_more) {
  recover(1, {"a.example"}, 200h);
  EXPECT_EQ(said(), "send 1 0 to a.example\n");
  recover(2, {"a.example"}, 5h, mark_held);
  EXPECT_EQ(said(), "");
  EXPECT_TRUE(schedule_.view(2, now_)->held);
  end(CopyVerdict::deferred);
  EXPECT_EQ(said(), "settle 1 0 expired\nleft 1\n");
}

TEST_F(ScheduleTest, recovery_goes_on_where_the_curve_was) {
  std::vector<OutsideRecipient> recipients = to({"a.example"});
  recipients[0].attempts = 4;
  recipients[0].wait = 30min;
  recipients[0].answer = {"4.2.1", "mx.a.example", "mailbox is busy"};
  schedule_.recovered(1, QueueId{7}, 10, mark_delay_told, 6h, recipients, now_);
  pass(29min);
  EXPECT_EQ(said(), "");
  const auto view = schedule_.view(1, now_);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->copies[0].attempts, 4U);
  EXPECT_EQ(view->copies[0].answer->diagnostic, "mailbox is busy");
  EXPECT_EQ(schedule_.find(QueueId{7}), 1U);
  EXPECT_EQ(schedule_.next(0), 1U);
  EXPECT_EQ(schedule_.next(1), std::nullopt);
  pass(2min);
  EXPECT_EQ(said(), "send 1 0 to a.example\n");
}

}  // namespace
