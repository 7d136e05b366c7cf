// The nesting of search keys, which no grammar can count: from the items of
// grammar/rfc9051_search.rl to a tree of bounded depth and size.
//
// Here:      SearchTree: brackets and operators opened, leaves added, closed.
// Not here:  the octets (imap/command.rl); the values (imap/search_key.h).
// Grammar:   grammar/rfc9051_search.rl, rule search_keys, which is looser.
// Laws:      proptests/imap/search_laws.h: what it takes is search_key_2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "imap/search_key.h"

namespace postkeep::imap {

enum class SearchTreeError : std::uint8_t {
  unbalanced,  // A ")" too many or too few, an OR without its two keys.
  too_deep,    // Above search_depth_max.
  too_many,    // Above the bound that was given.
};

// Each call returns false when the tree is lost; then error() says why.
class SearchTree {
 public:
  explicit SearchTree(std::size_t keys_max = search_keys_max);

  bool open_group();  // "("
  bool open_not();
  bool open_or();
  bool add(SearchKey leaf);
  bool close_group();  // ")"

  // The keys of the top level, which must all hold: one or more.
  [[nodiscard]] std::expected<std::vector<SearchKey>, SearchTreeError> finish();

  [[nodiscard]] std::optional<SearchTreeError> error() const { return error_; }

 private:
  // A key whose own keys are not all there. open_[0] is the top level.
  struct Open {
    SearchKind kind = SearchKind::all_of;
    std::size_t keys_wanted = 0;  // 0: until it is closed.
    std::vector<SearchKey> keys;
  };

  bool open(SearchKind kind, std::size_t keys_wanted);
  bool count_key();
  bool lose(SearchTreeError error);
  void close_filled();

  std::size_t keys_max_;
  std::vector<Open> open_;
  std::size_t keys_ = 0;
  std::optional<SearchTreeError> error_;
};

}  // namespace postkeep::imap
