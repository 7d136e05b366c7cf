// Threads beside the loop: one that flushes, some that compute. They start
// before the door of the role closes, and report back through an eventfd.
//
// Here:      ThreadFlusher, ThreadWorkers.
// Laws:      tests/io/flusher_test.cc: every `done` is called once, from the
//            loop; flushes in the order of their starts; requests for one file
//            that wait together share a flush that begins after all of them.
//            Reading ahead waits for flushes, never they for more than a file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/disk.h"
#include "base/workers.h"
#include "io/loop.h"

namespace postkeep::io {

inline constexpr std::size_t names_ahead_max = 256;

class ThreadFlusher final : public Flusher {
 public:
  ThreadFlusher(Loop& loop, Disk& disk);
  ~ThreadFlusher();
  ThreadFlusher(const ThreadFlusher&) = delete;
  ThreadFlusher& operator=(const ThreadFlusher&) = delete;

  void flush(FileHandle file, std::function<void(DiskResult<>)> done) override;
  void flush_all(std::function<void(DiskResult<>)> done) override;

  // While nothing is to be flushed, the thread has the kernel read these files.
  // Names beyond names_ahead_max that wait are forgotten: it is a hint.
  void read_ahead(Descriptor directory, std::vector<std::string> names);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class ThreadWorkers final : public Workers {
 public:
  ThreadWorkers(Loop& loop, std::size_t threads);
  ~ThreadWorkers();
  ThreadWorkers(const ThreadWorkers&) = delete;
  ThreadWorkers& operator=(const ThreadWorkers&) = delete;

  void run(std::function<void()> job, std::function<void()> done) override;
  [[nodiscard]] std::size_t waiting() const override;
  [[nodiscard]] std::size_t threads() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace postkeep::io
