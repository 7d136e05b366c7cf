#include <algorithm>
#include <utility>

#include "base/check.h"
#include "message/line_ends.h"
#include "tests/imap/memory_store.h"

namespace postkeep::imap {
namespace {

using store::StoreError;

class MemoryText final : public store::Text {
 public:
  explicit MemoryText(Octets text) : text_(text.begin(), text.end()) {}
  Octets octets() const override { return text_; }

 private:
  std::vector<Octet> text_;
};

class MemoryReader final : public store::TextReader {
 public:
  explicit MemoryReader(std::shared_ptr<const store::Text> text)
      : text_(std::move(text)), rest_(text_->octets()) {}
  store::StoreResult<std::size_t> read(std::span<Octet> room) override {
    const Octets now = rest_.first(std::min(room.size(), rest_.size()));
    std::ranges::copy(now, room.begin());
    rest_ = rest_.subspan(now.size());
    return now.size();
  }

 private:
  std::shared_ptr<const store::Text> text_;
  Octets rest_;
};

bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto small = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    return small(x) == small(y);
  });
}

store::Flags changed_flags(store::Flags old, store::FlagChange how,
                           store::Flags by) {
  switch (how) {
    case store::FlagChange::replace: return by;
    case store::FlagChange::add:
      old.system = static_cast<std::uint8_t>(old.system | by.system);
      old.keywords |= by.keywords;
      return old;
    case store::FlagChange::remove: break;
  }
  old.system = static_cast<std::uint8_t>(old.system & ~by.system);
  old.keywords &= ~by.keywords;
  return old;
}

}  // namespace

MemoryFolder::MemoryFolder(std::string name, std::uint32_t uid_validity,
                           const MemoryLimits& limits)
    : name_(std::move(name)), uid_validity_(uid_validity), limits_(limits) {}

std::optional<StoreError> MemoryFolder::failure() {
  return std::exchange(failure_, std::nullopt);
}

template <typename Tell>
void MemoryFolder::tell_all(Tell tell) {
  const std::vector<store::FolderObserver*> observers = observers_;
  for (store::FolderObserver* observer : observers) tell(*observer);
}

void MemoryFolder::removed() {
  tell_all([](store::FolderObserver& observer) { observer.folder_gone(); });
}

store::Message* MemoryFolder::at(store::Uid uid) {
  const auto found =
      std::ranges::lower_bound(messages_, uid, {}, &store::Message::uid);
  return found != messages_.end() && found->uid == uid ? &*found : nullptr;
}

const store::Message* MemoryFolder::find(store::Uid uid) const {
  return const_cast<MemoryFolder*>(this)->at(uid);
}

store::StoreResult<std::uint32_t> MemoryFolder::keyword_bit(
    std::string_view keyword) {
  for (std::uint32_t bit = 0; bit < keywords_.size(); ++bit) {
    if (same_without_case(keywords_[bit], keyword)) return bit;
  }
  if (keywords_.size() == store::folder_keywords_max) {
    return std::unexpected(StoreError::limit);
  }
  keywords_.emplace_back(keyword);
  return static_cast<std::uint32_t>(keywords_.size() - 1);
}

void MemoryFolder::observe(store::FolderObserver* observer) {
  observers_.push_back(observer);
}

void MemoryFolder::stop_observing(store::FolderObserver* observer) {
  std::erase(observers_, observer);
}

store::StoreResult<> MemoryFolder::refresh() {
  if (const auto error = failure()) return std::unexpected(*error);
  for (const auto& change : std::exchange(foreign_, {})) change(*this);
  return {};
}

store::StoreResult<std::vector<store::Uid>> MemoryFolder::recent(bool take) {
  if (const auto error = failure()) return std::unexpected(*error);
  const std::vector<store::Uid> uids(recent_.begin(), recent_.end());
  if (take) recent_.clear();
  return uids;
}

store::StoreResult<std::shared_ptr<const store::Text>> MemoryFolder::text(
    store::Uid uid) {
  if (const auto error = failure()) return std::unexpected(*error);
  const auto found = texts_.find(uid);
  if (found == texts_.end()) return std::unexpected(StoreError::not_found);
  return found->second;
}

store::StoreResult<std::unique_ptr<store::TextReader>> MemoryFolder::read_text(
    store::Uid uid) {
  const auto whole = text(uid);
  if (!whole) return std::unexpected(whole.error());
  return std::make_unique<MemoryReader>(*whole);
}

store::StoreResult<std::uint64_t> MemoryFolder::octets_in_lines(
    store::Uid uid) {
  const auto whole = text(uid);
  if (!whole) return std::unexpected(whole.error());
  const Octets octets = (*whole)->octets();
  return octets.size() + message::line_end_octets_to_add(octets);
}

store::StoreResult<std::shared_ptr<const message::Summary>>
MemoryFolder::summary(store::Uid uid) {
  const auto whole = text(uid);
  if (!whole) return std::unexpected(whole.error());
  return std::make_shared<const message::Summary>(
      message::read_summary((*whole)->octets()));
}

std::optional<std::string_view> MemoryFolder::shown(store::Uid uid,
                                                    std::uint8_t form) {
  const auto found = shown_.find(uid);
  if (found == shown_.end() || found->second.first != form) return std::nullopt;
  return found->second.second;
}

void MemoryFolder::keep_shown(store::Uid uid, std::uint8_t form,
                              std::string_view words) {
  shown_[uid] = {form, std::string(words)};
}

store::StoreResult<store::Uid> MemoryFolder::append(
    Octets text, store::Flags flags, std::int64_t internal_date) {
  const Appended one{text, flags, internal_date};
  const auto uids = append_all({&one, 1});
  if (!uids) return std::unexpected(uids.error());
  return uids->front();
}

store::StoreResult<std::vector<store::Uid>> MemoryFolder::append_all(
    std::span<const Appended> messages) {
  if (const auto error = failure()) return std::unexpected(*error);
  if (messages.size() > limits_.uid_max - uid_next_) {
    return std::unexpected(StoreError::uid_exhausted);
  }
  std::vector<store::Uid> uids;
  for (const Appended& one : messages) {
    const store::Uid uid = uid_next_++;
    messages_.push_back({uid, one.flags, ++modification_sequence_,
                         one.internal_date,
                         static_cast<std::uint32_t>(one.text.size())});
    texts_.emplace(uid, std::make_shared<MemoryText>(one.text));
    recent_.insert(uid);
    uids.push_back(uid);
    tell_all([uid](store::FolderObserver& o) { o.arrived(uid); });
  }
  return uids;
}

store::StoreResult<store::Folder::FlagsChanged> MemoryFolder::change_flags(
    std::span<const store::Uid> uids, store::FlagChange how, store::Flags flags,
    std::optional<store::ModificationSequence> unchanged_since,
    store::Durable durable) {
  if (const auto error = failure()) return std::unexpected(*error);
  FlagsChanged result;
  for (const store::Uid uid : uids) {
    store::Message* message = at(uid);
    if (message == nullptr) continue;
    if (unchanged_since && message->modification_sequence > *unchanged_since) {
      result.modified.push_back(uid);
      continue;
    }
    const store::Flags now = changed_flags(message->flags, how, flags);
    if (now == message->flags) continue;
    message->flags = now;
    message->modification_sequence = ++modification_sequence_;
    result.changed.push_back(uid);
    tell_all([uid](store::FolderObserver& o) { o.changed(uid); });
  }
  unflushed_ = unflushed_ ||
               (!result.changed.empty() && durable == store::Durable::by_flush);
  return result;
}

store::StoreResult<> MemoryFolder::flush_flags() {
  if (!std::exchange(unflushed_, false)) return {};
  flushes_ += 1;
  if (const auto error = failure()) return std::unexpected(*error);
  return {};
}

store::StoreResult<std::vector<store::Uid>> MemoryFolder::expunge(
    std::span<const store::Uid> uids) {
  if (const auto error = failure()) return std::unexpected(*error);
  std::vector<store::Uid> gone;
  for (const store::Uid uid : uids) {
    if (at(uid) == nullptr) continue;
    std::erase_if(messages_, [uid](const auto& m) { return m.uid == uid; });
    texts_.erase(uid);
    recent_.erase(uid);
    const store::ModificationSequence when = ++modification_sequence_;
    expunged_.emplace_back(when, uid);
    gone.push_back(uid);
    tell_all([=](store::FolderObserver& o) { o.gone(uid, when); });
  }
  return gone;
}

store::StoreResult<store::Folder::UidPairs> MemoryFolder::copy(
    std::span<const store::Uid> uids, store::Folder& target) {
  if (const auto error = failure()) return std::unexpected(*error);
  UidPairs pairs;
  // What is held here outlives a change of `messages_` by append.
  std::vector<std::pair<Appended, std::shared_ptr<const store::Text>>> held;
  for (const store::Uid uid : uids) {
    const store::Message* message = at(uid);
    if (message == nullptr) continue;
    Appended one{{}, message->flags, message->internal_date};
    one.flags.keywords = 0;
    for (std::uint32_t bit = 0; bit < keywords_.size(); ++bit) {
      if ((message->flags.keywords >> bit & 1U) == 0) continue;
      const auto there = target.keyword_bit(keywords_[bit]);
      if (!there) return std::unexpected(there.error());
      one.flags.keywords |= 1U << *there;
    }
    held.emplace_back(one, texts_.at(uid));
    pairs.emplace_back(uid, 0);
  }
  std::vector<Appended> all;
  for (auto& [one, text] : held) {
    one.text = text->octets();
    all.push_back(one);
  }
  const auto added = target.append_all(all);
  if (!added) return std::unexpected(added.error());
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].second = (*added)[i];
  return pairs;
}

store::StoreResult<store::Folder::UidPairs> MemoryFolder::move(
    std::span<const store::Uid> uids, store::Folder& target) {
  auto pairs = copy(uids, target);
  if (!pairs) return pairs;
  std::vector<store::Uid> moved;
  for (const auto& [from, to] : *pairs) moved.push_back(from);
  if (const auto gone = expunge(moved); !gone) {
    return std::unexpected(gone.error());
  }
  return pairs;
}

std::optional<std::vector<store::Uid>> MemoryFolder::expunged_since(
    store::ModificationSequence since) {
  if (since < history_from_) return std::nullopt;
  std::vector<store::Uid> uids;
  for (const auto& [when, uid] : expunged_) {
    if (when > since) uids.push_back(uid);
  }
  std::ranges::sort(uids);
  return uids;
}

}  // namespace postkeep::imap
