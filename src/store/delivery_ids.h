// DeliveryIds: which deliveries have been placed that the spool may repeat.
//
// Here:      DeliveryIds: ids of messages that are there, and, durably, of
//            those that were expunged before the spool forgot them.
// Not here:  who finds ids in the names of files (store/folder_scan.cc).
// Grammar:   none; the file is a row of 32-octet records, below.
// Laws:      tests/store/delivery_test.cc: the same delivery twice is one
//            message, whatever became of it meanwhile.
//
// A record of postkeep-deliveries: the id (16 octets), the internal date
// (little-endian, 8), CRC-32C of these (4), "pkid". Others are passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/disk.h"
#include "store/maildir_name.h"

namespace postkeep::store {

// The spool gives a delivery up after days; one that was accepted so long ago
// is never repeated.
inline constexpr std::int64_t delivery_repeat_seconds_max = 30 * 86'400;
// The file is written anew once so many of its records are forgotten.
inline constexpr std::size_t forgotten_records_max = 1024;

class DeliveryIds {
 public:
  struct Place {
    FolderId folder = 0;
    Uid uid = 0;  // 0: expunged.
    std::int64_t internal_date = 0;
    // Found in a file's name at the start, not placed by this process: what
    // the file holds may never have reached the disk.
    bool recovered = false;
  };

  explicit DeliveryIds(Disk& disk) : disk_(disk) {}
  ~DeliveryIds();
  DeliveryIds(const DeliveryIds&) = delete;
  DeliveryIds& operator=(const DeliveryIds&) = delete;

  // Reads the file. Ids older than delivery_repeat_seconds_max are dropped.
  [[nodiscard]] DiskResult<> read(std::int64_t now_seconds);

  [[nodiscard]] const Place* find(const DeliveryId& id) const;
  void placed(const DeliveryId& id, const Place& place);
  // Now in another folder, or under another UID.
  void moved(const DeliveryId& id, FolderId folder, Uid uid);
  void forget(const DeliveryId& id);
  // Makes it durable that these were expunged; ids that no delivery had, or
  // that are forgotten, are passed over. True when something was flushed.
  [[nodiscard]] DiskResult<bool> expunged(std::span<const DeliveryId> ids);

  // The lowest UID in `folder` that a delivery may be repeated of.
  [[nodiscard]] std::optional<Uid> lowest_uid(FolderId folder) const;

 private:
  struct Known {
    Place place;
    bool recorded = false;
  };
  [[nodiscard]] DiskResult<> write_anew();
  [[nodiscard]] DiskResult<> open();

  Disk& disk_;
  FileHandle file_ = FileHandle::none;
  bool name_durable_ = false;
  std::uint64_t end_ = 0;
  std::size_t forgotten_ = 0;
  std::map<DeliveryId, Known> known_;
};

}  // namespace postkeep::store
