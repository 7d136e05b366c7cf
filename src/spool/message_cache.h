// MessageCache: octets of messages in memory, within a budget.
//
// Here:      keeping what was just accepted for as long as there is room.
// Not here:  the octets' home (Journal::read): what is dropped here is read
//            back from there.
// Grammar:   none.
// Laws:      tests/spool/message_cache_test.cc: never above the budget; what
//            was used longest ago goes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>

#include "spool/journal.h"

namespace postkeep::spool {

// `Held` is whatever keeps the octets alive (memory of our own, sealed memory
// and its view); the cache only drops it.
template <typename Held>
class MessageCache {
 public:
  explicit MessageCache(std::uint64_t octets_max) : octets_max_(octets_max) {}

  // Keeps `held`, of `octets` octets, dropping others for it. What is larger
  // than the whole budget is not kept.
  void keep(MessageId id, Held held, std::uint64_t octets) {
    drop(id);
    if (octets > octets_max_) return;
    while (octets_ > octets_max_ - octets) drop(by_use_.back().id);
    by_use_.push_front({id, octets, std::move(held)});
    places_[id] = by_use_.begin();
    octets_ += octets;
  }

  // nullptr: dropped, or never kept. Valid until the next keep() or drop().
  [[nodiscard]] Held* find(MessageId id) {
    const auto found = places_.find(id);
    if (found == places_.end()) return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return &found->second->held;
  }

  void drop(MessageId id) {
    const auto found = places_.find(id);
    if (found == places_.end()) return;
    octets_ -= found->second->octets;
    by_use_.erase(found->second);
    places_.erase(found);
  }

  [[nodiscard]] std::uint64_t octets() const { return octets_; }

 private:
  struct Kept {
    MessageId id = 0;
    std::uint64_t octets = 0;
    Held held;
  };
  std::uint64_t octets_max_;
  std::uint64_t octets_ = 0;
  std::list<Kept> by_use_;  // The last used first.
  std::unordered_map<MessageId, typename std::list<Kept>::iterator> places_;
};

}  // namespace postkeep::spool
