#include "dns/wire.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace postkeep::dns {
namespace {

// The two upper bits of a label's first octet (RFC 1035 section 4.1.4).
constexpr std::uint8_t kind_bits = 0xC0;
constexpr std::uint8_t kind_pointer = 0xC0;
constexpr std::uint8_t kind_label = 0x00;

}  // namespace

std::uint32_t WireReader::number(std::size_t octets) {
  std::uint32_t value = 0;
  for (const Octet octet : take(octets)) value = value << 8 | octet;
  return value;
}

Octets WireReader::take(std::size_t octets) {
  if (!ok_ || at_ > message_.size() || octets > message_.size() - at_) {
    ok_ = false;
    return {};
  }
  const Octets part = message_.subspan(at_, octets);
  at_ += octets;
  return part;
}

WireName WireReader::lost() {
  ok_ = false;
  return {};
}

WireName WireReader::name() {
  std::string text;
  bool is_name = true;
  std::size_t wire_octets = 0;
  std::size_t pointers = 0;
  std::size_t lowest = at_;
  std::optional<std::size_t> after;  // Where reading goes on behind the name.
  for (;;) {
    const std::uint8_t first = u8();
    if (!ok_) return {};
    if ((first & kind_bits) == kind_pointer) {
      const std::size_t to = (first & 0x3FU) << 8 | u8();
      if (!ok_ || to >= lowest || ++pointers > name_pointers_max) return lost();
      if (!after) after = at_;
      lowest = to;
      at_ = to;
      continue;
    }
    if ((first & kind_bits) != kind_label) return lost();
    wire_octets += 1 + first;
    if (wire_octets > wire_name_octets_max) return lost();
    if (first == 0) break;
    if (!text.empty()) text += '.';
    for (const Octet octet : take(first)) {
      // A dot within a label would part it in the text: no name of ours.
      is_name = is_name && octet != '.';
      text += static_cast<char>(octet);
    }
    if (!ok_) return {};
  }
  if (after) at_ = *after;
  if (!is_name) return {};
  return {text.empty() ? DnsName{} : DnsName::read(text)};
}

void write_name(std::vector<Octet>& out, const DnsName& name) {
  std::string_view rest = name.is_root() ? std::string_view() : name.text();
  while (!rest.empty()) {
    const std::size_t octets = std::min(rest.find('.'), rest.size());
    out.push_back(static_cast<Octet>(octets));
    for (const char c : rest.substr(0, octets)) {
      out.push_back(static_cast<Octet>(c));
    }
    rest.remove_prefix(std::min(octets + 1, rest.size()));
  }
  out.push_back(0);
}

}  // namespace postkeep::dns
