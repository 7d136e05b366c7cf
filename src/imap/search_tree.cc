#include "imap/search_tree.h"

#include <utility>

#include "base/check.h"

namespace postkeep::imap {

SearchTree::SearchTree(std::size_t keys_max) : keys_max_(keys_max), open_(1) {}

bool SearchTree::lose(SearchTreeError error) {
  if (!error_) error_ = error;
  return false;
}

bool SearchTree::count_key() {
  if (error_) return false;
  if (keys_ >= keys_max_) return lose(SearchTreeError::too_many);
  ++keys_;
  return true;
}

bool SearchTree::open(SearchKind kind, std::size_t keys_wanted) {
  if (!count_key()) return false;
  if (open_.size() > search_depth_max) return lose(SearchTreeError::too_deep);
  open_.push_back({kind, keys_wanted, {}});
  return true;
}

bool SearchTree::open_group() { return open(SearchKind::all_of, 0); }

bool SearchTree::open_not() { return open(SearchKind::negation, 1); }

bool SearchTree::open_or() {
  if (open_.back().kind != SearchKind::any_of)
    return open(SearchKind::any_of, 2);
  // An OR for one of the keys of an OR: two keys take that one's place.
  if (!count_key()) return false;
  ++open_.back().keys_wanted;
  return true;
}

bool SearchTree::add(SearchKey leaf) {
  if (!count_key()) return false;
  open_.back().keys.push_back(std::move(leaf));
  close_filled();
  return true;
}

bool SearchTree::close_group() {
  if (error_) return false;
  if (open_.size() == 1 || open_.back().keys_wanted != 0)
    return lose(SearchTreeError::unbalanced);
  open_.back().keys_wanted = open_.back().keys.size();
  close_filled();
  return true;
}

// A key that was the last one wanted may itself be the last one wanted.
void SearchTree::close_filled() {
  while (open_.back().keys_wanted != 0 &&
         open_.back().keys.size() == open_.back().keys_wanted) {
    SearchKey key;
    key.kind = open_.back().kind;
    key.keys = std::move(open_.back().keys);
    open_.pop_back();
    PK_CHECK(!open_.empty());
    open_.back().keys.push_back(std::move(key));
  }
}

std::expected<std::vector<SearchKey>, SearchTreeError> SearchTree::finish() {
  if (!error_ && open_.size() != 1) error_ = SearchTreeError::unbalanced;
  if (error_) return std::unexpected(*error_);
  PK_CHECK(!open_.back().keys.empty());
  return std::move(open_.back().keys);
}

}  // namespace postkeep::imap
