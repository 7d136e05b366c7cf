#include "route/address.h"

#include <algorithm>

#include "base/check.h"

namespace postkeep::route {
namespace {

struct KindOfPrefix {
  std::array<Octet, 4> first;
  std::uint8_t bits;
  AddressKind kind;
};

// IANA's registry of special-purpose addresses; the longest prefix is first
// where two of them overlap.
constexpr KindOfPrefix v4_kinds[] = {
    {{0, 0, 0, 0}, 8, AddressKind::unspecified},
    {{10, 0, 0, 0}, 8, AddressKind::private_use},
    {{100, 64, 0, 0}, 10, AddressKind::shared},
    {{127, 0, 0, 0}, 8, AddressKind::loopback},
    {{169, 254, 0, 0}, 16, AddressKind::link_local},
    {{172, 16, 0, 0}, 12, AddressKind::private_use},
    {{192, 0, 0, 0}, 24, AddressKind::reserved},
    {{192, 0, 2, 0}, 24, AddressKind::documentation},
    {{192, 88, 99, 0}, 24, AddressKind::reserved},
    {{192, 168, 0, 0}, 16, AddressKind::private_use},
    {{198, 18, 0, 0}, 15, AddressKind::reserved},
    {{198, 51, 100, 0}, 24, AddressKind::documentation},
    {{203, 0, 113, 0}, 24, AddressKind::documentation},
    {{224, 0, 0, 0}, 4, AddressKind::multicast},
    {{255, 255, 255, 255}, 32, AddressKind::multicast},
    {{240, 0, 0, 0}, 4, AddressKind::reserved},
};

bool same_bits(Octets left, Octets right, unsigned bits) {
  if (bits > left.size() * 8 || left.size() != right.size()) return false;
  const unsigned whole = bits / 8;
  if (!std::ranges::equal(left.first(whole), right.first(whole))) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (left[whole] ^ right[whole]) >> (8 - rest) == 0;
}

AddressKind kind_of_v4(Octets octets) {
  for (const KindOfPrefix& each : v4_kinds) {
    if (same_bits(octets, each.first, each.bits)) return each.kind;
  }
  return AddressKind::global;
}

// The octets of `address` from `at` on, and nothing but zeros before.
bool only_zeros_before(Octets octets, std::size_t at) {
  return std::ranges::all_of(octets.first(at),
                             [](Octet octet) { return octet == 0; });
}

AddressKind kind_of_v6(Octets octets) {
  if (only_zeros_before(octets, 15)) {
    if (octets[15] == 0) return AddressKind::unspecified;
    if (octets[15] == 1) return AddressKind::loopback;
  }
  // ::/96 (of old) and ::ffff:0:0/96: IPv4 in other clothes.
  if (only_zeros_before(octets, 12)) return AddressKind::reserved;
  if (only_zeros_before(octets, 10) && octets[10] == 0xFF &&
      octets[11] == 0xFF) {
    return kind_of_v4(octets.last(4));
  }
  const std::array<Octet, 12> nat64{0x00, 0x64, 0xFF, 0x9B};
  if (std::ranges::equal(octets.first(12), nat64)) {
    return kind_of_v4(octets.last(4));  // RFC 6052.
  }
  if (octets[0] == 0x20 && octets[1] == 0x02) {
    return kind_of_v4(octets.subspan(2, 4));  // 6to4, RFC 3056.
  }
  if (octets[0] == 0xFF) return AddressKind::multicast;
  if (octets[0] == 0xFE && (octets[1] & 0xC0U) == 0x80) {
    return AddressKind::link_local;
  }
  if (octets[0] == 0xFE && (octets[1] & 0xC0U) == 0xC0) {
    return AddressKind::private_use;  // Site-local, of old.
  }
  if ((octets[0] & 0xFEU) == 0xFC) return AddressKind::private_use;
  const bool db8 = octets[0] == 0x20 && octets[1] == 0x01 &&
                   octets[2] == 0x0D && octets[3] == 0xB8;
  const bool new_documentation =
      octets[0] == 0x3F && octets[1] == 0xFF && (octets[2] & 0xF0U) == 0;
  if (db8 || new_documentation) return AddressKind::documentation;
  // 2001::/23: Teredo, benchmarks, ORCHID and other protocols.
  if (octets[0] == 0x20 && octets[1] == 0x01 && octets[2] < 2) {
    return AddressKind::reserved;
  }
  // Nothing but 2000::/3 was ever given out.
  return (octets[0] & 0xE0U) == 0x20 ? AddressKind::global
                                     : AddressKind::reserved;
}

std::string hex(unsigned group) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = group >> static_cast<unsigned>(shift) & 15U;
    if (digit != 0 || !text.empty() || shift == 0) text += digits[digit];
  }
  return text;
}

// RFC 5952 section 4: the longest run of two zero groups or more is "::", the
// first of those that are equally long.
std::string write_v6(Octets octets) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = octets[2 * i] * 256U + octets[2 * i + 1];
  }
  std::size_t run_at = 8;
  std::size_t run = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > run) {
      run = end - i;
      run_at = i;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == run_at) {
      text += "::";
      i += run - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += hex(groups[i]);
  }
  return text;
}

}  // namespace

IpAddress IpAddress::v4(const std::array<Octet, 4>& octets) {
  IpAddress address;
  std::ranges::copy(octets, address.octets_.begin());
  return address;
}

IpAddress IpAddress::v6(const std::array<Octet, 16>& octets) {
  IpAddress address;
  address.is_v6_ = true;
  address.octets_ = octets;
  return address;
}

std::string write(const IpAddress& address) {
  const Octets octets = address.octets();
  if (address.is_v6()) return write_v6(octets);
  std::string text;
  for (const Octet octet : octets) {
    if (!text.empty()) text += '.';
    text += std::to_string(octet);
  }
  return text;
}

AddressKind kind_of(const IpAddress& address) {
  return address.is_v6() ? kind_of_v6(address.octets())
                         : kind_of_v4(address.octets());
}

bool AddressPrefix::contains(const IpAddress& other) const {
  return same_bits(address.octets(), other.octets(), bits);
}

std::string_view name(AddressKind kind) {
  switch (kind) {
    case AddressKind::global: return "global";
    case AddressKind::unspecified: return "unspecified";
    case AddressKind::loopback: return "loopback";
    case AddressKind::private_use: return "private_use";
    case AddressKind::link_local: return "link_local";
    case AddressKind::shared: return "shared";
    case AddressKind::documentation: return "documentation";
    case AddressKind::multicast: return "multicast";
    case AddressKind::reserved: return "reserved";
  }
  check_failed("AddressKind holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::route
