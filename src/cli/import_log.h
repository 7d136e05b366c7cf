// What of a Maildir's folder was imported: a file that only grows, one record a
// batch of messages, flushed before the batch is put.
//
// Here:      ImportLog.
// Not here:  the note of an mbox import (cli/transfer_note.h).
// Grammar:   none; binary records of our own: length, CRC-32C, fields.
// Laws:      tests/cli/import_log_test.cc.
//
// A batch is kept by the mailbox whole or not at all. All records but the last
// are of batches that are kept; the last may be. An empty record says that
// nothing is open.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <set>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/octets.h"
#include "ipc/transfer_messages.h"

namespace postkeep::cli {

// Of a file's name, as far as it stays the same.
using MessageKey = std::array<Octet, 16>;
[[nodiscard]] MessageKey key_of(std::string_view base);

struct ImportBatch {
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 0;  // The mailbox's, before the batch was put.
  // It stands in for the one before, of which nobody knew whether it was kept.
  bool instead = false;
  std::vector<MessageKey> keys;

  template <class Wire>
  void fields(Wire& wire) {
    wire(uid_validity);
    wire(uid_next);
    wire(instead);
    wire.arrays(keys, ipc::transfer_puts_max);
  }
};

class ImportLog {
 public:
  // In `directory`; made when it is not there. locked: another import has it.
  // `anew`: what was logged is forgotten.
  [[nodiscard]] static std::expected<ImportLog, Trouble> open(
      Disk& disk, DirectoryHandle directory, std::string_view name, bool anew);
  ImportLog(ImportLog&& other) noexcept;
  ~ImportLog();

  [[nodiscard]] bool is_kept(const MessageKey& key) const;
  // The batch that may be there; without keys: none.
  [[nodiscard]] const ImportBatch& last() const { return last_; }
  [[nodiscard]] bool is_empty() const { return octets_ == 0; }

  // Durable when it returns. The batch before it is kept, says who calls,
  // unless this one stands in for it.
  [[nodiscard]] std::expected<void, Trouble> begin(ImportBatch batch);

 private:
  ImportLog(Disk& disk, FileHandle file) : disk_(&disk), file_(file) {}
  [[nodiscard]] std::expected<void, Trouble> read();
  void take(ImportBatch batch);

  Disk* disk_;
  FileHandle file_;
  std::uint64_t octets_ = 0;
  ImportBatch last_;
  std::set<MessageKey> kept_;
};

}  // namespace postkeep::cli
