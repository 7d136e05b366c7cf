// Random lives of the schedule against a model that is simple enough to be
// believed: what each party was told, and a clock. Invariants S1 to S9 of
// docs/spool_states.md.
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "spool/schedule.h"

using namespace postkeep;
using namespace postkeep::spool;
using namespace std::chrono_literals;

namespace {

constexpr int destinations = 4;
constexpr std::uint32_t recipients_max = 5;

struct Seen {  // What the model knows of one recipient.
  int destination = 0;
  bool in_flight = false;
  bool settling = false;
  std::uint32_t attempts = 0;
  SteadyTime not_before;  // S5: never tried before.
};

class World {
 public:
  World() {
    ScheduleLimits limits;
    limits.jobs_max = 6;
    limits.destination_jobs_max = 3;
    limits.job_recipients_max = 3;
    schedule_.set_limits(limits);
  }

  void run() {
    while (!effects_.empty()) {
      const ScheduleEffects effects = std::exchange(effects_, {});
      for (const ScheduleEffect& effect : effects) obey(effect);
    }
    RC_ASSERT(schedule_.is_consistent());  // S1, S3
    RC_ASSERT(schedule_.status(now_).messages == left_.size());
  }

  void accept(std::uint32_t count, std::uint32_t seed, bool is_recovered) {
    const MessageId id = ++last_id_;
    std::vector<OutsideRecipient> recipients;
    for (std::uint32_t i = 0; i < count; ++i) {
      const int to = static_cast<int>(seed >> (2 * i) & 3) % destinations;
      recipients.push_back({i, name(to), 0, {}, {}});
      left_[id][i] = {to, false, false, 0, now_};
    }
    received_[id] = now_;
    if (is_recovered) {
      durable_ = std::max(durable_, id);
      schedule_.durable(durable_, now_, effects_);
      schedule_.recovered(id, QueueId{id}, 10, 0, Duration(0),
                          std::move(recipients), now_);
      schedule_.tick(now_, effects_);
    } else {
      schedule_.appended(id, QueueId{id}, 10, std::move(recipients), now_);
    }
  }
  void flush() {
    durable_ = last_id_;
    schedule_.durable(durable_, now_, effects_);
  }
  void end_one(std::size_t which, std::uint32_t seed, Reach reach) {
    if (jobs_.empty()) return;
    const auto at = std::next(
        jobs_.begin(), static_cast<std::ptrdiff_t>(which % jobs_.size()));
    const Send job = at->second;
    jobs_.erase(at);
    JobEnd end{reach, {"4.4.1", "", "none"}, {}};
    for (std::size_t i = 0; i < job.recipients.size(); ++i) {
      const auto verdict = static_cast<CopyVerdict>((seed >> (3 * i) & 7) % 5);
      end.results.push_back({verdict, {"4.0.0", "mx", "text"}});
      left_.at(job.id).at(job.recipients[i]).in_flight = false;
    }
    RC_ASSERT(schedule_.ended(job.job, end, now_, effects_));
    run();
  }
  void pass(Duration time) {
    now_ += time;
    schedule_.tick(now_, effects_);
  }
  void wish(int what, MessageId id) {
    const bool is_there = schedule_.holds(id);
    switch (what) {
      case 0:
        RC_ASSERT(schedule_.hold(id) == is_there);
        if (is_there) held_.insert(id);
        break;
      case 1:
        RC_ASSERT(schedule_.release(id, now_, effects_) == is_there);
        held_.erase(id);
        break;
      case 2:
        if (is_there) forget_waits(id);
        RC_ASSERT(schedule_.retry(id, now_, effects_) == is_there);
        break;
      default: (void)schedule_.remove(id, now_, effects_); break;
    }
  }
  void set_full(bool full) { full_ = full; }
  [[nodiscard]] MessageId last_id() const { return last_id_; }

  // S8: when every host takes what it is given, every message ends.
  void settle() {
    full_ = false;
    for (MessageId id = 1; id <= last_id_; ++id) wish(1, id);
    for (int i = 0; i < 400 && !left_.empty(); ++i) {
      flush();
      run();
      while (!jobs_.empty()) end_one(0, 0, Reach::fine);
      pass(30min);
      run();
    }
    RC_ASSERT(left_.empty());
    RC_ASSERT(schedule_.status(now_).destinations == 0U);
    RC_ASSERT(!schedule_.next_due());
  }

 private:
  static std::string name(int destination) {
    return "d" + std::to_string(destination);
  }
  void forget_waits(MessageId id) {
    for (auto& [recipient, seen] : left_.at(id)) seen.not_before = now_;
  }

  void obey(const ScheduleEffect& effect) {
    if (const auto* send = std::get_if<Send>(&effect)) return sent(*send);
    if (const auto* settle = std::get_if<Settle>(&effect)) {
      return settled(*settle);
    }
    if (const auto* tell = std::get_if<TellDelay>(&effect)) {
      RC_ASSERT(told_.insert(tell->id).second);  // S7: once.
      RC_ASSERT(now_ - received_.at(tell->id) >=
                schedule_.limits().delay_notice_after);
      RC_ASSERT(!tell->recipients.empty());
      schedule_.delay_told(tell->id);
    } else if (const auto* note = std::get_if<NoteDeferral>(&effect)) {
      Seen& seen = left_.at(note->id).at(note->recipient);
      seen.attempts += 1;
      RC_ASSERT(note->attempts == seen.attempts);
      RC_ASSERT(note->wait <= schedule_.limits().retry_wait_max * 11 / 10);
      RC_ASSERT(note->wait >= schedule_.limits().retry_wait_min * 9 / 10);
      seen.not_before = now_ + note->wait;
    } else if (const auto* gone = std::get_if<MessageLeft>(&effect)) {
      RC_ASSERT(left_.at(gone->id).empty());
      left_.erase(gone->id);
    }
  }

  void sent(const Send& send) {
    RC_ASSERT(send.id <= durable_);       // S2
    RC_ASSERT(!held_.contains(send.id));  // S6
    RC_ASSERT(jobs_.emplace(send.job, send).second);
    RC_ASSERT(jobs_.size() <= 6U);  // S3
    RC_ASSERT(!send.recipients.empty() && send.recipients.size() <= 3);
    std::size_t same = 0;
    for (const auto& [id, job] : jobs_) {
      same += job.destination == send.destination ? 1U : 0U;
    }
    RC_ASSERT(same <= 3U);
    for (const std::uint32_t one : send.recipients) {
      Seen& seen = left_.at(send.id).at(one);
      RC_ASSERT(name(seen.destination) == send.destination);
      RC_ASSERT(!seen.in_flight && !seen.settling);  // S4: never twice.
      RC_ASSERT(now_ >= seen.not_before);            // S5
      seen.in_flight = true;
    }
  }

  void settled(const Settle& settle) {
    RC_ASSERT(!settle.recipients.empty());
    for (const std::uint32_t one : settle.recipients) {
      Seen& seen = left_.at(settle.id).at(one);
      RC_ASSERT(!seen.in_flight);
      seen.settling = true;
    }
    if (settle.why == SettleWhy::expired) {
      RC_ASSERT(now_ - received_.at(settle.id) >= schedule_.limits().lifetime);
    }
    if (full_) return schedule_.not_settled(settle, now_);
    for (const std::uint32_t one : settle.recipients) {
      left_.at(settle.id).erase(one);
    }
    schedule_.settled(settle.id, settle.recipients, now_, effects_);
  }

  Schedule schedule_;
  ScheduleEffects effects_;
  SteadyTime now_{1000s};
  MessageId last_id_ = 0;
  Sequence durable_ = 0;
  bool full_ = false;
  std::map<MessageId, std::map<std::uint32_t, Seen>> left_;
  std::map<MessageId, SteadyTime> received_;
  std::map<JobId, Send> jobs_;
  std::set<MessageId> held_;
  std::set<MessageId> told_;
};

}  // namespace

int main() {
  const bool held = rc::check("every message ends, none twice or early", [] {
    World world;
    const auto steps = *rc::gen::inRange(1, 150);
    for (int i = 0; i < steps; ++i) {
      const auto seed = *rc::gen::arbitrary<std::uint32_t>();
      switch (*rc::gen::inRange(0, 10)) {
        case 0:
        case 1:
        case 2:
          world.accept(seed % recipients_max + 1, seed >> 3, seed % 7 == 0);
          break;
        case 3:
        case 4: world.flush(); break;
        case 5:
        case 6:
        case 7:
          world.end_one(seed, seed >> 5, static_cast<Reach>(seed % 3));
          break;
        case 8:
          world.wish(static_cast<int>(seed % 4),
                     1 + seed / 4 % (world.last_id() + 1));
          break;
        default:
          world.set_full(seed % 3 == 0);
          world.pass(std::chrono::minutes{seed % (seed % 5 == 0 ? 9000 : 40)});
          break;
      }
      world.run();
    }
    world.settle();
  });
  return held ? 0 : 1;
}
