// Every power cut while mail leaves for other hosts: every message that was
// accepted arrives, or its sender is told that it does not; each at most once
// more for each power cut (invariants L1 to L3 of docs/spool_states.md).
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "spool/journal_world.h"
#include "spool/schedule.h"

using namespace postkeep;
using namespace postkeep::sim;
using namespace postkeep::spool;
using namespace std::chrono_literals;

namespace {

const JournalLimits limits{
    .segment_octets = 16 * 1024,
    .record_octets_max = 64 * 1024,
    .messages_max = 1000,
    .upkeep_octets_max = 64 * 1024,
};

// What hosts and people have seen; it outlives every crash.
struct Seen {
  std::map<std::pair<QueueId, std::uint32_t>, int> arrived;
  // Reports that arrived, by what they are about; nobody is told twice without
  // a crash either.
  std::map<std::pair<QueueId, std::uint32_t>, int> reported;
  std::map<QueueId, std::size_t> accepted;  // 250 was said: recipients.
};

// The second recipient of each message is refused, the third asked to wait,
// once.
CopyVerdict verdict_of(std::uint32_t recipient, std::uint32_t attempts) {
  if (recipient == 1) return CopyVerdict::failed;
  if (recipient == 2 && attempts == 0) return CopyVerdict::deferred;
  return CopyVerdict::delivered;
}

// The role, as far as durability is concerned.
class World {
 public:
  World(SimDisk& disk, Seen& seen, std::uint64_t seed)
      : disk_(disk), seen_(seen), random_(seed) {}

  bool open() {
    auto opened = Journal::open(
        disk_, disk_.root(), random_, limits, [&](RecoveredMessage message) {
          std::vector<OutsideRecipient> left = outside(message.entry);
          std::erase_if(left, [&](const OutsideRecipient& one) {
            return message.recipients_done[one.recipient];
          });
          for (const Deferral& deferral : message.deferrals) {
            for (OutsideRecipient& one : left) {
              if (one.recipient == deferral.recipient) {
                one.attempts = deferral.attempts;
              }
            }
          }
          entries_[message.id] = message.entry;
          schedule_.recovered(message.id, message.entry.queue_id, 10,
                              message.marks, 1h, std::move(left), now_);
        });
    if (!opened) return false;
    journal_ = std::move(opened->journal);
    schedule_.tick(now_, effects_);
    return true;
  }

  void accept(std::uint64_t seed, std::size_t recipients) {
    const Entry entry = make_entry(seed, recipients);
    const auto id = append(*journal_, entry, std::string(700, 'm'));
    if (!id) return;
    entries_[*id] = entry;
    schedule_.appended(*id, entry.queue_id, 700, outside(entry), now_);
  }
  // Flushes, and says 250 to what is durable.
  void flush() {
    if (!spool::flush(disk_, *journal_)) return;
    const Sequence durable = journal_->durable_up_to();
    for (const auto& [id, entry] : entries_) {
      if (id > durable || entry.reverse_path.empty()) continue;
      seen_.accepted.emplace(entry.queue_id, entry.recipients.size());
    }
    schedule_.durable(durable, now_, effects_);
  }
  void run() {
    while (!effects_.empty()) {
      const ScheduleEffects effects = std::exchange(effects_, {});
      for (const ScheduleEffect& effect : effects) obey(effect);
    }
  }
  // Until nothing is left to do.
  void settle() {
    for (int i = 0; i < 200 && schedule_.next(0); ++i) {
      flush();
      run();
      now_ += 1h;
      schedule_.tick(now_, effects_);
      run();
      (void)journal_->upkeep();
    }
    flush();
  }
  void pass(Duration time) {
    now_ += time;
    schedule_.tick(now_, effects_);
    run();
  }
  [[nodiscard]] bool is_empty() const {
    return !schedule_.next(0) && journal_->status().messages == 0;
  }

 private:
  static std::vector<OutsideRecipient> outside(const Entry& entry) {
    std::vector<OutsideRecipient> all;
    for (std::uint32_t i = 0; i < entry.recipients.size(); ++i) {
      all.push_back({i, "example.com", 0, {}, {}});
    }
    return all;
  }

  void obey(const ScheduleEffect& effect) {
    if (const auto* send = std::get_if<Send>(&effect)) {
      JobEnd end;
      const Entry& entry = entries_.at(send->id);
      for (const std::uint32_t one : send->recipients) {
        end.results.push_back(
            {take(send->id, entry, one), {"4.2.0", "mx.example", "told"}});
      }
      schedule_.ended(send->job, end, now_, effects_);
    } else if (const auto* settle = std::get_if<Settle>(&effect)) {
      if (record(*settle)) {
        schedule_.settled(settle->id, settle->recipients, now_, effects_);
      } else {
        schedule_.not_settled(*settle, now_);
      }
    } else if (const auto* note = std::get_if<NoteDeferral>(&effect)) {
      (void)journal_->append_deferral(
          {note->id, note->recipient, note->attempts, {}, {}});
      attempts_[{note->id, note->recipient}] = note->attempts;
    }
  }

  CopyVerdict take(MessageId id, const Entry& entry, std::uint32_t recipient) {
    if (entry.reverse_path.empty()) {
      // A report: its session says what it is about.
      const auto about = read_queue_id(entry.session.substr(0, 13));
      seen_.reported[{*about, entry.session.back() - 'a'}] += 1;
      return CopyVerdict::delivered;
    }
    const CopyVerdict verdict =
        verdict_of(recipient, attempts_[{id, recipient}]);
    if (verdict == CopyVerdict::delivered) {
      seen_.arrived[{entry.queue_id, recipient}] += 1;
    }
    return verdict;
  }

  bool record(const Settle& settle) {
    if (settle.why != SettleWhy::failed) {
      for (const std::uint32_t one : settle.recipients) {
        if (!journal_->append_done(settle.id, one)) return false;
      }
      return true;
    }
    Entry entry = make_entry(1000 + settle.id, 1);
    entry.reverse_path.clear();
    entry.session = write(entries_.at(settle.id).queue_id) +
                    static_cast<char>('a' + settle.recipients[0]);
    const Octets text = octets("report");
    const auto id = journal_->append_report(
        {settle.id, ReportKind::done, settle.recipients}, entry, {&text, 1});
    if (!id) return false;
    entries_[*id] = entry;
    schedule_.appended(*id, entry.queue_id, 10, outside(entry), now_);
    return true;
  }

  SimDisk& disk_;
  Seen& seen_;
  SimRandom random_;
  std::unique_ptr<Journal> journal_;
  Schedule schedule_;
  ScheduleEffects effects_;
  std::map<MessageId, Entry> entries_;
  std::map<std::pair<MessageId, std::uint32_t>, std::uint32_t> attempts_;
  SteadyTime now_{1000s};
};

// What must be true once everything has come to rest after `cuts` power cuts.
std::string check(const Seen& seen, int cuts) {
  for (const auto& [queue_id, recipients] : seen.accepted) {
    for (std::uint32_t i = 0; i < recipients; ++i) {
      const auto& where = i == 1 ? seen.reported : seen.arrived;
      const auto found = where.find({queue_id, i});
      if (found == where.end()) {
        return "L1: recipient " + std::to_string(i) + " is lost";
      }
    }
  }
  for (const auto& [copy, count] : seen.arrived) {
    if (count > 1 + cuts) return "L2: a copy too many";
  }
  for (const auto& [copy, count] : seen.reported) {
    if (count > 1 + cuts) return "L2: a report too many";
    if (copy.second != 1) return "L3: a report of what was not refused";
  }
  return {};
}

struct Story {
  std::string_view name;
  void (*run)(World&);
};

const std::array stories{
    Story{"one message to three, flushed at each step",
          [](World& world) {
            world.accept(1, 3);
            world.flush();
            world.run();
            world.flush();
            world.run();
            world.flush();
            world.pass(10min);
            world.flush();
          }},
    Story{"outcomes of several messages, flushed late",
          [](World& world) {
            world.accept(1, 2);
            world.accept(2, 3);
            world.flush();
            world.run();
            world.accept(3, 1);
            world.pass(10min);
            world.flush();
            world.run();
          }},
    Story{"everything at rest, then more",
          [](World& world) {
            for (std::uint64_t i = 1; i <= 12; ++i) world.accept(i, 2);
            world.settle();
            world.accept(20, 3);
            world.settle();
          }},
};

TEST(RelayCrash, nothing_is_lost_and_little_comes_twice) {
  std::uint64_t cuts = 0;
  for (const Story& story : stories) {
    SCOPED_TRACE(story.name);
    SimDisk disk;
    Seen seen;
    World world{disk, seen, 3};
    ASSERT_TRUE(world.open());
    std::uint64_t points = 0;
    const auto look = [&] {
      if (testing::Test::HasFailure()) return;
      points += 1;
      disk.each_power_cut(64, points, [&](SimDisk& cut) {
        if (testing::Test::HasFailure()) return;
        cuts += 1;
        Seen seen_since = seen;
        World again{cut, seen_since, 4 + cuts};
        ASSERT_TRUE(again.open());
        again.settle();
        ASSERT_TRUE(again.is_empty());
        ASSERT_EQ(check(seen_since, 1), "") << "point " << points;
      });
    };
    disk.before_operation(look);
    story.run(world);
    look();
    disk.before_operation({});
    world.settle();
    EXPECT_TRUE(world.is_empty());
    EXPECT_EQ(check(seen, 0), "");
  }
  std::printf("%llu power cuts\n", static_cast<unsigned long long>(cuts));
}

}  // namespace
