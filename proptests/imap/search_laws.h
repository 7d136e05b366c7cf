// The laws of imap/search_tree.h: how search keys nest. Said once, here; tried
// by tests/ on all short programs, by fuzz/ on mutated ones and on every file
// of corpus/imap_search. Each returns true when it holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "imap/command.h"
#include "imap/command_writer.h"
#include "imap/framer.h"
#include "imap/search_key.h"

namespace postkeep::imap {

// The oracle: search keys nested at most twice, which is regular
// (proptests/imap/search_reference.rl).
bool reference_accepts_search_nested_twice(Octets whole);

// `program`, literals as marks; each stands for "x".
inline std::expected<std::vector<SearchKey>, CommandError> read_search_program(
    std::string_view program) {
  Frame frame;
  frame.text = "a SEARCH " + std::string(program) + "\r\n";
  for (const char c : program)
    if (c == literal_mark) frame.literals.emplace_back("x");
  auto command =
      read_command(std::move(frame), MailboxNameForm::modified_utf_7);
  if (!command) return std::unexpected(command.error().error);
  return std::get<Search>(command->request).keys;
}

// What is nested twice at most is read, but for its values.
inline bool law_search_takes_what_is_nested_twice(std::string_view program) {
  if (!reference_accepts_search_nested_twice(octets(program))) return true;
  const auto keys = read_search_program(program);
  return keys || (keys.error() != CommandError::outside_grammar &&
                  keys.error() != CommandError::unknown_command &&
                  keys.error() != CommandError::too_deep);
}

// RFC 9051's search-key as it is written, with ALL for every other key: what
// is left of `text` after one key.
inline std::optional<std::string_view> after_key(std::string_view text) {
  if (text.starts_with("ALL")) return text.substr(3);
  if (text.starts_with("NOT ")) return after_key(text.substr(4));
  if (text.starts_with("OR ")) {
    const auto rest = after_key(text.substr(3));
    if (!rest || !rest->starts_with(' ')) return std::nullopt;
    return after_key(rest->substr(1));
  }
  if (!text.starts_with('(')) return std::nullopt;
  auto rest = after_key(text.substr(1));
  while (rest && rest->starts_with(' ')) rest = after_key(rest->substr(1));
  if (!rest || !rest->starts_with(')')) return std::nullopt;
  return rest->substr(1);
}

inline bool is_search_program_of_all(std::string_view text) {
  auto rest = after_key(text);
  while (rest && rest->starts_with(' ')) rest = after_key(rest->substr(1));
  return rest && rest->empty();
}

// `program` has no keys but ALL.
inline bool law_search_nests_by_definition(std::string_view program) {
  const auto keys = read_search_program(program);
  if (!keys && keys.error() == CommandError::too_deep) return true;
  return keys.has_value() == is_search_program_of_all(program);
}

inline std::size_t depth_of(const std::vector<SearchKey>& keys) {
  std::size_t depth = 0;
  for (const SearchKey& key : keys)
    if (!key.keys.empty()) depth = std::max(depth, 1 + depth_of(key.keys));
  return depth;
}

inline std::size_t count_of(const std::vector<SearchKey>& keys) {
  std::size_t count = keys.size();
  for (const SearchKey& key : keys) count += count_of(key.keys);
  return count;
}

// A tree that was read is within its bounds, has the keys each kind wants, and
// is read again as it is written.
inline bool law_search_tree_is_well_formed(const std::vector<SearchKey>& keys) {
  for (const SearchKey& key : keys) {
    const std::size_t n = key.keys.size();
    const bool fits = key.kind == SearchKind::negation ? n == 1
                      : key.kind == SearchKind::any_of ? n >= 2
                      : key.kind == SearchKind::all_of ? n >= 1
                                                       : n == 0;
    if (!fits || (n > 0 && !law_search_tree_is_well_formed(key.keys)))
      return false;
  }
  return !keys.empty() && depth_of(keys) <= search_depth_max &&
         count_of(keys) <= search_keys_max;
}

}  // namespace postkeep::imap
