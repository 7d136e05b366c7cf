// The whole way from 250 to the mailbox, cut at every operation of either disk:
// what was accepted is in the mailbox exactly once (invariants E1 to E3 of
// docs/spool_states.md).
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

#include "sim/mail_world.h"

using namespace postkeep;
using namespace postkeep::sim;

namespace {

struct Step {
  std::string_view name;
  void (*run)(MailWorld&);
};

const std::array steps{
    Step{"accept", [](MailWorld& w) { w.accept(1); }},
    Step{"accept for two", [](MailWorld& w) { w.accept(2); }},
    Step{"append", [](MailWorld& w) { w.append(1); }},
    Step{"the mailbox flushes", [](MailWorld& w) { w.flush_mailbox(0); }},
    Step{"outcomes are flushed",
         [](MailWorld& w) {
           w.flush_mailbox(0);
           w.flush_journal();
         }},
    Step{"the user expunges", [](MailWorld& w) { w.expunge_first(0); }},
    Step{"the mailbox dies",
         [](MailWorld& w) {
           w.kill_mailbox(0);
           w.pass(std::chrono::seconds{1});
         }},
    Step{"everything settles", [](MailWorld& w) { w.settle(); }},
};

struct Search {
  std::uint64_t points = 0;
  std::uint64_t cuts = 0;
};

MailDisks after_power_cut(const MailDisks& disks, Choices& choices) {
  return {disks.spool.after_power_cut(choices),
          {disks.mailboxes[0].after_power_cut(choices),
           disks.mailboxes[1].after_power_cut(choices)}};
}

// The machine comes up again, is cut once more while it does, and settles.
void recover(const MailDisks& cut, const MailNotes& noted, Chance& chance) {
  MailDisks disks = cut;
  if (chance.pick(2) == 0) {
    MailNotes notes = noted;
    SimDisk& dying = chance.pick(2) == 0 ? disks.spool : disks.mailboxes[0];
    dying.stop_before(chance.pick(30));
    {
      MailWorld world{disks, notes, 5};
      if (world.has_started()) world.settle();
    }
    disks = after_power_cut(disks, chance);
  }
  MailNotes notes = noted;
  MailWorld world{disks, notes, 6};
  ASSERT_TRUE(world.has_started()) << "the journal cannot be opened";
  world.settle();
  ASSERT_EQ(world.check(), "");
}

void run(const std::vector<std::size_t>& workload, std::size_t cuts_max,
         Search& search) {
  std::string story;
  for (const std::size_t i : workload) {
    story += std::string(steps[i].name) + "; ";
  }
  SCOPED_TRACE(story);
  MailDisks disks;
  MailNotes notes;
  {
    MailWorld world{disks, notes, 3};
    ASSERT_TRUE(world.has_started());
    const auto look = [&] {
      if (testing::Test::HasFailure()) return;
      search.points += 1;
      for (std::size_t i = 0; i < cuts_max; ++i) {
        search.cuts += 1;
        Chance chance{search.cuts};
        recover(after_power_cut(disks, chance), notes, chance);
      }
    };
    world.accept(1);
    disks.spool.before_operation(look);
    for (SimDisk& disk : disks.mailboxes) disk.before_operation(look);
    for (const std::size_t i : workload) steps[i].run(world);
    look();
    disks.spool.before_operation({});
    for (SimDisk& disk : disks.mailboxes) disk.before_operation({});
  }
}

void each_workload(std::size_t length,
                   const std::function<void(std::vector<std::size_t>)>& run) {
  std::vector<std::size_t> workload(length);
  for (;;) {
    run(workload);
    std::size_t i = 0;
    while (i < length && ++workload[i] == steps.size()) workload[i++] = 0;
    if (i == length || testing::Test::HasFailure()) return;
  }
}

class MailCrash : public testing::Test {
 protected:
  void TearDown() override {
    std::printf("%llu points, %llu power cuts\n",
                static_cast<unsigned long long>(search_.points),
                static_cast<unsigned long long>(search_.cuts));
  }
  Search search_;
};

TEST_F(MailCrash, workloads_of_one_step) {
  each_workload(1, [&](const std::vector<std::size_t>& workload) {
    run(workload, 64, search_);
  });
}

TEST_F(MailCrash, workloads_of_two_steps) {
  each_workload(2, [&](const std::vector<std::size_t>& workload) {
    run(workload, 8, search_);
  });
}

TEST_F(MailCrash, workloads_of_three_steps) {
  each_workload(3, [&](const std::vector<std::size_t>& workload) {
    run(workload, 1, search_);
  });
}

}  // namespace
