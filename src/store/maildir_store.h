// MaildirStore: one user's mail as a Maildir++ tree that any Maildir tool can
// read, with UIDs that are never used twice.
//
// Here:      MaildirStore, the MailStore over base/disk.h; its limits.
// Not here:  names of files (store/maildir_name.h) and folders
//            (store/folder_name.h); what is numbered (store/state_file.h).
// Grammar:   none of its own.
// Laws:      tests/store/crash_test.cc; what is on the disk before each
//            OK, and what a power cut leaves: docs/durability_mailbox.md.
//
// The tree, below Disk::root():
//   cur new tmp               INBOX
//   .Sent/ .Lists.c++/        folders: cur new tmp maildirfolder postkeep-state
//   postkeep-state            of INBOX, and the highest UIDVALIDITY of all
//   postkeep-deliveries       ids of deliveries that were expunged, but that
//                             the spool may still repeat
//   postkeep-index(-wal)      the cache: may be deleted at any time
//   postkeep-lock             held while a server uses the tree
//   postkeep-subscriptions    one name a line
//   postkeep-renames          while several folders are being renamed
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/log.h"
#include "base/random.h"
#include "store/mailbox.h"

namespace postkeep::store {

// What an account may have. Each is refused with StoreError::limit.
struct MaildirLimits {
  std::uint32_t mailboxes_max = 10'000;
  std::uint32_t subscriptions_max = 10'000;
  std::uint32_t folder_messages_max = 5'000'000;
  std::uint64_t message_octets_max = 256 * 1024 * 1024;
};

struct MaildirPorts {
  Disk& disk;
  Clock& clock;
  Random& random;
  Log& log;
};

class MaildirStore final : public MailStore {
  struct Key {};

 public:
  // Takes the tree below disk.root(), making what is missing of INBOX. One
  // server a tree: another one's is StoreError::not_allowed.
  [[nodiscard]] static StoreResult<std::unique_ptr<MaildirStore>> open(
      const MaildirPorts& ports, const MaildirLimits& limits = {});
  MaildirStore(Key, const MaildirPorts& ports, const MaildirLimits& limits);
  // A clean stop: exact counters and the index are written. Folders that are
  // still held must not be used any more.
  ~MaildirStore();
  MaildirStore(const MaildirStore&) = delete;
  MaildirStore& operator=(const MaildirStore&) = delete;

  StoreResult<std::vector<FolderInfo>> list() override;
  StoreResult<> create(std::string_view mailbox,
                       std::string_view special_use = {}) override;
  StoreResult<> remove(std::string_view mailbox) override;
  StoreResult<> rename(std::string_view from, std::string_view to) override;
  StoreResult<> subscribe(std::string_view mailbox, bool on) override;
  StoreResult<std::shared_ptr<Folder>> open(std::string_view mailbox) override;
  StoreResult<FolderStatus> status(std::string_view mailbox) override;
  StoreResult<Placed> deliver(const DeliveryId& id, std::string_view mailbox,
                              std::span<const Octets> pieces,
                              std::int64_t internal_date) override;
  StoreResult<> flush_deliveries() override;
  void forget(std::span<const DeliveryId> ids) override;

  // flush_deliveries in two steps, for a flush in a thread of its own
  // (Flusher::flush_all): take the mark of what has been placed, start the
  // flush, and say how it ended.
  using DeliveryMark = std::uint64_t;
  [[nodiscard]] DeliveryMark delivery_mark() const;
  void deliveries_flushed(DeliveryMark mark, bool durable);
  [[nodiscard]] bool has_unflushed_deliveries() const;

  // True once a flush has failed: what is on the disk is not known any more.
  // Every change is refused; the process should end and start anew.
  [[nodiscard]] bool has_failed() const;

  struct Inside;

 private:
  std::unique_ptr<Inside> inside_;
};

}  // namespace postkeep::store
