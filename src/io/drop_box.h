// The drop directory made real, as the role that takes from it sees it.
//
// Here:      DirectoryDropBox.
// Not here:  leaving a file there (io/drop_file.h); the port (base/drop_box.h).
// Laws:      tests/io/drop_box_test.cc.
#pragma once

#include "base/descriptor.h"
#include "base/drop_box.h"

namespace postkeep::io {

class DirectoryDropBox final : public DropBox {
 public:
  explicit DirectoryDropBox(Descriptor directory);

  [[nodiscard]] std::expected<std::vector<std::string>, Trouble> list(
      std::size_t names_max) override;
  [[nodiscard]] std::expected<Opened, Trouble> open(
      std::string_view name) override;
  [[nodiscard]] std::expected<std::size_t, Trouble> read(
      DropHandle file, std::uint64_t offset, std::span<Octet> room) override;
  void close(DropHandle file) override;
  [[nodiscard]] std::expected<void, Trouble> remove(
      std::string_view name) override;
  [[nodiscard]] std::expected<void, Trouble> flush() override;
  [[nodiscard]] std::expected<std::size_t, Trouble> remove_abandoned(
      std::int64_t changed_before_microseconds, std::size_t files_max) override;

 private:
  Descriptor directory_;
};

}  // namespace postkeep::io
