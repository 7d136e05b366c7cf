// The settings of the configuration: one table for reading, for the annotated
// file that `init` writes, and for the reference page.
//
// Here:      Setting, settings().
// Not here:  TOML (config/reader.h), text for people (config/reference.h).
// Laws:      tests/config/settings_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

namespace postkeep::config {

using TextMember = std::string& (*)(Config&);
using TextsMember = std::vector<std::string>& (*)(Config&);
using NumberMember = std::uint64_t& (*)(Config&);
using FlagMember = bool& (*)(Config&);

struct Setting {
  std::string_view section;  // "" stands for the top of the file.
  std::string_view key;
  std::variant<TextMember, TextsMember, NumberMember, FlagMember> member;
  std::uint64_t least = 0;  // Bounds of a number.
  std::uint64_t most = 0;
  std::string_view unit;     // "octets", "seconds", … or "".
  std::string_view meaning;  // A sentence or two, for the operator.
};

// In the order of the file.
[[nodiscard]] std::span<const Setting> settings();
// What a section is about, in a sentence.
[[nodiscard]] std::string_view section_meaning(std::string_view section);

}  // namespace postkeep::config
