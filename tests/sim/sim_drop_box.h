// A drop directory in memory, with the faults of a disk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/drop_box.h"

namespace postkeep::sim {

class SimDropBox final : public DropBox {
 public:
  struct File {
    std::string text;
    DropFacts facts;
    bool is_file = true;
    bool is_readable = true;
  };

  void leave(const std::string& name, std::string text,
             std::uint32_t owner = 1000) {
    File& file = files[name];
    file.facts = {text.size(), 1, owner, true};
    file.text = std::move(text);
  }

  std::expected<std::vector<std::string>, Trouble> list(
      std::size_t names_max) override {
    listings += 1;
    std::vector<std::string> names;
    for (const auto& [name, file] : files) {
      if (names.size() < names_max) names.push_back(name);
    }
    std::ranges::reverse(names);
    return names;
  }
  std::expected<Opened, Trouble> open(std::string_view name) override {
    const auto at = files.find(name);
    if (at == files.end()) return std::unexpected(Trouble::not_found);
    if (!at->second.is_readable) {
      return std::unexpected(Trouble::not_permitted);
    }
    if (!at->second.is_file) return std::unexpected(Trouble::wrong_kind);
    const DropHandle handle{next_handle_++};
    open_[handle] = at->second.text;
    return Opened{handle, at->second.facts};
  }
  std::expected<std::size_t, Trouble> read(DropHandle file,
                                           std::uint64_t offset,
                                           std::span<Octet> room) override {
    const std::string& text = open_.at(file);
    if (offset >= text.size()) return 0;
    // A part at a time, as a disk may.
    const std::size_t octets = std::min<std::size_t>(
        {room.size(), text.size() - static_cast<std::size_t>(offset), 1000});
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(offset), octets,
                room.begin());
    return octets;
  }
  void close(DropHandle file) override { open_.erase(file); }
  std::expected<void, Trouble> remove(std::string_view name) override {
    if (keeps_all) return std::unexpected(Trouble::input_output);
    const auto at = files.find(name);
    if (at == files.end()) return std::unexpected(Trouble::not_found);
    files.erase(at);
    return {};
  }
  std::expected<void, Trouble> flush() override {
    flushes += 1;
    return {};
  }
  std::expected<std::size_t, Trouble> remove_abandoned(
      std::int64_t before, std::size_t /*files_max*/) override {
    abandoned_before = before;
    return 3;
  }

  [[nodiscard]] std::size_t open_files() const { return open_.size(); }

  std::map<std::string, File, std::less<>> files;
  bool keeps_all = false;  // The disk removes nothing.
  std::size_t listings = 0;
  std::size_t flushes = 0;
  std::int64_t abandoned_before = 0;

 private:
  std::map<DropHandle, std::string> open_;
  std::int32_t next_handle_ = 1;
};

}  // namespace postkeep::sim
