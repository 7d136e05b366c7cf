// The octets in which the index keeps a Summary (summary.h): a version octet,
// then numbers of four octets, lowest first, texts as a number and that many
// octets, lists as a number and that many elements. What is read is checked:
// a damaged index must cost time, never memory or a wrong answer.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/check.h"
#include "message/summary.h"

namespace postkeep::message {
namespace {

constexpr char version = 2;
constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

class OctetWriter {
 public:
  void number(std::uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) {
      octets_ += static_cast<char>(number >> shift & 0xFF);
    }
  }

  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    octets_ += text;
  }

  void optional_text(const std::optional<std::string>& it) {
    if (it)
      text(*it);
    else
      number(none);
  }

  template <typename List, typename Write>
  void list(const List& list, Write write) {
    number(static_cast<std::uint32_t>(list.size()));
    for (const auto& element : list) write(element);
  }

  std::string octets_{version};
};

// After the first octet that no writer wrote, everything reads as empty.
class OctetReader {
 public:
  explicit OctetReader(Octets octets) : rest_(octets) {}

  std::uint32_t number(std::uint32_t max = none) {
    if (rest_.size() < 4) return fail();
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i) {
      number |= std::uint32_t{rest_[i]} << (8 * i);
    }
    rest_ = rest_.subspan(4);
    return number > max ? fail() : number;
  }

  std::string text() { return text_of(number()); }

  std::optional<std::string> optional_text() {
    const std::uint32_t octets = number();
    if (octets == none) return std::nullopt;
    return text_of(octets);
  }

  // `octets_min`: what an element needs at least. No list is believed to be
  // longer than the octets that are left could hold.
  template <typename List, typename Read>
  void list(List& list, std::size_t octets_min, std::size_t max, Read read) {
    const std::size_t count = number();
    if (count > max || count > rest_.size() / octets_min) fail();
    for (std::size_t i = 0; i < count && !failed_; ++i) list.push_back(read());
  }

  std::uint32_t fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }

  bool ended_well() const { return !failed_ && rest_.empty(); }

 private:
  std::string text_of(std::uint32_t octets) {
    if (octets > rest_.size()) {
      fail();
      return {};
    }
    std::string text(rest_.begin(), rest_.begin() + octets);
    rest_ = rest_.subspan(octets);
    return text;
  }

  Octets rest_;
  bool failed_ = false;
};

void write(OctetWriter& writer, const Parameter& parameter) {
  writer.text(parameter.name);
  writer.text(parameter.value);
}

Parameter read_parameter(OctetReader& reader) {
  Parameter parameter;
  parameter.name = reader.text();
  parameter.value = reader.text();
  return parameter;
}

void write(OctetWriter& writer, const std::vector<Address>& addresses) {
  writer.list(addresses, [&](const Address& address) {
    writer.number(static_cast<std::uint32_t>(address.kind));
    writer.text(address.display_name);
    writer.text(address.route);
    writer.text(address.local_part);
    writer.text(address.domain);
  });
}

std::vector<Address> read_addresses(OctetReader& reader) {
  std::vector<Address> addresses;
  reader.list(addresses, 20, addresses_max, [&] {
    Address address;
    address.kind = static_cast<AddressKind>(
        reader.number(static_cast<std::uint32_t>(AddressKind::group_end)));
    address.display_name = reader.text();
    address.route = reader.text();
    address.local_part = reader.text();
    address.domain = reader.text();
    return address;
  });
  return addresses;
}

void write(OctetWriter& writer, const Envelope& envelope) {
  writer.optional_text(envelope.date);
  writer.optional_text(envelope.subject);
  write(writer, envelope.from);
  write(writer, envelope.sender);
  write(writer, envelope.reply_to);
  write(writer, envelope.to);
  write(writer, envelope.cc);
  write(writer, envelope.bcc);
  writer.optional_text(envelope.in_reply_to);
  writer.optional_text(envelope.message_id);
}

Envelope read_envelope(OctetReader& reader) {
  Envelope envelope;
  envelope.date = reader.optional_text();
  envelope.subject = reader.optional_text();
  envelope.from = read_addresses(reader);
  envelope.sender = read_addresses(reader);
  envelope.reply_to = read_addresses(reader);
  envelope.to = read_addresses(reader);
  envelope.cc = read_addresses(reader);
  envelope.bcc = read_addresses(reader);
  envelope.in_reply_to = reader.optional_text();
  envelope.message_id = reader.optional_text();
  return envelope;
}

void write(OctetWriter& writer, const Part& part) {
  writer.number(static_cast<std::uint32_t>(part.kind));
  writer.number(part.problems);
  for (const std::uint32_t number :
       {part.parent, part.first_child, part.next_sibling, part.header_begin,
        part.body_begin, part.body_end, part.body_lines}) {
    writer.number(number);
  }
  const auto each = [&](const Parameter& it) { write(writer, it); };
  writer.text(part.content_type.type);
  writer.text(part.content_type.subtype);
  writer.list(part.content_type.parameters, each);
  writer.number(static_cast<std::uint32_t>(part.encoding));
  writer.text(part.encoding_name);
  writer.optional_text(part.id);
  writer.optional_text(part.description);
  writer.optional_text(part.md5);
  writer.optional_text(part.location);
  writer.number(part.disposition ? 1 : 0);
  if (part.disposition) {
    writer.text(part.disposition->type);
    writer.list(part.disposition->parameters, each);
  }
  writer.list(part.languages, [&](const std::string& it) { writer.text(it); });
}

Part read_part(OctetReader& reader) {
  Part part;
  part.kind = static_cast<PartKind>(
      reader.number(static_cast<std::uint32_t>(PartKind::message)));
  part.problems = static_cast<std::uint16_t>(reader.number(0xFFFF));
  for (std::uint32_t* const number :
       {&part.parent, &part.first_child, &part.next_sibling, &part.header_begin,
        &part.body_begin, &part.body_end, &part.body_lines}) {
    *number = reader.number();
  }
  const auto each = [&] { return read_parameter(reader); };
  part.content_type.type = reader.text();
  part.content_type.subtype = reader.text();
  reader.list(part.content_type.parameters, 8, parameters_max, each);
  part.encoding = static_cast<TransferEncoding>(
      reader.number(static_cast<std::uint32_t>(TransferEncoding::unknown)));
  part.encoding_name = reader.text();
  part.id = reader.optional_text();
  part.description = reader.optional_text();
  part.md5 = reader.optional_text();
  part.location = reader.optional_text();
  if (reader.number(1) == 1) {
    Disposition& disposition = part.disposition.emplace();
    disposition.type = reader.text();
    reader.list(disposition.parameters, 8, parameters_max, each);
  }
  reader.list(part.languages, 4, parameters_max, [&] { return reader.text(); });
  return part;
}

// Whoever walks the tree relies on this: parents stand before their children,
// siblings in their order, each part once.
bool is_tree(const std::vector<Part>& parts) {
  std::vector<std::uint32_t> last_child(parts.size(), no_part);
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    if ((i == 0) != (part.parent == no_part)) return false;
    if (part.header_begin > part.body_begin) return false;
    if (part.body_begin > part.body_end) return false;
    if (part.kind == PartKind::message && part.first_child != i + 1) {
      return false;
    }
    if (i == 0) continue;
    if (part.parent >= i || parts[part.parent].kind == PartKind::leaf) {
      return false;
    }
    std::uint32_t& last = last_child[part.parent];
    const std::uint32_t link = last == no_part ? parts[part.parent].first_child
                                               : parts[last].next_sibling;
    if (link != i) return false;
    if (last != no_part && parts[part.parent].kind == PartKind::message) {
      return false;
    }
    last = i;
  }
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    const std::uint32_t last = last_child[i];
    if (last == no_part && parts[i].first_child != no_part) return false;
    if (last != no_part && parts[last].next_sibling != no_part) return false;
  }
  return !parts.empty() && parts.front().next_sibling == no_part;
}

// Each message in the message has its envelope, and nothing else has.
bool has_envelopes(const Summary& summary) {
  std::size_t at = 0;
  for (const Part& part : summary.structure.parts) {
    if (part.kind != PartKind::message) continue;
    if (at == summary.nested.size()) return false;
    if (summary.nested[at].first != part.first_child) return false;
    ++at;
  }
  return at == summary.nested.size();
}

}  // namespace

std::string write_octets(const Summary& summary) {
  OctetWriter writer;
  writer.number(summary.octets);
  writer.number(summary.line_end_octets_to_add);
  write(writer, summary.envelope);
  writer.list(summary.structure.parts,
              [&](const Part& part) { write(writer, part); });
  writer.list(summary.nested, [&](const auto& pair) {
    writer.number(pair.first);
    write(writer, pair.second);
  });
  return std::move(writer.octets_);
}

std::expected<Summary, SummaryError> read_octets(Octets octets) {
  if (octets.empty() || octets.size() > summary_octets_max) {
    return std::unexpected(SummaryError::outside_grammar);
  }
  if (octets.front() != version) {
    return std::unexpected(SummaryError::other_version);
  }
  OctetReader reader{octets.subspan(1)};
  Summary summary;
  summary.octets = reader.number();
  summary.line_end_octets_to_add = reader.number();
  summary.envelope = read_envelope(reader);
  reader.list(summary.structure.parts, 60, parts_max,
              [&] { return read_part(reader); });
  reader.list(summary.nested, 44, parts_max, [&] {
    const std::uint32_t index = reader.number();
    return std::pair{index, read_envelope(reader)};
  });
  if (!reader.ended_well() || !is_tree(summary.structure.parts) ||
      !has_envelopes(summary)) {
    return std::unexpected(SummaryError::outside_grammar);
  }
  return summary;
}

}  // namespace postkeep::message
