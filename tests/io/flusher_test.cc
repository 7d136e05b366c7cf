#include "io/flusher.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include "io/disk.h"
#include "io/real_loop.h"
#include "io/temporary_directory.h"

namespace postkeep::io {
namespace {

using std::chrono::milliseconds;

TEST(IoFlusher, every_flush_is_told_once_in_the_order_of_the_starts) {
  RealLoop real;
  const TemporaryDirectory directory;
  DirectoryDisk disk(directory.open());
  ThreadFlusher flusher(real.loop, disk);
  const auto one = disk.open(disk.root(), "one", Open::create_new);
  const auto other = disk.open(disk.root(), "other", Open::create_new);
  ASSERT_TRUE(one && other);
  std::vector<int> order;
  const auto thread = std::this_thread::get_id();
  for (int i = 0; i < 60; ++i) {
    const auto done = [&, i](DiskResult<> result) {
      EXPECT_TRUE(result);
      EXPECT_EQ(std::this_thread::get_id(), thread);
      order.push_back(i);
    };
    if (i % 10 == 9) {
      flusher.flush_all(done);
    } else {
      flusher.flush(i % 7 < 4 ? *one : *other, done);
    }
  }
  real.run_until([&] { return order.size() == 60; });
  for (int i = 0; i < 60; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  disk.close(*one);
  disk.close(*other);
}

TEST(IoFlusher, a_flush_that_fails_says_so) {
  RealLoop real;
  const TemporaryDirectory directory;
  DirectoryDisk disk(directory.open());
  ThreadFlusher flusher(real.loop, disk);
  std::optional<DiskResult<>> result;
  flusher.flush(FileHandle{9999}, [&](DiskResult<> how) { result = how; });
  real.run_until([&] { return result.has_value(); });
  EXPECT_FALSE(*result);
}

std::size_t descriptor_count() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// Of files that are there, gone, or no names; more than are remembered.
TEST(IoFlusher, reading_ahead_keeps_no_flush_and_no_descriptor) {
  RealLoop real;
  const TemporaryDirectory directory;
  DirectoryDisk disk(directory.open());
  const auto one = disk.open(disk.root(), "one", Open::create_new);
  ASSERT_TRUE(one);
  const std::vector<std::string> names{"one", "gone", "..", "", "a/b"};
  // Nobody reads ahead.
  disk.expect_reads(disk.root(), names);
  const std::size_t before = descriptor_count();
  {
    ThreadFlusher flusher(real.loop, disk);
    disk.read_ahead_by([&](Descriptor in, std::vector<std::string> some) {
      flusher.read_ahead(std::move(in), std::move(some));
    });
    for (int i = 0; i < 1000; ++i) disk.expect_reads(disk.root(), names);
    int flushed = 0;
    flusher.flush(*one, [&](DiskResult<> how) { flushed += how ? 1 : 0; });
    real.run_until([&] { return flushed == 1; });
    // Some of it waits when it ends.
    disk.expect_reads(disk.root(), std::vector<std::string>(5000, "one"));
  }
  EXPECT_EQ(descriptor_count(), before);
  disk.close(*one);
}

TEST(IoFlusher, ending_it_waits_for_what_was_started) {
  RealLoop real;
  const TemporaryDirectory directory;
  DirectoryDisk disk(directory.open());
  const auto one = disk.open(disk.root(), "one", Open::create_new);
  ASSERT_TRUE(one);
  {
    ThreadFlusher flusher(real.loop, disk);
    flusher.flush(*one, [](DiskResult<>) { FAIL(); });
  }
  disk.close(*one);
}

TEST(IoWorkers, jobs_run_beside_the_loop_and_are_told_from_it) {
  RealLoop real;
  ThreadWorkers workers(real.loop, 2);
  EXPECT_EQ(workers.threads(), 2U);
  const auto loop_thread = std::this_thread::get_id();
  std::atomic<int> run = 0;
  int told = 0;
  for (int i = 0; i < 50; ++i) {
    workers.run(
        [&] {
          EXPECT_NE(std::this_thread::get_id(), loop_thread);
          ++run;
        },
        [&] {
          EXPECT_EQ(std::this_thread::get_id(), loop_thread);
          ++told;
        });
  }
  real.run_until([&] { return told == 50; });
  EXPECT_EQ(run, 50);
  EXPECT_EQ(workers.waiting(), 0U);
}

TEST(IoWorkers, jobs_that_have_not_begun_are_counted) {
  RealLoop real;
  ThreadWorkers workers(real.loop, 1);
  std::atomic<bool> go = false;
  int told = 0;
  for (int i = 0; i < 5; ++i) {
    workers.run(
        [&] {
          while (!go) std::this_thread::sleep_for(milliseconds(1));
        },
        [&] { ++told; });
  }
  while (workers.waiting() != 4) std::this_thread::sleep_for(milliseconds(1));
  go = true;
  real.run_until([&] { return told == 5; });
}

}  // namespace
}  // namespace postkeep::io
