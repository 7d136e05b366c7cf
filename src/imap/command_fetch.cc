// What FETCH asks for: actions of imap/command.rl.
#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "imap/command_reader.h"

namespace postkeep::imap {
namespace {

struct ItemWord {
  std::string_view word;
  FetchKind kind;
  bool peek = false;
};
constexpr std::array<ItemWord, 11> plain_items{{
    {"ENVELOPE", FetchKind::envelope},
    {"FLAGS", FetchKind::flags},
    {"INTERNALDATE", FetchKind::internal_date},
    {"UID", FetchKind::uid},
    {"RFC822", FetchKind::rfc822},
    {"RFC822.SIZE", FetchKind::rfc822_size},
    {"RFC822.HEADER", FetchKind::rfc822_header},
    {"RFC822.TEXT", FetchKind::rfc822_text},
    {"BODY", FetchKind::body},
    {"BODYSTRUCTURE", FetchKind::body_structure},
    {"MODSEQ", FetchKind::modification_sequence},
}};
// BODY means another thing before a section than without one.
constexpr std::array<ItemWord, 5> section_items{{
    {"BODY", FetchKind::body_section},
    {"BODY.PEEK", FetchKind::body_section, true},
    {"BINARY", FetchKind::binary},
    {"BINARY.PEEK", FetchKind::binary, true},
    {"BINARY.SIZE", FetchKind::binary_size},
}};

// RFC 9051 section 6.4.5: "ALL, FAST and FULL".
constexpr std::array fast{FetchKind::flags, FetchKind::internal_date,
                          FetchKind::rfc822_size};

}  // namespace

void CommandReader::item_word_end() {
  item_ = {};
  item_word_ = word_;
  item_has_section_ = false;
}

bool CommandReader::part_start() {
  if (item_.section.part.size() == section_levels_max)
    return fail(CommandError::too_many);
  item_.section.part.push_back(0);
  return true;
}

bool CommandReader::part_digit(Octet octet) {
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t& part = item_.section.part.back();
  const std::uint32_t value = octet - std::uint32_t{'0'};
  if (part > (most - value) / 10) return fail(CommandError::number_too_large);
  part = part * 10 + value;
  return true;
}

void CommandReader::section_start() { item_has_section_ = true; }

void CommandReader::section_end() {
  SectionText& text = item_.section.text;
  if (word_ == "HEADER") text = SectionText::header;
  if (word_ == "HEADER.FIELDS") text = SectionText::header_fields;
  if (word_ == "HEADER.FIELDS.NOT") text = SectionText::header_fields_not;
  if (word_ == "TEXT") text = SectionText::text;
  if (word_ == "MIME") text = SectionText::mime;
}

bool CommandReader::field_end() {
  if (item_.section.fields.size() == header_fields_max)
    return fail(CommandError::too_many);
  item_.section.fields.push_back(std::move(text_));
  return true;
}

void CommandReader::offset_end() {
  item_.partial.emplace();
  item_.partial->offset = number_;
}

void CommandReader::octets_end() { item_.partial->octets = number_; }

bool CommandReader::item_end() {
  auto& items = request<Fetch>().items;
  if (items.size() == fetch_items_max) return fail(CommandError::too_many);
  if (item_word_ == "FAST" || item_word_ == "ALL" || item_word_ == "FULL") {
    const auto add = [&](FetchKind kind) { items.emplace_back().kind = kind; };
    std::ranges::for_each(fast, add);
    if (item_word_ != "FAST") add(FetchKind::envelope);
    if (item_word_ == "FULL") add(FetchKind::body);
    return true;
  }
  const auto takes = [&](const ItemWord& known) {
    if (known.word != item_word_) return false;
    item_.kind = known.kind;
    item_.peek = known.peek;
    return true;
  };
  const bool known = item_has_section_
                         ? std::ranges::any_of(section_items, takes)
                         : std::ranges::any_of(plain_items, takes);
  PK_CHECK(known);
  items.push_back(std::move(item_));
  return true;
}

}  // namespace postkeep::imap
