// What an import or export notes on the disk, so that it can go on where it was
// interrupted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "cli/commands.h"

namespace postkeep::cli {

struct TransferNote {
  std::uint32_t uid_validity = 0;
  // Import: the mailbox's next UID when the batch that follows was put.
  // Export: the next message to write.
  std::uint32_t uid_next = 0;
  std::uint64_t offset = 0;  // In the file: all before is done.
  std::uint64_t number = 0;  // Messages before it.
  // Import: SHA-256 of the first octets of the file, and how many.
  // Export: not empty once it has ended.
  std::vector<Octet> head;
  std::uint32_t head_octets = 0;

  template <class Wire>
  void fields(Wire& wire) {
    constexpr std::size_t head_octets_max = 32;
    wire(uid_validity);
    wire(uid_next);
    wire(offset);
    wire(number);
    wire(head, head_octets_max);
    wire(head_octets);
  }
};

// The same however it was typed: a path with a '/' at its end or "." in it, the
// mailbox as "inbox". nullopt: no mailbox can have the name; it was said.
[[nodiscard]] std::optional<TransferOptions> in_one_form(
    TransferOptions options);

// Notes below DATA/transfers, one a file, account and mailbox.
class TransferNotes {
 public:
  explicit TransferNotes(std::string data) : data_(std::move(data)) {}

  // A name that hangs on the whole path of the file.
  [[nodiscard]] static std::string name_of(const TransferOptions& options);
  // nullopt: there is none that can be read.
  [[nodiscard]] std::optional<TransferNote> read(const std::string& name) const;
  // False: it could not be written durably.
  [[nodiscard]] bool write(const std::string& name,
                           const TransferNote& note) const;

 private:
  std::string data_;
};

}  // namespace postkeep::cli
