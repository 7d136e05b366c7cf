// Every power cut at every operation of every short workload on the journal,
// recovery cut once too (invariants J1 to J8 and J11 of docs/spool_states.md).
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

#include "sim/journal_model.h"
#include "spool/journal_world.h"

using namespace postkeep;
using namespace postkeep::sim;

namespace {

// Two messages fill a segment: workloads reach the next one.
const spool::JournalLimits limits{
    .segment_octets = 16 * 1024,
    .record_octets_max = 64 * 1024,
    .messages_max = 10000,
    .upkeep_octets_max = 64 * 1024,
};

struct Operation {
  std::string_view name;
  void (*run)(JournalModel&);
};

const std::array operations{
    Operation{"accept",
              [](JournalModel& m) {
                m.append(1, 300);
                m.flush();
              }},
    Operation{"accept two recipients",
              [](JournalModel& m) {
                m.append(2, 4500);
                m.flush();
              }},
    Operation{"accept three with one flush, a fourth meanwhile",
              [](JournalModel& m) {
                m.append(1, 10);
                m.append(2, 600);
                m.append(1, 10);
                m.start_flush();
                m.append(1, 20);
                m.end_flush();
              }},
    Operation{"accept more than a segment holds",
              [](JournalModel& m) {
                m.append(1, 20000);
                m.flush();
              }},
    Operation{"append without a flush",
              [](JournalModel& m) { m.append(1, 50); }},
    Operation{"deliver one recipient", [](JournalModel& m) { m.done_next(); }},
    Operation{"deliver and flush",
              [](JournalModel& m) {
                m.done_all();
                m.flush();
              }},
    Operation{"upkeep", [](JournalModel& m) { m.come_to_rest(); }},
    Operation{"upkeep without a flush",
              [](JournalModel& m) {
                (void)m.journal().upkeep();
                (void)m.journal().upkeep();
              }},
    Operation{"report about one recipient",
              [](JournalModel& m) { m.report_next(false); }},
    Operation{"report about all recipients, and flush",
              [](JournalModel& m) {
                m.report_next(true);
                m.flush();
              }},
    Operation{"tell of a delay, hold, defer",
              [](JournalModel& m) {
                m.defer_next();
                m.report_delay();
                m.hold_next();
                m.flush();
              }},
    Operation{"the process is killed and started again",
              [](JournalModel& m) { m.restart(); }},
};

// What the journal holds when a workload begins.
const std::array beginnings{
    Operation{"new", [](JournalModel&) {}},
    Operation{"used",
              [](JournalModel& m) {
                // A message that stays in the oldest segment, and enough
                // others that segments have been used again.
                m.append(2, 900);
                m.flush();
                for (int i = 0; i < 6; ++i) {
                  m.append(1, 3500);
                  m.flush();
                }
                m.done_next();
                for (int i = 0; i < 6; ++i) m.done_all();
                m.come_to_rest();
                m.append(1, 3000);
                m.flush();
              }},
};

struct Search {
  std::uint64_t points = 0;
  std::uint64_t cuts = 0;
  std::uint64_t second_cuts = 0;
};

// Recovery of `cut` meets a power cut too, before operation `at` of its own.
void cut_recovery(const SimDisk& cut, const JournalModel& model,
                  std::uint64_t at, std::size_t cuts_max, Search& search) {
  Enumeration nothing_pending;
  SimDisk first = cut.after_power_cut(nothing_pending);
  first.stop_before(at);
  SimRandom random{5};
  (void)spool::Journal::open(first, first.root(), random, limits);
  if (!first.stopped()) return;
  first.each_power_cut(cuts_max, at, [&](SimDisk& second) {
    search.second_cuts += 1;
    const std::string broken = model.check(second);
    ASSERT_EQ(broken, "") << "recovery cut before operation " << at;
  });
}

void run(const Operation& beginning, const std::vector<std::size_t>& workload,
         std::size_t cuts_max, Search& search) {
  std::string story(beginning.name);
  for (const std::size_t i : workload) {
    story += "; " + std::string(operations[i].name);
  }
  SCOPED_TRACE(story);
  SimDisk disk;
  JournalModel model{limits};
  ASSERT_TRUE(model.open(disk, 3));
  beginning.run(model);
  const auto look = [&] {
    if (testing::Test::HasFailure()) return;
    search.points += 1;
    disk.each_power_cut(cuts_max, search.points, [&](SimDisk& cut) {
      if (testing::Test::HasFailure()) return;
      search.cuts += 1;
      // Checking changes the disk: once as it is, once with a second cut.
      if (search.cuts % 8 == 0) {
        cut_recovery(cut, model, search.cuts / 8 % 12, 4, search);
      }
      const std::string broken = model.check(cut);
      ASSERT_EQ(broken, "") << "before operation " << disk.operations();
    });
  };
  disk.before_operation(look);
  for (const std::size_t i : workload) operations[i].run(model);
  look();
}

void each_workload(std::size_t length,
                   const std::function<void(std::vector<std::size_t>)>& run) {
  std::vector<std::size_t> workload(length);
  for (;;) {
    run(workload);
    std::size_t i = 0;
    while (i < length && ++workload[i] == operations.size()) workload[i++] = 0;
    if (i == length || testing::Test::HasFailure()) return;
  }
}

class JournalCrash : public testing::Test {
 protected:
  void TearDown() override {
    std::printf("%llu points, %llu power cuts, %llu second cuts\n",
                static_cast<unsigned long long>(search_.points),
                static_cast<unsigned long long>(search_.cuts),
                static_cast<unsigned long long>(search_.second_cuts));
  }
  Search search_;
};

TEST_F(JournalCrash, workloads_of_one_and_two_operations) {
  for (const Operation& beginning : beginnings) {
    for (const std::size_t length : {1U, 2U}) {
      each_workload(length, [&](const std::vector<std::size_t>& workload) {
        run(beginning, workload, length == 1 ? power_cuts_max : 128, search_);
      });
    }
  }
}

TEST_F(JournalCrash, workloads_of_three_operations) {
  for (const Operation& beginning : beginnings) {
    each_workload(3, [&](const std::vector<std::size_t>& workload) {
      run(beginning, workload, 4, search_);
    });
  }
}

// Every operation of every workload of two fails once, in both ways. What was
// accepted is there; after a failed flush or write nothing is accepted (J9).
TEST_F(JournalCrash, every_operation_fails_once) {
  for (const Operation& beginning : beginnings) {
    each_workload(2, [&](const std::vector<std::size_t>& workload) {
      for (const Trouble why : {Trouble::no_space, Trouble::input_output}) {
        for (std::uint64_t at = 0;; ++at) {
          SimDisk disk;
          JournalModel model{limits};
          ASSERT_TRUE(model.open(disk, 3));
          beginning.run(model);
          const std::uint64_t failing = disk.operations() + at;
          disk.fail_operation(failing, why);
          for (const std::size_t i : workload) operations[i].run(model);
          if (disk.operations() <= failing) break;
          search_.points += 1;
          disk.each_power_cut(12, at, [&](SimDisk& cut) {
            search_.cuts += 1;
            const std::string broken = model.check(cut);
            ASSERT_EQ(broken, "")
                << beginning.name << "; " << operations[workload[0]].name
                << "; " << operations[workload[1]].name << ": operation " << at
                << " fails with " << name(why);
          });
          if (HasFailure()) return;
        }
      }
    });
  }
}

// Long lives from seeds: power fails and comes back, disks fill up and fail.
TEST_F(JournalCrash, long_lives) {
  for (std::uint64_t seed = 1; seed <= 80 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chance chance{seed};
    auto disk = std::make_unique<SimDisk>();
    JournalModel model{limits};
    ASSERT_TRUE(model.open(*disk, seed));
    for (int life = 0; life < 6; ++life) {
      const std::uint64_t steps = 1 + chance.pick(40);
      if (chance.pick(3) == 0) {
        disk->fail_operation(
            disk->operations() + chance.pick(100),
            chance.pick(4) == 0 ? Trouble::input_output : Trouble::no_space);
      }
      if (chance.pick(4) == 0) {
        disk->set_space(disk->used_octets() + chance.pick(60000));
      }
      for (std::uint64_t i = 0; i < steps; ++i) {
        operations[chance.pick(operations.size())].run(model);
      }
      search_.points += 1;
      disk->each_power_cut(8, chance.bits(), [&](SimDisk& cut) {
        search_.cuts += 1;
        ASSERT_EQ(model.check(cut), "") << "life " << life;
      });
      auto next = std::make_unique<SimDisk>(disk->after_power_cut(chance));
      model.close();
      disk = std::move(next);
      ASSERT_TRUE(model.open_again(*disk, chance.bits())) << "life " << life;
    }
  }
}

}  // namespace
