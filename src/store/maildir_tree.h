// MaildirTree: what the folders of one user's tree share.
//
// Here:      ports, limits, index, delivery ids, and the flushes.
// Not here:  folders (store/maildir_folder.h), their names and who opens them
//            (store/maildir_store.h).
// Grammar:   none.
// Laws:      after a failed flush nothing is changed any more.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "base/disk.h"
#include "store/delivery_ids.h"
#include "store/index.h"
#include "store/maildir_store.h"

namespace postkeep::store {

// Files and directories of ours that are not finished yet, or not needed any
// more. Left over by a crash they are removed at the next start.
inline constexpr std::string_view unfinished_file_prefix = "pk.";
inline constexpr std::string_view set_aside_prefix = "damaged.pk.";
inline constexpr std::string_view unfinished_folder_prefix = "..postkeep-";

// Directories are flushed one by one up to this many; beyond, one flush of
// everything is cheaper.
inline constexpr std::size_t single_flushes_max = 2;

class MaildirFolder;

class MaildirTree : public std::enable_shared_from_this<MaildirTree> {
 public:
  MaildirTree(const MaildirPorts& its_ports, const MaildirLimits& its_limits);

  // Logs what the disk could not do and says what that is to a caller.
  StoreError fail(std::string_view doing, Trouble trouble);
  // The same for a flush: nothing is changed after that.
  StoreError fail_flush(std::string_view doing);
  [[nodiscard]] StoreResult<> check_not_failed() const;

  // Makes everything durable, deliveries included.
  [[nodiscard]] StoreResult<> flush_everything();
  // Makes the names in `directories` durable, in that order; those that are
  // named twice, once.
  [[nodiscard]] StoreResult<> flush_directories(
      std::initializer_list<DirectoryHandle> directories);
  [[nodiscard]] StoreResult<> record_expunged(std::span<const DeliveryId> ids);

  void fill(std::span<Octet> room) { ports.random.fill(room); }
  [[nodiscard]] std::uint64_t random_number();
  [[nodiscard]] DeliveryId random_id();
  [[nodiscard]] std::int64_t now_seconds() const;
  // A UIDVALIDITY that no mailbox of this tree has had: seconds since 1970,
  // or one more than the last. Where the last may not be known, since INBOX's
  // state is lost, chance keeps it from being the one before.
  [[nodiscard]] StoreResult<std::uint32_t> take_uid_validity();
  bool uid_validity_last_is_known = true;

  MaildirPorts ports;
  MaildirLimits limits;
  Disk& disk;
  DeliveryIds deliveries;
  Index index;
  bool failed = false;
  // Placements so far, and how many of them a flush has covered.
  std::uint64_t placed = 0;
  std::uint64_t flushed = 0;
  std::uint32_t uid_validity_last = 0;
  MaildirFolder* inbox = nullptr;  // Keeps uid_validity_last in its state.
};

[[nodiscard]] StoreError error_of(Trouble trouble);

}  // namespace postkeep::store
