// SimFlusher: flushes that end when the simulator says so.
//
// Here:      SimFlusher.
// Not here:  what a flush does (sim_disk.h).
// Grammar:   none.
// Laws:      what was written after a flush started is not promised by it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "base/disk.h"
#include "sim/sim_disk.h"

namespace postkeep::sim {

class SimFlusher final : public Flusher {
 public:
  explicit SimFlusher(SimDisk& disk) : disk_(disk) {}

  void flush(FileHandle file, std::function<void(DiskResult<>)> done) override {
    under_way_.push_back({file, false, disk_.mark(), std::move(done)});
  }
  void flush_all(std::function<void(DiskResult<>)> done) override {
    under_way_.push_back(
        {FileHandle::none, true, disk_.mark(), std::move(done)});
  }

  [[nodiscard]] std::size_t under_way() const { return under_way_.size(); }
  // Ends the flush that was started first. False when none is under way.
  bool end_one() {
    if (under_way_.empty()) return false;
    Started first = std::move(under_way_.front());
    under_way_.pop_front();
    const DiskResult<> result = first.all
                                    ? disk_.flush_all_until(first.mark)
                                    : disk_.flush_until(first.file, first.mark);
    first.done(result);
    return true;
  }
  void end_all() {
    while (end_one()) {
    }
  }

 private:
  struct Started {
    FileHandle file = FileHandle::none;
    bool all = false;
    std::uint64_t mark = 0;
    std::function<void(DiskResult<>)> done;
  };
  SimDisk& disk_;
  std::deque<Started> under_way_;
};

}  // namespace postkeep::sim
