#include "imap/search_match.h"

#include <algorithm>

#include "imap/date.h"
#include "imap/session_core.h"
#include "message/date_time.h"
#include "message/encoded_word.h"
#include "message/structure.h"

namespace postkeep::imap {
namespace {

constexpr std::int64_t day_seconds = 24 * 60 * 60;

std::int64_t day_of(std::int64_t seconds) {
  return seconds / day_seconds - (seconds % day_seconds < 0 ? 1 : 0);
}

// A value as a person reads it.
std::string shown(std::string_view value) {
  return message::decode_encoded_words(message::unfold(value));
}

// Between texts, so that nothing is found across their border: no string of a
// command holds a NUL.
constexpr char no_needle_has_this = '\0';

void add_fields(std::string& folded, const message::Header& header) {
  for (const message::Field& field : header.fields) {
    folded += fold_case(std::string(field.name) + ": " + shown(field.value));
    folded += no_needle_has_this;
  }
}

std::string_view envelope_field(SearchKind kind) {
  switch (kind) {
    case SearchKind::bcc: return "Bcc";
    case SearchKind::cc: return "Cc";
    case SearchKind::from: return "From";
    case SearchKind::to: return "To";
    default: return "Subject";
  }
}

PreparedKey prepare_one(const SearchKey& key, const store::Folder& folder,
                        const SessionView& view,
                        std::span<const store::Uid> saved) {
  PreparedKey result;
  result.kind = key.kind;
  result.needle = Needle(key.text);
  result.field = key.field;
  result.number = key.number;
  result.day = days_since_1970(key.date);
  if (key.kind == SearchKind::keyword || key.kind == SearchKind::unkeyword) {
    if (const auto bit = known_keyword(folder, key.text)) {
      result.keyword = 1U << *bit;
    }
  }
  if (key.kind == SearchKind::uid || key.set.saved_result) {
    // "$" names the same messages wherever it stands (RFC 5182 section 2.1).
    result.kind = SearchKind::uid;
    const auto uids = view.uids();
    result.ranges = key.set.saved_result
                        ? ranges_of(saved)
                        : resolve(key.set, uids.empty() ? 0 : uids.back());
  } else if (key.kind == SearchKind::sequence_set) {
    result.ranges = resolve(key.set, view.size());
  }
  result.keys = prepare(key.keys, folder, view, saved);
  return result;
}

}  // namespace

std::vector<PreparedKey> prepare(const std::vector<SearchKey>& keys,
                                 const store::Folder& folder,
                                 const SessionView& view,
                                 std::span<const store::Uid> saved) {
  std::vector<PreparedKey> result;
  result.reserve(keys.size());
  for (const SearchKey& key : keys) {
    result.push_back(prepare_one(key, folder, view, saved));
  }
  return result;
}

bool SearchCandidate::is_all_of(const std::vector<PreparedKey>& keys) {
  return std::ranges::all_of(
      keys, [this](const PreparedKey& key) { return is(key); });
}

bool SearchCandidate::is(const PreparedKey& key) {
  switch (key.kind) {
    case SearchKind::all: return true;
    case SearchKind::negation: return !is_all_of(key.keys);
    case SearchKind::all_of: return is_all_of(key.keys);
    case SearchKind::any_of:
      return std::ranges::any_of(
          key.keys, [this](const PreparedKey& one) { return is(one); });
    case SearchKind::answered:
    case SearchKind::deleted:
    case SearchKind::draft:
    case SearchKind::flagged:
    case SearchKind::seen:
    case SearchKind::recent:
    case SearchKind::unanswered:
    case SearchKind::undeleted:
    case SearchKind::undraft:
    case SearchKind::unflagged:
    case SearchKind::unseen:
    case SearchKind::is_new:
    case SearchKind::old:
    case SearchKind::keyword:
    case SearchKind::unkeyword: return is_by_flag(key);
    case SearchKind::bcc:
    case SearchKind::body:
    case SearchKind::cc:
    case SearchKind::from:
    case SearchKind::subject:
    case SearchKind::anywhere:
    case SearchKind::to:
    case SearchKind::header: return is_by_text(key);
    default: return is_by_number(key);
  }
}

bool SearchCandidate::is_by_flag(const PreparedKey& key) const {
  const auto has = [this](std::uint8_t flag) {
    return (message_.flags.system & flag) != 0;
  };
  const bool recent = view_.is_recent(message_.uid);
  const bool has_keyword = (message_.flags.keywords & key.keyword) != 0;
  switch (key.kind) {
    case SearchKind::answered: return has(store::flag_answered);
    case SearchKind::deleted: return has(store::flag_deleted);
    case SearchKind::draft: return has(store::flag_draft);
    case SearchKind::flagged: return has(store::flag_flagged);
    case SearchKind::seen: return has(store::flag_seen);
    case SearchKind::unanswered: return !has(store::flag_answered);
    case SearchKind::undeleted: return !has(store::flag_deleted);
    case SearchKind::undraft: return !has(store::flag_draft);
    case SearchKind::unflagged: return !has(store::flag_flagged);
    case SearchKind::unseen: return !has(store::flag_seen);
    case SearchKind::recent: return recent;
    case SearchKind::is_new: return recent && !has(store::flag_seen);
    case SearchKind::old: return !recent;
    case SearchKind::keyword: return has_keyword;
    default: return !has_keyword;  // unkeyword
  }
}

// RFC 9051 section 6.4.4: dates are compared disregarding time and timezone.
bool SearchCandidate::is_by_number(const PreparedKey& key) {
  switch (key.kind) {
    case SearchKind::before: return day_of(message_.internal_date) < key.day;
    case SearchKind::on: return day_of(message_.internal_date) == key.day;
    case SearchKind::since: return day_of(message_.internal_date) >= key.day;
    case SearchKind::sent_before: {
      const auto day = sent_day();
      return day && *day < key.day;
    }
    case SearchKind::sent_on: return sent_day() == key.day;
    case SearchKind::sent_since: {
      const auto day = sent_day();
      return day && *day >= key.day;
    }
    case SearchKind::larger: return message_.octets > key.number;
    case SearchKind::smaller: return message_.octets < key.number;
    case SearchKind::sequence_set: return imap::has(key.ranges, number_);
    case SearchKind::uid: return imap::has(key.ranges, message_.uid);
    case SearchKind::modification_sequence:
      return message_.modification_sequence >= key.number;
    default: return false;  // None of these; is() asks another function.
  }
}

std::optional<std::int64_t> SearchCandidate::sent_day() {
  if (!reads_summary() || !summary_->envelope.date) return std::nullopt;
  const auto date = message::recover_date_time(*summary_->envelope.date);
  if (!date) return std::nullopt;
  return message::local_day(*date);
}

bool SearchCandidate::is_by_text(const PreparedKey& key) {
  switch (key.kind) {
    case SearchKind::header: return has_field(key.field, key.needle);
    case SearchKind::body: return has_in_body(key.needle);
    case SearchKind::anywhere:
      return has_in_header(key.needle) || has_in_part_headers(key.needle) ||
             has_in_body(key.needle);
    default:
      return has_field(std::string(envelope_field(key.kind)), key.needle);
  }
}

bool SearchCandidate::has_field(const std::string& field,
                                const Needle& needle) {
  if (!reads_text()) return false;
  return std::ranges::any_of(header().fields, [&](const message::Field& it) {
    return message::same_without_case(it.name, field) &&
           needle.is_in(shown(it.value));
  });
}

bool SearchCandidate::has_in_header(const Needle& needle) {
  if (!reads_text()) return false;
  if (!header_text_) {
    header_text_.emplace();
    add_fields(*header_text_, header());
  }
  return is_in(*header_text_, needle);
}

// RFC 9051 section 6.4.4, TEXT: "including MIME header fields". Those of
// messages inside of this one are among what is searched as body.
bool SearchCandidate::has_in_part_headers(const Needle& needle) {
  if (!reads_text() || !reads_summary()) return false;
  if (!part_headers_) {
    part_headers_.emplace();
    const auto& parts = summary_->structure.parts;
    for (const message::Part& part : parts) {
      const bool is_in_multipart =
          part.parent != message::no_part &&
          parts[part.parent].kind == message::PartKind::multipart;
      if (!is_in_multipart) continue;
      add_fields(*part_headers_, message::read_header(message::header_of(
                                     text_->octets(), part)));
    }
  }
  return is_in(*part_headers_, needle);
}

bool SearchCandidate::has_in_body(const Needle& needle) {
  if (!reads_text() || !reads_summary()) return false;
  if (!body_text_) read_body_text();
  return is_in(*body_text_, needle);
}

// Many keys for one large message cost what many messages cost, but cannot be
// put off to another slice: so they are bounded.
bool SearchCandidate::is_in(std::string_view folded, const Needle& needle) {
  octets_searched_ += folded.size();
  if (octets_searched_ > folded.size() &&
      octets_searched_ > searched_octets_max) {
    too_costly_ = true;
    return false;
  }
  return needle.is_in_folded(folded);
}

// The text of every part, and the header of every message inside of this one:
// a person who opens the message sees both.
void SearchCandidate::read_body_text() {
  const Octets octets = text_->octets();
  const auto& parts = summary_->structure.parts;
  std::string& folded = body_text_.emplace();
  for (const message::Part& part : parts) {
    const bool is_inner_message =
        part.parent != message::no_part &&
        parts[part.parent].kind == message::PartKind::message;
    if (is_inner_message) {
      add_fields(folded,
                 message::read_header(message::header_of(octets, part)));
    }
    if (part.kind == message::PartKind::leaf &&
        part.content_type.type == "text") {
      folded += fold_case(message::text_of(octets, part));
      folded += no_needle_has_this;
    }
  }
}

bool SearchCandidate::reads_text() {
  if (text_) return true;
  if (unreadable_) return false;
  const auto text = folder_.text(message_.uid);
  if (!text) {
    unreadable_ = text.error() != store::StoreError::not_found;
    return false;
  }
  text_ = *text;
  octets_read_ += text_->octets().size();
  return true;
}

bool SearchCandidate::reads_summary() {
  if (summary_) return true;
  if (unreadable_) return false;
  const auto summary = folder_.summary(message_.uid);
  if (!summary) {
    unreadable_ = summary.error() != store::StoreError::not_found;
    return false;
  }
  summary_ = *summary;
  return true;
}

const message::Header& SearchCandidate::header() {
  if (!header_) header_ = message::read_header(text_->octets());
  return *header_;
}

}  // namespace postkeep::imap
