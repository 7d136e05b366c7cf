// The laws of the room mbox. Tried on examples by tests/, on generated values
// by proptests/, on mutated octets by fuzz/. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "mbox/from_line.h"
#include "mbox/message.h"
#include "mbox/reader.h"

namespace postkeep::mbox {

// The oracles: the bare rules (proptests/mbox/mbox_reference.rl).
bool reference_accepts_from_line(Octets whole);
bool reference_accepts_status_field(Octets whole);

inline std::vector<Item> read_items(Octets file, std::size_t piece,
                                    std::size_t octets_max,
                                    std::uint64_t offset = 0) {
  MboxReader reader(octets_max, offset);
  std::vector<Item> items;
  const auto take = [&] {
    while (auto item = reader.next()) items.push_back(std::move(*item));
  };
  while (!file.empty()) {
    const Octets head = file.first(std::min(piece, file.size()));
    reader.read(head);
    file = file.subspan(head.size());
    take();
  }
  reader.end();
  take();
  return items;
}

// How the file is cut into pieces does not change what is read.
inline bool law_cuts_do_not_matter(Octets file, std::size_t octets_max) {
  const auto whole = read_items(file, file.size() + 1, octets_max);
  return whole == read_items(file, 1, octets_max) &&
         whole == read_items(file, 7, octets_max);
}

// What is taken for a From_ line is one; what is not is none, or says a time
// that there is not, or is too long.
inline bool law_from_line_agrees_with_grammar(Octets line) {
  const auto seconds = read_from_line(line);
  if (seconds) return reference_accepts_from_line(line);
  FromLineMachine machine;
  return machine.run(line) == reference_accepts_from_line(line);
}

inline bool law_status_field_agrees_with_grammar(Octets line) {
  StatusFieldMachine machine;
  return (machine.run(line) != StatusField::none) ==
         reference_accepts_status_field(line);
}

// Whoever the sender, the line is one From_ line with that time.
inline bool law_from_line_write_then_read(std::string_view sender,
                                          std::int64_t seconds) {
  const std::string line = write_from_line(sender, seconds);
  const std::int64_t wanted =
      std::clamp<std::int64_t>(seconds, 0, from_line_seconds_max);
  return std::ranges::count(line, '\n') == 1 && line.back() == '\n' &&
         read_from_line(octets(line)) == wanted;
}

// What was written is read again: octets, flags, keywords, dates, each message
// by itself, wherever reading begins.
inline bool law_write_then_read_is_identity(
    const std::vector<Stored>& messages) {
  std::string file;
  std::vector<std::size_t> starts;
  for (const Stored& message : messages) {
    starts.push_back(file.size());
    file += write_message(message, "a@b.example");
  }
  const auto items = read_items(octets(file), 11, file.size() + 1);
  if (items.size() != messages.size()) return false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].offset != starts[i]) return false;
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : file.size();
    if (items[i].end_offset != end) return false;
    const ReadMessage read = read_message(items[i].raw, items[i].date);
    if (read.is_internal || read.stored != messages[i]) return false;
  }
  if (items.size() < 2) return true;
  const auto rest = read_items(octets(file).subspan(starts[1]), 5,
                               file.size() + 1, starts[1]);
  return rest.size() == items.size() - 1 &&
         std::equal(rest.begin(), rest.end(), items.begin() + 1);
}

// Whatever a file holds: what was read of it is exported and read again the
// same.
inline bool law_import_then_export_is_stable(Octets file) {
  std::vector<Stored> all;
  std::uint64_t end = 0;
  for (const Item& item : read_items(file, 4096, file.size() + 1)) {
    if (item.offset < end || item.end_offset <= item.offset ||
        item.end_offset > file.size()) {
      return false;
    }
    end = item.end_offset;
    Stored stored = read_message(item.raw, item.date).stored;
    stored.date =
        std::clamp<std::int64_t>(stored.date, 0, from_line_seconds_max);
    all.push_back(std::move(stored));
  }
  return law_write_then_read_is_identity(all);
}

}  // namespace postkeep::mbox
