#include "imap/search.h"

#include <algorithm>
#include <utility>

#include "message/charset.h"

namespace postkeep::imap {
namespace {

bool is_same_charset(std::string_view a, std::string_view b) {
  return message::same_without_case(a, b);
}

// US-ASCII is UTF-8; many clients send UTF-8 and say nothing (RFC 9051 section
// 6.4.4 makes it the default).
std::optional<std::string> to_utf8(const std::optional<std::string>& charset,
                                   const std::string& text) {
  if (!charset || is_same_charset(*charset, "UTF-8") ||
      is_same_charset(*charset, "US-ASCII")) {
    if (!message::is_utf8(text)) return std::nullopt;
    return text;
  }
  return message::to_utf8(*charset, text);
}

bool turn_to_utf8(std::vector<SearchKey>& keys,
                  const std::optional<std::string>& charset) {
  for (SearchKey& key : keys) {
    const auto text = to_utf8(charset, key.text);
    if (!text) return false;
    key.text = *text;
    if (!turn_to_utf8(key.keys, charset)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<SearchKey>> keys_in_utf8(const Search& request) {
  if (request.charset && !to_utf8(request.charset, "")) return std::nullopt;
  std::vector<SearchKey> keys = request.keys;
  if (!turn_to_utf8(keys, request.charset)) return std::nullopt;
  return keys;
}

bool asks_modification_sequence(const std::vector<SearchKey>& keys) {
  return std::ranges::any_of(keys, [](const SearchKey& key) {
    return key.kind == SearchKind::modification_sequence ||
           asks_modification_sequence(key.keys);
  });
}

bool names_numbers(const std::vector<SearchKey>& keys) {
  return std::ranges::any_of(keys, [](const SearchKey& key) {
    return key.kind == SearchKind::sequence_set || names_numbers(key.keys);
  });
}

SearchWork::SearchWork(const Search& request,
                       const std::vector<SearchKey>& keys, SessionCore& core)
    : by_uid_(request.by_uid),
      returned_(request.returned),
      tells_modification_(asks_modification_sequence(keys)),
      may_expunge_(by_uid_ && !names_numbers(keys)) {
  Selected& selected = core.selected();
  keys_ = prepare(keys, *selected.folder, selected.view, selected.saved);
  uids_.assign(selected.view.uids().begin(), selected.view.uids().end());
  // RFC 9051 section 6.4.4: once it is enabled, the answer is ESEARCH.
  if (!returned_ && core.dialect() == Dialect::rev2) {
    returned_ = SearchReturn{};
    returned_->all = true;
  }
}

bool SearchWork::step(SessionCore& core) {
  if (!answering_) {
    if (!search_slice(core)) return false;
    start_answer(core);
  }
  if (!answer_slice(core)) return false;
  complete(core);
  return true;
}

// True: every message has been looked at.
bool SearchWork::search_slice(SessionCore& core) {
  const Selected& selected = core.selected();
  std::size_t octets = 0;
  for (std::size_t n = 0; n < slice_messages_max && octets < slice_octets_max;
       ++n) {
    if (next_ == uids_.size()) return true;
    const auto number = static_cast<std::uint32_t>(next_ + 1);
    const store::Message* message = selected.folder->find(uids_[next_++]);
    if (message == nullptr) continue;  // Gone, but not announced yet.
    SearchCandidate candidate(*selected.folder, selected.view, *message,
                              number);
    if (candidate.is_all_of(keys_)) {
      found_.push_back(uids_[number - 1]);
      if (tells_modification_) {
        modifications_.push_back(candidate.modification_sequence());
      }
    }
    some_unread_ = some_unread_ || candidate.is_unreadable();
    too_costly_ = too_costly_ || candidate.is_too_costly();
    octets += candidate.octets_read();
  }
  return next_ == uids_.size();
}

void SearchWork::start_answer(SessionCore& core) {
  answering_ = true;
  Selected& selected = core.selected();
  for (const store::Uid uid : found_) {
    // Numbers stay as they were: none is expunged during SEARCH.
    if (const auto number = selected.view.number_of(uid)) {
      numbers_.push_back(by_uid_ ? uid : *number);
    }
  }
  std::string& out = core.out();
  if (!returned_) {
    out += "* SEARCH";
    return;
  }
  if (returned_->save) save(selected);
  const bool says_anything =
      returned_->min || returned_->max || returned_->all || returned_->count;
  if (!says_anything) {
    // RFC 9051 section 6.4.4.1: SAVE alone has no untagged answer.
    numbers_.clear();
    return;
  }
  out += "* ESEARCH (TAG ";
  write_string(out, core.tag());
  out += ')';
  if (by_uid_) out += " UID";
  const auto write_item = [&out](std::string_view item, std::uint64_t value) {
    out += item;
    write_number(out, value);
  };
  if (returned_->min && !numbers_.empty()) {
    write_item(" MIN ", numbers_.front());
  }
  if (returned_->max && !numbers_.empty()) write_item(" MAX ", numbers_.back());
  if (returned_->count) write_item(" COUNT ", numbers_.size());
  if (!returned_->all) numbers_.clear();
  if (!numbers_.empty()) out += " ALL ";
}

// RFC 4731 section 3.2: of the messages that the answer names.
store::ModificationSequence SearchWork::highest_modification() const {
  const bool names_ends = returned_ && (returned_->min || returned_->max) &&
                          !returned_->all && !returned_->count;
  if (!names_ends) return std::ranges::max(modifications_);
  return std::max(returned_->min ? modifications_.front() : 0,
                  returned_->max ? modifications_.back() : 0);
}

// RFC 9051 section 6.4.4.1: with MIN or MAX and nothing else, those alone.
void SearchWork::save(Selected& selected) const {
  selected.saved.clear();
  if (some_unread_ || too_costly_ || found_.empty()) return;
  if ((!returned_->min && !returned_->max) || returned_->all ||
      returned_->count) {
    selected.saved = found_;
    return;
  }
  if (returned_->min) selected.saved.push_back(found_.front());
  if (returned_->max && selected.saved != std::vector{found_.back()}) {
    selected.saved.push_back(found_.back());
  }
}

// True: the answer is complete but for its tagged line.
bool SearchWork::answer_slice(SessionCore& core) {
  std::string& out = core.out();
  constexpr std::size_t numbers_at_once = 1'000;
  while (written_ < numbers_.size()) {
    if (!core.has_room()) return false;
    const std::size_t end =
        std::min(written_ + numbers_at_once, numbers_.size());
    if (!returned_) {
      for (; written_ < end; ++written_) {
        out += ' ';
        write_number(out, numbers_[written_]);
      }
      continue;
    }
    if (written_ != 0) out += ',';
    out +=
        write(ranges_of(std::span(numbers_).subspan(written_, end - written_)));
    written_ = end;
  }
  return true;
}

void SearchWork::complete(SessionCore& core) {
  const bool said_something = !returned_ || returned_->min || returned_->max ||
                              returned_->all || returned_->count;
  if (said_something && !modifications_.empty()) {
    core.out() += returned_ ? " MODSEQ " : " (MODSEQ ";
    write_number(core.out(), highest_modification());
    if (!returned_) core.out() += ')';
  }
  if (said_something) core.out() += "\r\n";
  if (too_costly_) {
    core.complete(
        {Condition::no, "LIMIT", "The search costs too much", may_expunge_});
    return;
  }
  if (some_unread_) {
    core.complete({Condition::no, "UNAVAILABLE",
                   "Some of the messages could not be read", may_expunge_});
    return;
  }
  core.complete({Condition::ok, {}, core.done(), may_expunge_});
}

}  // namespace postkeep::imap
