#include "imap/fetch_section.h"

#include <algorithm>
#include <string_view>

#include "imap/responses.h"
#include "message/decode.h"
#include "message/header.h"
#include "message/structure.h"

namespace postkeep::imap {
namespace {

using message::Part;
using message::PartKind;

// The fields of a header block that are named, or those that are not, and the
// empty line (RFC 9051 section 6.4.5.1: it is always included).
std::string chosen_fields(Octets block, const Section& section) {
  const message::Header header = message::read_header(block);
  const bool wants_named = section.text == SectionText::header_fields;
  std::string result;
  for (const message::Field& field : header.fields) {
    const bool is_named =
        std::ranges::any_of(section.fields, [&](const std::string& name) {
          return message::same_without_case(name, field.name);
        });
    if (is_named != wants_named) continue;
    const Octets lines = block.subspan(field.offset, field.octets);
    result.append(reinterpret_cast<const char*>(lines.data()), lines.size());
    if (!result.ends_with('\n')) result += "\r\n";
  }
  return result + "\r\n";
}

// Header and body of a message, or of a message inside of one.
std::optional<SectionOctets> find_text(const Section& section, Octets header,
                                       Octets body) {
  switch (section.text) {
    case SectionText::header: return SectionOctets{header, {}};
    case SectionText::text: return SectionOctets{body, {}};
    case SectionText::header_fields:
    case SectionText::header_fields_not:
      return SectionOctets{{}, chosen_fields(header, section)};
    case SectionText::all:
    case SectionText::mime: break;
  }
  return std::nullopt;
}

const Part* part_of(const Section& section, const message::Summary* summary) {
  if (summary == nullptr) return nullptr;
  const auto index = message::find_part(summary->structure, section.part);
  return index ? &summary->structure.parts[*index] : nullptr;
}

std::string_view name(SectionText text) {
  switch (text) {
    case SectionText::header: return "HEADER";
    case SectionText::header_fields: return "HEADER.FIELDS";
    case SectionText::header_fields_not: return "HEADER.FIELDS.NOT";
    case SectionText::text: return "TEXT";
    case SectionText::mime: return "MIME";
    case SectionText::all: break;
  }
  return {};
}

// field-name is an atom in every header; what is not becomes a string.
void write_field_name(std::string& out, std::string_view field) {
  const bool is_atom = !field.empty() && std::ranges::all_of(field, [](char c) {
    return c > ' ' && c <= '~' &&
           std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  });
  if (is_atom) {
    out += field;
  } else {
    write_string(out, field);
  }
}

}  // namespace

bool needs_structure(const FetchItem& item) {
  return item.kind == FetchKind::body || item.kind == FetchKind::envelope ||
         item.kind == FetchKind::body_structure || !item.section.part.empty();
}

std::optional<SectionOctets> find_section(const Section& section,
                                          Octets message,
                                          const message::Summary* summary) {
  if (section.part.empty()) {
    if (section.text == SectionText::all) return SectionOctets{message, {}};
    const std::size_t header_octets = message::read_header(message).octets;
    return find_text(section, message.first(header_octets),
                     message.subspan(header_octets));
  }
  const Part* part = part_of(section, summary);
  if (part == nullptr) return std::nullopt;
  if (section.text == SectionText::all) {
    return SectionOctets{message::body_of(message, *part), {}};
  }
  if (section.text == SectionText::mime) {
    return SectionOctets{message::header_of(message, *part), {}};
  }
  // RFC 9051 section 6.4.5.1: HEADER and TEXT of a part are those of the
  // message that it holds.
  if (part->kind != PartKind::message) return std::nullopt;
  const Part& inner = summary->structure.parts[part->first_child];
  return find_text(section, message::header_of(message, inner),
                   message::body_of(message, inner));
}

BinarySection find_binary(const Section& section, Octets message,
                          const message::Summary* summary) {
  if (section.part.empty()) return {SectionOctets{message, {}}, false};
  const Part* part = part_of(section, summary);
  if (part == nullptr) return {};
  const Octets body = message::body_of(message, *part);
  switch (part->encoding) {
    case message::TransferEncoding::unknown: return {std::nullopt, true};
    case message::TransferEncoding::base64:
    case message::TransferEncoding::quoted_printable:
      if (part->kind != PartKind::leaf) break;
      return {SectionOctets{{}, message::decode_body(body, part->encoding)},
              false};
    case message::TransferEncoding::seven_bit:
    case message::TransferEncoding::eight_bit:
    case message::TransferEncoding::binary: break;
  }
  return {SectionOctets{body, {}}, false};
}

void write_section_name(std::string& out, const FetchItem& item) {
  switch (item.kind) {
    case FetchKind::binary: out += "BINARY["; break;
    case FetchKind::binary_size: out += "BINARY.SIZE["; break;
    default: out += "BODY["; break;
  }
  for (const std::uint32_t number : item.section.part) {
    if (out.back() != '[') out += '.';
    write_number(out, number);
  }
  if (item.section.text != SectionText::all) {
    if (out.back() != '[') out += '.';
    out += name(item.section.text);
  }
  if (!item.section.fields.empty()) {
    out += " (";
    for (const std::string& field : item.section.fields) {
      if (out.back() != '(') out += ' ';
      write_field_name(out, field);
    }
    out += ')';
  }
  out += ']';
  if (item.partial) {
    out += '<';
    write_number(out, item.partial->offset);
    out += '>';
  }
}

Octets clip(Octets octets, const std::optional<Partial>& partial) {
  if (!partial) return octets;
  if (partial->offset >= octets.size()) return {};
  const Octets rest = octets.subspan(static_cast<std::size_t>(partial->offset));
  return rest.first(static_cast<std::size_t>(
      std::min<std::uint64_t>(rest.size(), partial->octets)));
}

}  // namespace postkeep::imap
