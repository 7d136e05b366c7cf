// Addresses, and networks of them, as the operator writes them (RFC 4632
// section 3.1, RFC 4291 section 2.3).
//
// Here:      AddressPrefix, read_address_prefix().
// Not here:  what kinds of addresses there are (route/address.h).
// Laws:      tests/config/address_prefix_test.cc; fuzz/config_reader_fuzz.cc.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::config {

struct AddressPrefix {
  bool is_v6 = false;
  std::array<Octet, 16> octets{};  // Of IPv4 the first four.
  std::uint8_t bits = 0;           // Of an address alone: all of them.
  bool operator==(const AddressPrefix&) const = default;
};

// "192.0.2.1", "10.0.0.0/8", "2001:db8::/32", with no bit set behind the
// prefix: else it is not known which of the two was meant.
[[nodiscard]] std::expected<AddressPrefix, std::string> read_address_prefix(
    std::string_view text);

}  // namespace postkeep::config
