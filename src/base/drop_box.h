// The port of the drop directory: files that any program of this machine leaves
// and one role takes away.
//
// Here:      DropBox.
// Not here:  the real directory (io/drop_box.h), who leaves files there
//            (io/drop_file.h), what is in them (smtp/drop_head.h).
// Laws:      links are never followed, and nothing is waited for; what was
//            opened is the file that the facts are about, whatever its name
//            leads to later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep {

enum class DropHandle : std::int32_t { none = -1 };

// Of an open file, by fstat(2): nothing of it is what somebody says.
struct DropFacts {
  std::uint64_t octets = 0;
  std::uint32_t links = 0;
  std::uint32_t owner = 0;  // The uid of who left it.
  // It has the directory's group, as a file has that was made there. One that
  // was made elsewhere and moved here says nothing about who moved it.
  bool made_here = false;
};

class DropBox {
 public:
  // Names of what was left, at most so many, in no order. No directories, and
  // nothing that is still being written.
  [[nodiscard]] virtual std::expected<std::vector<std::string>, Trouble> list(
      std::size_t names_max) = 0;
  struct Opened {
    DropHandle handle = DropHandle::none;
    DropFacts facts;
  };
  // wrong_kind: no file, whatever it is. Does not wait for a FIFO's writer.
  [[nodiscard]] virtual std::expected<Opened, Trouble> open(
      std::string_view name) = 0;
  // Up to room.size() octets from `offset` on; fewer only at the end.
  [[nodiscard]] virtual std::expected<std::size_t, Trouble> read(
      DropHandle file, std::uint64_t offset, std::span<Octet> room) = 0;
  virtual void close(DropHandle file) = 0;
  [[nodiscard]] virtual std::expected<void, Trouble> remove(
      std::string_view name) = 0;
  // After success, what was removed stays so after a power cut.
  [[nodiscard]] virtual std::expected<void, Trouble> flush() = 0;
  // Removes what was begun and not written to since, at most so many of them;
  // says how many.
  [[nodiscard]] virtual std::expected<std::size_t, Trouble> remove_abandoned(
      std::int64_t changed_before_microseconds, std::size_t files_max) = 0;

 protected:
  ~DropBox() = default;
};

// What is being written is called so, and so once it is whole. 32 hexadecimal
// digits follow that nobody can foretell.
inline constexpr std::string_view drop_begun_prefix = "new-";
inline constexpr std::string_view drop_whole_prefix = "mail-";
inline constexpr std::size_t drop_name_random_octets = 16;

}  // namespace postkeep
