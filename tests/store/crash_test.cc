// Power cuts at every disk operation of every workload of up to three mail
// operations: what was acknowledged is there. A cut in an earlier operation of
// a workload is one in the last operation of a shorter one.
#include <gtest/gtest.h>

#include <cstdio>

#include "store/crash_model.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

class Search {
 public:
  Search(std::size_t cuts_max, std::size_t again_every)
      : cuts_max_(cuts_max), again_every_(again_every) {}

  // Every workload of `length` operations that begins with `workload`.
  void all(std::size_t length, std::vector<Operation> workload = {}) {
    extend(workload, length);
    std::printf("%zu workloads, %zu points, %zu cuts\n", workloads_, points_,
                cuts_);
  }

 private:
  void extend(std::vector<Operation>& workload, std::size_t length) {
    if (workload.size() == length) return try_one(workload);
    for (std::size_t n = 0; n < operations && wrong_.empty(); ++n) {
      workload.push_back(static_cast<Operation>(n));
      extend(workload, length);
      workload.pop_back();
    }
  }

  // Runs twice alike: first to learn what comes of it, then with cuts.
  void try_one(const std::vector<Operation>& workload) {
    Model before;
    Model after;
    {
      World world(prepared_);
      go(world, before, workload, workload.size() - 1);
      after = before;
      last(world, after, workload);
      world.die();
    }
    World world(prepared_);
    Model model;
    go(world, model, workload, workload.size() - 1);
    world.disk.before_operation([&] { cut(world.disk, before, after); });
    run(world, model, workload.back(), number_of(workload.size() - 1));
    world.disk.before_operation(nullptr);
    cut(world.disk, after, after);
    world.die();
    workloads_ += 1;
    if (wrong_.empty()) return;
    std::string names;
    for (const Operation one : workload) {
      names += name(one);
      names += ' ';
    }
    FAIL() << names << "\n" << wrong_;
  }

  static Octet number_of(std::size_t at) { return static_cast<Octet>(at + 1); }

  void go(World& world, Model& model, const std::vector<Operation>& workload,
          std::size_t count) {
    note_all(world, model);
    for (std::size_t n = 0; n < count; ++n) {
      run(world, model, workload[n], number_of(n));
      note_all(world, model);
    }
  }

  void last(World& world, Model& model,
            const std::vector<Operation>& workload) {
    run(world, model, workload.back(), number_of(workload.size() - 1));
    note_all(world, model);
  }

  static void note_all(World& world, Model& model) {
    const Model seen = look_at(world);
    model.mailboxes = seen.mailboxes;
    model.validities = seen.validities;
    model.subscribed = seen.subscribed;
    model.shown.insert(seen.shown.begin(), seen.shown.end());
  }

  void cut(const sim::SimDisk& disk, const Model& before, const Model& after) {
    points_ += 1;
    if (!wrong_.empty()) return;
    cuts_ += disk.each_power_cut(cuts_max_, points_, [&](sim::SimDisk& back) {
      if (!wrong_.empty()) return;
      checks_ += 1;
      wrong_ =
          check_after_cut(back, before, after, checks_ % again_every_ == 0);
    });
  }

  const sim::SimDisk prepared_ = prepared_disk();
  const std::size_t cuts_max_;
  const std::size_t again_every_;
  std::size_t workloads_ = 0;
  std::size_t points_ = 0;
  std::size_t cuts_ = 0;
  std::size_t checks_ = 0;
  std::string wrong_;
};

TEST(MaildirCrash, every_single_operation) { Search(128, 32).all(1); }

TEST(MaildirCrash, every_two_operations) { Search(12, 128).all(2); }

// Sharded by the first operation, so that a test run can share the work out.
class ThreeOperations : public testing::TestWithParam<std::size_t> {};

TEST_P(ThreeOperations, with_a_cut_in_the_last) {
  Search(2, 512).all(3, {static_cast<Operation>(GetParam())});
}

INSTANTIATE_TEST_SUITE_P(MaildirCrash, ThreeOperations,
                         testing::Range<std::size_t>(0, operations),
                         [](const auto& one) {
                           return std::string(
                               name(static_cast<Operation>(one.param)));
                         });

}  // namespace
