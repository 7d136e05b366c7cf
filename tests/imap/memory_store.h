// A MailStore in memory, for tests: what store/mailbox.h promises, with
// nothing behind it, and with faults on order.
//
// Here:      MemoryFolder, MemoryStore.
// Not here:  Maildir++ (store/); durability, of which there is none.
// Laws:      the same as of every store: store/mailbox.h says them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/mailbox.h"

namespace postkeep::imap {

// What a store of the tests may keep, so that limits can be met.
struct MemoryLimits {
  std::size_t folders_max = 1000;
  std::size_t levels_max = 16;
  std::size_t component_octets_max = 255;
  store::Uid uid_max = 0xFFFF'FFFF;
};

class MemoryFolder final : public store::Folder {
 public:
  MemoryFolder(std::string name, std::uint32_t uid_validity,
               const MemoryLimits& limits);

  const std::string& name() const override { return name_; }
  std::uint32_t uid_validity() const override { return uid_validity_; }
  store::Uid uid_next() const override { return uid_next_; }
  store::ModificationSequence highest_modification_sequence() const override {
    return modification_sequence_;
  }
  const std::vector<std::string>& keywords() const override {
    return keywords_;
  }
  store::StoreResult<std::uint32_t> keyword_bit(
      std::string_view keyword) override;
  std::span<const store::Message> messages() const override {
    return messages_;
  }
  const store::Message* find(store::Uid uid) const override;
  void observe(store::FolderObserver* observer) override;
  void stop_observing(store::FolderObserver* observer) override;
  store::StoreResult<> refresh() override;
  store::StoreResult<std::vector<store::Uid>> recent(bool take) override;
  store::StoreResult<std::shared_ptr<const store::Text>> text(
      store::Uid uid) override;
  store::StoreResult<std::unique_ptr<store::TextReader>> read_text(
      store::Uid uid) override;
  store::StoreResult<std::uint64_t> octets_in_lines(store::Uid uid) override;
  store::StoreResult<std::shared_ptr<const message::Summary>> summary(
      store::Uid uid) override;
  std::optional<std::string_view> shown(store::Uid uid,
                                        std::uint8_t form) override;
  void keep_shown(store::Uid uid, std::uint8_t form,
                  std::string_view words) override;
  store::StoreResult<store::Uid> append(Octets text, store::Flags flags,
                                        std::int64_t internal_date) override;
  store::StoreResult<std::vector<store::Uid>> append_all(
      std::span<const Appended> messages) override;
  store::StoreResult<FlagsChanged> change_flags(
      std::span<const store::Uid> uids, store::FlagChange how,
      store::Flags flags,
      std::optional<store::ModificationSequence> unchanged_since = {},
      store::Durable durable = store::Durable::at_once) override;
  store::StoreResult<> flush_flags() override;
  store::StoreResult<std::vector<store::Uid>> expunge(
      std::span<const store::Uid> uids) override;
  store::StoreResult<UidPairs> copy(std::span<const store::Uid> uids,
                                    store::Folder& target) override;
  store::StoreResult<UidPairs> move(std::span<const store::Uid> uids,
                                    store::Folder& target) override;
  std::optional<std::vector<store::Uid>> expunged_since(
      store::ModificationSequence since) override;

  // What other programs do meanwhile: run by the next refresh().
  void foreign(std::function<void(MemoryFolder&)> change) {
    foreign_.push_back(std::move(change));
  }
  // The next call that can fail does so, with this.
  void fail_next(store::StoreError error) { failure_ = error; }
  // Nothing is known of what was expunged so far.
  // Words that are kept, to be looked at or changed.
  [[nodiscard]] auto& kept_words() { return shown_; }
  void forget_expunged() {
    expunged_.clear();
    history_from_ = ++modification_sequence_;
  }
  // The count of observers, to see that sessions leave.
  [[nodiscard]] std::size_t observers() const { return observers_.size(); }
  void set_uid_next(store::Uid uid) { uid_next_ = uid; }
  // Flag changes that nobody has flushed, and how often somebody has.
  [[nodiscard]] bool has_unflushed() const { return unflushed_; }
  [[nodiscard]] std::size_t flushes() const { return flushes_; }

 private:
  friend class MemoryStore;
  std::optional<store::StoreError> failure();
  void removed();  // Tells observers folder_gone.
  store::Message* at(store::Uid uid);
  template <typename Tell>
  void tell_all(Tell tell);

  std::string name_;
  std::uint32_t uid_validity_;
  std::map<store::Uid, std::pair<std::uint8_t, std::string>> shown_;
  bool unflushed_ = false;
  std::size_t flushes_ = 0;
  const MemoryLimits& limits_;
  store::Uid uid_next_ = 1;
  store::ModificationSequence modification_sequence_ = 1;
  std::vector<std::string> keywords_;
  std::vector<store::Message> messages_;
  std::map<store::Uid, std::shared_ptr<const store::Text>> texts_;
  std::set<store::Uid> recent_;
  std::vector<std::pair<store::ModificationSequence, store::Uid>> expunged_;
  store::ModificationSequence history_from_ = 0;
  std::vector<store::FolderObserver*> observers_;
  std::vector<std::function<void(MemoryFolder&)>> foreign_;
  std::optional<store::StoreError> failure_;
};

class MemoryStore final : public store::MailStore {
 public:
  explicit MemoryStore(MemoryLimits limits = {});

  store::StoreResult<std::vector<store::FolderInfo>> list() override;
  store::StoreResult<> create(std::string_view mailbox,
                              std::string_view special_use) override;
  store::StoreResult<> remove(std::string_view mailbox) override;
  store::StoreResult<> rename(std::string_view from,
                              std::string_view to) override;
  store::StoreResult<> subscribe(std::string_view mailbox, bool on) override;
  store::StoreResult<std::shared_ptr<store::Folder>> open(
      std::string_view mailbox) override;
  store::StoreResult<store::FolderStatus> status(
      std::string_view mailbox) override;
  store::StoreResult<store::Placed> deliver(
      const store::DeliveryId& id, std::string_view mailbox,
      std::span<const Octets> pieces, std::int64_t internal_date) override;
  store::StoreResult<> flush_deliveries() override { return {}; }
  void forget(std::span<const store::DeliveryId> ids) override;

  // For tests: the folder, which must be there.
  MemoryFolder& folder(std::string_view mailbox);
  void fail_next(store::StoreError error) { failure_ = error; }

 private:
  struct Kept {
    std::shared_ptr<MemoryFolder> folder;
    std::string special_use;
  };
  std::optional<store::StoreError> failure();
  std::optional<store::StoreError> bad(std::string_view mailbox) const;
  store::StoreResult<> rename_inbox(const std::string& to);
  bool has_children(const std::string& mailbox) const;

  MemoryLimits limits_;
  std::uint32_t next_uid_validity_ = 1;
  std::map<std::string, Kept, std::less<>> folders_;
  std::set<std::string, std::less<>> subscribed_;
  std::set<store::DeliveryId> delivered_;
  std::optional<store::StoreError> failure_;
};

}  // namespace postkeep::imap
