// The laws of store/foreign_line.h. Said once, here; tried on examples by
// tests/, on generated lines by proptests/, on mutated octets by fuzz/ and on
// every file of corpus/store_foreign_line. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "store/foreign_line.h"

namespace postkeep::store {

// The oracles: the bare rules of grammar/maildir_lists.rl, compiled without
// any action.
bool reference_accepts_uid_list_header(Octets whole);
bool reference_accepts_uid_list_record(Octets whole);
bool reference_accepts_keyword_line(Octets whole);
bool reference_accepts_keyword_list_line(Octets whole);
bool reference_accepts_keyword_file_name(Octets whole);
bool reference_accepts_subscription_line(Octets whole);

// What is read is in the grammar, and the other way round; longer lines are
// never read.
inline bool law_foreign_line_reader_agrees_with_grammar(std::string_view line) {
  ForeignLineReader reader;
  const Octets whole = octets(line);
  const bool fits = line.size() <= foreign_line_octets_max;
  const auto agrees = [&](bool was_read, bool is_in_grammar) {
    return was_read == (fits && is_in_grammar);
  };
  return agrees(reader.uid_list_header(line).has_value(),
                reference_accepts_uid_list_header(whole)) &&
         agrees(reader.uid_list_record(line).has_value(),
                reference_accepts_uid_list_record(whole)) &&
         agrees(reader.keyword_line(line).has_value(),
                reference_accepts_keyword_line(whole)) &&
         agrees(reader.keyword_list_line(line).has_value(),
                reference_accepts_keyword_list_line(whole)) &&
         agrees(reader.keyword_file_name(line).has_value(),
                reference_accepts_keyword_file_name(whole)) &&
         agrees(reader.subscription_line(line).has_value(),
                reference_accepts_subscription_line(whole));
}

inline bool is_base_name(std::string_view name) {
  return !name.empty() && name.front() != '.' &&
         name.find_first_of(":/\n") == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

// The name that a record has is the line's own, from after its mark up to the
// flags, and could be that of a file.
inline bool law_a_record_names_one_file(std::string_view line) {
  const auto record = ForeignLineReader().uid_list_record(line);
  if (!record) return true;
  if (!is_base_name(record->base) || record->uid > 9'999'999'999) return false;
  const std::size_t mark = line.find(" :");
  const std::string_view name = line.substr(
      mark == std::string_view::npos ? line.find(' ') + 1 : mark + 2);
  return name.substr(0, name.find(':')) == record->base;
}

// Joined again, the parts are the line.
inline bool law_parts_are_the_line(std::string_view line) {
  ForeignLineReader reader;
  if (const auto levels = reader.subscription_line(line)) {
    std::string joined;
    for (const std::string& level : *levels) {
      if (!joined.empty()) joined += '\t';
      joined += level;
    }
    if (joined != line) return false;
  }
  if (const auto keyword = reader.keyword_line(line)) {
    if (!line.ends_with(keyword->keyword)) return false;
    if (keyword->index.has_value() !=
        (line.find(' ') != std::string_view::npos)) {
      return false;
    }
  }
  if (const auto file = reader.keyword_file_name(line)) {
    if (!line.ends_with(file->base) || !is_base_name(file->base)) return false;
    if (file->time.has_value() != line.starts_with('.')) return false;
  }
  if (const auto listed = reader.keyword_list_line(line)) {
    const std::size_t colon = line.find(':');
    const std::string_view rest = line.substr(colon + 1);
    const std::size_t spaces =
        static_cast<std::size_t>(std::ranges::count(rest, ' '));
    if (line.substr(0, colon) != listed->base || !is_base_name(listed->base)) {
      return false;
    }
    if (listed->indices.size() != (rest.empty() ? 0 : spaces + 1)) return false;
  }
  return true;
}

// A header that is read as Courier's has both numbers.
inline bool law_couriers_header_is_whole(std::string_view line) {
  const auto header = ForeignLineReader().uid_list_header(line);
  return !header || header->is_dovecots ||
         (header->uid_validity && header->uid_next);
}

// One reader for many lines keeps nothing of the one before.
inline bool law_foreign_line_reader_starts_anew(std::string_view one,
                                                std::string_view other) {
  ForeignLineReader reader;
  static_cast<void>(reader.uid_list_header(one));
  static_cast<void>(reader.uid_list_record(one));
  static_cast<void>(reader.keyword_list_line(one));
  static_cast<void>(reader.subscription_line(one));
  ForeignLineReader fresh;
  return reader.uid_list_header(other) == fresh.uid_list_header(other) &&
         reader.uid_list_record(other) == fresh.uid_list_record(other) &&
         reader.keyword_line(other) == fresh.keyword_line(other) &&
         reader.keyword_list_line(other) == fresh.keyword_list_line(other) &&
         reader.keyword_file_name(other) == fresh.keyword_file_name(other) &&
         reader.subscription_line(other) == fresh.subscription_line(other);
}

inline bool laws_of_foreign_lines_hold(std::string_view line) {
  return law_foreign_line_reader_agrees_with_grammar(line) &&
         law_a_record_names_one_file(line) && law_parts_are_the_line(line) &&
         law_couriers_header_is_whole(line);
}

}  // namespace postkeep::store
