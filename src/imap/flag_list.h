// Flags as commands name them: system flags and keywords (RFC 9051 section
// 2.3.2).
//
// Here:      FlagList.
// Not here:  \Recent, which no command may set; keyword bits (store/).
// Grammar:   grammar/rfc9051_flag.rl, rules flag and flag_list.
// Laws:      proptests/imap/command_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace postkeep::imap {

// RFC 9051 sets no bounds. A folder keeps 26 keywords.
inline constexpr std::size_t keywords_max = 64;
inline constexpr std::size_t keyword_octets_max = 100;

// Bits of FlagList::system; the same values as store::flag_answered and so on.
inline constexpr std::uint8_t system_flag_answered = 1;
inline constexpr std::uint8_t system_flag_flagged = 2;
inline constexpr std::uint8_t system_flag_deleted = 4;
inline constexpr std::uint8_t system_flag_seen = 8;
inline constexpr std::uint8_t system_flag_draft = 16;

struct FlagList {
  std::uint8_t system = 0;
  std::vector<std::string> keywords;  // As written; none twice in any case.
  bool operator==(const FlagList&) const = default;
};

}  // namespace postkeep::imap
