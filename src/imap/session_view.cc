#include "imap/session_view.h"

#include <algorithm>

#include "base/check.h"

namespace postkeep::imap {

void SessionView::start(std::span<const store::Message> messages) {
  *this = {};
  uids_.reserve(messages.size());
  for (const store::Message& message : messages) uids_.push_back(message.uid);
}

void SessionView::arrived(store::Uid uid) {
  PK_CHECK(arrived_.empty() || arrived_.back() < uid);
  PK_CHECK(uids_.empty() || uids_.back() < uid);
  arrived_.push_back(uid);
}

void SessionView::changed(store::Uid uid) {
  if (number_of(uid)) changed_.insert(uid);
}

void SessionView::gone(store::Uid uid, store::ModificationSequence when) {
  recent_.erase(uid);
  changed_.erase(uid);
  if (number_of(uid)) {
    // Sequences only grow: the first of those that wait is the lowest.
    if (gone_.empty()) gone_since_ = when;
    gone_.insert(uid);
    return;
  }
  const auto at = std::ranges::lower_bound(arrived_, uid);
  if (at != arrived_.end() && *at == uid) arrived_.erase(at);
}

std::optional<std::uint32_t> SessionView::number_of(store::Uid uid) const {
  const auto at = std::ranges::lower_bound(uids_, uid);
  if (at == uids_.end() || *at != uid) return std::nullopt;
  return static_cast<std::uint32_t>(at - uids_.begin()) + 1;
}

std::vector<store::Uid> SessionView::gone_in(store::Uid first,
                                             store::Uid last) const {
  return {gone_.lower_bound(first), gone_.upper_bound(last)};
}

void SessionView::take_arrivals() {
  uids_.insert(uids_.end(), arrived_.begin(), arrived_.end());
  arrived_.clear();
}

std::vector<store::Uid> SessionView::take_changes(std::size_t count_max) {
  std::vector<store::Uid> taken;
  while (!changed_.empty() && taken.size() < count_max) {
    taken.push_back(*changed_.begin());
    changed_.erase(changed_.begin());
  }
  return taken;
}

std::vector<std::uint32_t> SessionView::expunge(std::size_t count_max) {
  std::vector<std::uint32_t> numbers;
  std::vector<store::Uid> removed;
  while (!gone_.empty() && numbers.size() < count_max) {
    const auto last = std::prev(gone_.end());
    numbers.push_back(*number_of(*last));
    removed.push_back(*last);
    gone_.erase(last);
  }
  std::ranges::reverse(removed);
  remove(removed);
  return numbers;
}

std::vector<store::Uid> SessionView::vanish(std::size_t count_max) {
  const std::size_t count = std::min(count_max, gone_.size());
  const auto end = std::next(gone_.begin(), static_cast<std::ptrdiff_t>(count));
  std::vector<store::Uid> removed(gone_.begin(), end);
  gone_.erase(gone_.begin(), end);
  remove(removed);
  return removed;
}

void SessionView::remove(std::span<const store::Uid> ascending) {
  std::erase_if(uids_, [&](store::Uid uid) {
    return std::ranges::binary_search(ascending, uid);
  });
}

std::optional<store::ModificationSequence> SessionView::gone_since() const {
  if (gone_.empty()) return std::nullopt;
  return gone_since_;
}

void SessionView::add_recent(std::span<const store::Uid> uids) {
  recent_.insert(uids.begin(), uids.end());
}

std::uint32_t SessionView::recent_size() const {
  // One that has arrived but was not announced does not count yet.
  const store::Uid last = uids_.empty() ? 0 : uids_.back();
  return static_cast<std::uint32_t>(
      std::distance(recent_.begin(), recent_.upper_bound(last)));
}

}  // namespace postkeep::imap
