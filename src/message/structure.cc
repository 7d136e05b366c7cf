#include "message/structure.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "message/charset.h"
#include "message/decode.h"

namespace postkeep::message {
namespace {

constexpr std::uint16_t opaque_problems =
    part_ambiguous_type | part_ambiguous_boundary | part_without_boundary |
    part_too_deep | part_too_many | part_encoded_composite;

std::optional<std::string> value_of(const Header& header,
                                    std::string_view name) {
  const Field* const field = find(header, name);
  if (field == nullptr) return std::nullopt;
  return unfold(field->value);
}

// A field that decides what a part is counts only if every reader sees the same
// one: there are not two, of which some take the first and some the last, and
// in it is no NUL, where some see its end, nor a CR that ends a line for some.
bool is_read_by_all_alike(const Header& header, std::string_view name) {
  const std::string_view value = find(header, name)->value;
  for (std::size_t at = value.find('\r'); at != std::string_view::npos;
       at = value.find('\r', at + 1)) {
    if (!value.substr(at + 1).starts_with('\n')) return false;
  }
  return count(header, name) == 1 && !value.contains('\0');
}

// What the fields of a part say, before anything is made of it.
struct PartFields {
  Part part;
  std::string boundary;
};

void read_encoding(const Header& header, Part& part) {
  const auto value = value_of(header, "Content-Transfer-Encoding");
  if (!value) return;
  const auto mechanism = read_transfer_encoding(*value);
  if (!mechanism ||
      !is_read_by_all_alike(header, "Content-Transfer-Encoding")) {
    part.problems |= part_encoding_outside_grammar;
    part.encoding = TransferEncoding::unknown;
    part.encoding_name = "binary";
    return;
  }
  part.encoding_name = *mechanism;
  part.encoding = transfer_encoding(*mechanism);
}

// RFC 2046 section 5.1.1: a boundary is made of US-ASCII and does not end with
// a space. Its limit of 70 octets is not ours.
bool is_boundary(std::string_view text) {
  return !text.empty() && !text.ends_with(' ') &&
         text.size() <= tolerated_boundary_octets_max &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// RFC 2046 section 5.1.5: in a digest the default is message/rfc822.
void read_type(const Header& header, bool in_digest, PartFields& fields) {
  Part& part = fields.part;
  if (in_digest) part.content_type = {"message", "rfc822", {}};
  const auto value = value_of(header, "Content-Type");
  if (!value) return;
  if (!is_read_by_all_alike(header, "Content-Type")) {
    part.problems |= part_ambiguous_type;
  }
  if (auto type = read_content_type(*value)) {
    part.content_type = std::move(*type);
  } else {
    part.content_type = {};
    part.problems |= part_type_outside_grammar;
  }
  if (part.content_type.type != "multipart") return;
  auto boundary = parameter(part.content_type.parameters, "boundary");
  fields.boundary = std::move(boundary.text);
  if (boundary.ambiguous) part.problems |= part_ambiguous_boundary;
  if (!is_boundary(fields.boundary)) part.problems |= part_without_boundary;
}

PartFields read_fields(Octets block, bool in_digest) {
  PartFields fields;
  const Header header = read_header(block);
  Part& part = fields.part;
  if (header.problems != 0) part.problems |= part_header_problem;
  read_type(header, in_digest, fields);
  read_encoding(header, part);
  part.id = value_of(header, "Content-ID");
  part.description = value_of(header, "Content-Description");
  part.md5 = value_of(header, "Content-MD5");
  part.location = value_of(header, "Content-Location");
  const auto disposition = value_of(header, "Content-Disposition");
  if (disposition && is_read_by_all_alike(header, "Content-Disposition")) {
    if (auto read = read_disposition(*disposition)) part.disposition = *read;
  }
  if (const auto value = value_of(header, "Content-Language")) {
    if (auto read = read_languages(*value)) part.languages = *read;
  }
  return fields;
}

bool is_message(const ContentType& type) {
  return type.type == "message" &&
         (type.subtype == "rfc822" || type.subtype == "global");
}

// RFC 2045 section 6.4: composite types have no other encoding.
bool is_identity(TransferEncoding encoding) {
  return encoding == TransferEncoding::seven_bit ||
         encoding == TransferEncoding::eight_bit ||
         encoding == TransferEncoding::binary;
}

// Octets and lines up to a place in the message.
struct Place {
  std::size_t octets = 0;
  std::size_t lines = 0;
};

// A part that has begun and not ended; its boundary while it is a multipart
// whose last delimiter has not come.
struct OpenPart {
  std::uint32_t index = 0;
  std::string boundary;
  std::uint32_t last_child = no_part;
  Place body_begin;
};

// Which open multipart a line delimits.
struct Delimiter {
  std::size_t depth = 0;
  bool last = false;
};

// Reads one message, from front to back, once.
class StructureReader {
 public:
  explicit StructureReader(Octets message) : message_(message) {}

  Structure read() {
    open_parts();
    while (at_.octets < message_.size()) {
      const Place line_begin = at_;
      const std::string_view line = next_line();
      if (const auto delimiter = delimiter_of(line)) {
        delimit(*delimiter, line_begin);
      }
    }
    while (!open_.empty()) close_part(at_, false);
    return std::move(structure_);
  }

 private:
  // The line at at_, which is moved past it.
  std::string_view next_line() {
    const Octets rest = message_.subspan(at_.octets);
    const void* const end = std::memchr(rest.data(), '\n', rest.size());
    const std::size_t octets =
        end == nullptr ? rest.size()
                       : static_cast<std::size_t>(
                             static_cast<const Octet*>(end) - rest.data() + 1);
    at_.octets += octets;
    at_.lines += end == nullptr ? 0 : 1;
    return {reinterpret_cast<const char*>(rest.data()), octets};
  }

  // RFC 2046 section 5.1.1: "--" boundary ["--"] transport-padding; and "an
  // exact match of the entire candidate line is not required", so of the open
  // boundaries that the line begins with it is the longest, then the innermost.
  std::optional<Delimiter> delimiter_of(std::string_view line) const {
    if (!line.starts_with("--") || boundaries_open_ == 0) return std::nullopt;
    line.remove_prefix(2);
    std::optional<Delimiter> found;
    std::size_t longest = 0;
    for (std::size_t depth = open_.size(); depth-- > 0;) {
      const std::string& boundary = open_[depth].boundary;
      if (boundary.size() <= longest || !line.starts_with(boundary)) continue;
      longest = boundary.size();
      found = {depth, line.substr(longest).starts_with("--")};
    }
    return found;
  }

  void delimit(const Delimiter& delimiter, Place line_begin) {
    while (open_.size() > delimiter.depth + 1) close_part(line_begin, true);
    if (delimiter.last) {
      open_.back().boundary.clear();
      --boundaries_open_;
    } else if (parts_left() == 0) {
      parts()[open_.back().index].problems |= part_parts_left_out;
    } else {
      open_parts();
    }
  }

  // A part begins at at_, and, if it is a message, the message in it.
  void open_parts() {
    while (open_part() == PartKind::message) {
    }
  }

  // Reads the header block of one part and moves at_ past it.
  PartKind open_part() {
    const std::uint32_t parent = open_.empty() ? no_part : open_.back().index;
    const bool in_message =
        parent != no_part && parts()[parent].kind == PartKind::message;
    const Place begin = in_message ? open_.back().body_begin : at_;
    const Place body_begin = skip_header(begin);
    const bool in_digest = parent != no_part &&
                           parts()[parent].kind == PartKind::multipart &&
                           parts()[parent].content_type.subtype == "digest";
    PartFields fields = read_fields(
        message_.subspan(begin.octets, body_begin.octets - begin.octets),
        in_digest);
    Part& part = fields.part;
    part.parent = parent;
    part.header_begin = static_cast<std::uint32_t>(begin.octets);
    part.body_begin = static_cast<std::uint32_t>(body_begin.octets);
    part.kind = kind_of(fields);

    const auto index = static_cast<std::uint32_t>(parts().size());
    link(parent, index);
    OpenPart open;
    open.index = index;
    open.body_begin = body_begin;
    if (part.kind == PartKind::multipart) {
      open.boundary = std::move(fields.boundary);
      ++boundaries_open_;
    }
    const PartKind kind = part.kind;
    parts().push_back(std::move(part));
    open_.push_back(std::move(open));
    return kind;
  }

  // Moves at_ past the empty line, or to a delimiter line. Returns where the
  // body begins: there, but for the line end that belongs to a delimiter.
  Place skip_header(Place begin) {
    const Place first = at_;
    while (at_.octets < message_.size()) {
      const Place line_begin = at_;
      const std::string_view line = next_line();
      if (line == "\n" || line == "\r\n") break;
      if (delimiter_of(line)) {
        at_ = line_begin;
        return line_begin.octets == first.octets ? begin
                                                 : before_line_end(line_begin);
      }
    }
    return at_;
  }

  // The place in front of the line end that stands before `place`.
  Place before_line_end(Place place) const {
    --place.octets;
    --place.lines;
    if (place.octets > 0 && message_[place.octets - 1] == '\r') --place.octets;
    return place;
  }

  // What a part is, by its fields and by the limits; notes why it is opaque.
  PartKind kind_of(PartFields& fields) const {
    Part& part = fields.part;
    const bool message = is_message(part.content_type);
    const bool multipart = part.content_type.type == "multipart";
    if (message || multipart) {
      if (!is_identity(part.encoding)) part.problems |= part_encoded_composite;
      if (open_.size() + 1 >= part_depth_max) part.problems |= part_too_deep;
      if (parts_left() < 2) part.problems |= part_too_many;
    }
    const bool taken = std::ranges::any_of(open_, [&](const OpenPart& open) {
      return multipart && open.boundary == fields.boundary;
    });
    if (taken) part.problems |= part_ambiguous_boundary;
    if ((part.problems & opaque_problems) != 0) {
      part.content_type = {"application", "octet-stream", {}};
      return PartKind::leaf;
    }
    if (multipart) return PartKind::multipart;
    return message ? PartKind::message : PartKind::leaf;
  }

  std::size_t parts_left() const {
    return parts_max - std::min(parts_max, structure_.parts.size());
  }

  void link(std::uint32_t parent, std::uint32_t index) {
    if (parent == no_part) return;
    std::uint32_t& last = open_.back().last_child;
    if (last == no_part)
      parts()[parent].first_child = index;
    else
      parts()[last].next_sibling = index;
    last = index;
  }

  // Ends the innermost open part at `end`, which is where a delimiter line
  // begins: the line end before it is the delimiter's.
  void close_part(Place end, bool before_delimiter) {
    const OpenPart& open = open_.back();
    Part& part = parts()[open.index];
    if (part.kind == PartKind::multipart && !open.boundary.empty()) {
      part.problems |= part_not_closed;
      --boundaries_open_;
    }
    // An empty line may end a header and stand before a delimiter at once: then
    // it is the header's.
    const std::size_t least = open.last_child == no_part
                                  ? part.body_begin
                                  : parts()[open.last_child].body_end;
    if (before_delimiter && end.octets > least) {
      const Place cut = before_line_end(end);
      if (cut.octets >= least) end = cut;
    }
    const std::size_t octets = std::max(end.octets, least);
    std::size_t lines = std::max(end.lines, open.body_begin.lines);
    lines -= open.body_begin.lines;
    if (octets > part.body_begin && message_[octets - 1] != '\n') ++lines;
    part.body_end = static_cast<std::uint32_t>(octets);
    part.body_lines = static_cast<std::uint32_t>(lines);
    open_.pop_back();
  }

  std::vector<Part>& parts() { return structure_.parts; }

  Octets message_;
  Place at_;
  std::vector<OpenPart> open_;
  std::size_t boundaries_open_ = 0;
  Structure structure_;
};

// Where a section has led to (RFC 9051 section 6.4.5.1): to a message, whose
// parts are numbered, or to a part, which may have such below it.
struct Found {
  std::uint32_t index = 0;
  bool is_message = true;
};

std::optional<std::uint32_t> child(const std::vector<Part>& parts,
                                   std::uint32_t index, std::uint32_t number) {
  if (number == 0) return std::nullopt;
  std::uint32_t at = parts[index].first_child;
  for (; at != no_part && number > 1; --number) at = parts[at].next_sibling;
  if (at == no_part) return std::nullopt;
  return at;
}

std::optional<std::uint32_t> numbered(const std::vector<Part>& parts,
                                      Found from, std::uint32_t number) {
  const Part& part = parts[from.index];
  if (!from.is_message && part.kind == PartKind::message) {
    from = {.index = part.first_child, .is_message = true};
  }
  if (parts[from.index].kind == PartKind::multipart) {
    return child(parts, from.index, number);
  }
  // A message that is no multipart is its own part 1.
  if (from.is_message && number == 1) return from.index;
  return std::nullopt;
}

}  // namespace

Structure read_structure(Octets message) {
  constexpr std::size_t octets_max = std::numeric_limits<std::uint32_t>::max();
  return StructureReader{message.first(std::min(message.size(), octets_max))}
      .read();
}

std::optional<std::uint32_t> find_part(const Structure& structure,
                                       std::span<const std::uint32_t> path) {
  if (structure.parts.empty()) return std::nullopt;
  Found found;
  for (const std::uint32_t number : path) {
    const auto next = numbered(structure.parts, found, number);
    if (!next) return std::nullopt;
    found = {.index = *next, .is_message = false};
  }
  return found.index;
}

Octets header_of(Octets message, const Part& part) {
  const std::size_t end =
      std::min<std::size_t>(part.body_begin, message.size());
  const std::size_t begin = std::min<std::size_t>(part.header_begin, end);
  return message.subspan(begin, end - begin);
}

Octets body_of(Octets message, const Part& part) {
  const std::size_t end = std::min<std::size_t>(part.body_end, message.size());
  const std::size_t begin = std::min<std::size_t>(part.body_begin, end);
  return message.subspan(begin, end - begin);
}

std::string text_of(Octets message, const Part& part) {
  std::string text = decode_body(body_of(message, part), part.encoding);
  const auto charset = parameter(part.content_type.parameters, "charset");
  const bool is_ascii = !charset.found || charset.text.empty() ||
                        same_without_case(charset.text, "us-ascii");
  // Mail that claims US-ASCII, or nothing, and has more is mostly UTF-8.
  if (is_ascii && is_utf8(text)) return text;
  const auto known = to_utf8(is_ascii ? "iso-8859-1" : charset.text, text);
  return known ? *known : *to_utf8("iso-8859-1", text);
}

}  // namespace postkeep::message
