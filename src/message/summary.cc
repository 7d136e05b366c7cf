#include "message/summary.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "message/header.h"
#include "message/line_ends.h"

namespace postkeep::message {
namespace {

std::optional<std::string> first_value(const Header& header,
                                       std::string_view name) {
  const Field* const field = find(header, name);
  if (field == nullptr) return std::nullopt;
  return unfold(field->value);
}

// RFC 5322 section 3.6 allows one field of each; where there are more, none of
// them is hidden.
std::vector<Address> all_addresses(const Header& header,
                                   std::string_view name) {
  std::vector<Address> addresses;
  for (const Field& field : header.fields) {
    if (!same_without_case(field.name, name)) continue;
    for (Address& address : recover_address_list(unfold(field.value))) {
      if (addresses.size() == addresses_max) return addresses;
      addresses.push_back(std::move(address));
    }
  }
  return addresses;
}

Envelope read_envelope(Octets block) {
  const Header header = read_header(block);
  Envelope envelope;
  envelope.date = first_value(header, "Date");
  envelope.subject = first_value(header, "Subject");
  envelope.from = all_addresses(header, "From");
  envelope.sender = all_addresses(header, "Sender");
  envelope.reply_to = all_addresses(header, "Reply-To");
  envelope.to = all_addresses(header, "To");
  envelope.cc = all_addresses(header, "Cc");
  envelope.bcc = all_addresses(header, "Bcc");
  envelope.in_reply_to = first_value(header, "In-Reply-To");
  envelope.message_id = first_value(header, "Message-ID");
  return envelope;
}

}  // namespace

const std::vector<Address>& shown_sender(const Envelope& it) {
  return it.sender.empty() ? it.from : it.sender;
}

const std::vector<Address>& shown_reply_to(const Envelope& it) {
  return it.reply_to.empty() ? it.from : it.reply_to;
}

const Envelope* envelope_of(const Summary& summary, std::uint32_t index) {
  if (index == 0) return &summary.envelope;
  const auto found = std::ranges::lower_bound(
      summary.nested, index, {}, [](const auto& pair) { return pair.first; });
  if (found == summary.nested.end() || found->first != index) return nullptr;
  return &found->second;
}

Summary read_summary(Octets message) {
  constexpr std::size_t octets_max = std::numeric_limits<std::uint32_t>::max();
  Summary summary;
  summary.octets =
      static_cast<std::uint32_t>(std::min(message.size(), octets_max));
  summary.line_end_octets_to_add = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(line_end_octets_to_add(message), octets_max));
  summary.structure = read_structure(message);
  const std::vector<Part>& parts = summary.structure.parts;
  summary.envelope = read_envelope(header_of(message, parts.front()));
  for (const Part& part : parts) {
    if (part.kind != PartKind::message) continue;
    const std::uint32_t child = part.first_child;
    summary.nested.emplace_back(
        child, read_envelope(header_of(message, parts[child])));
  }
  return summary;
}

std::string_view name(SummaryError error) {
  switch (error) {
    case SummaryError::other_version: return "other_version";
    case SummaryError::outside_grammar: return "outside_grammar";
  }
  check_failed("SummaryError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::message
