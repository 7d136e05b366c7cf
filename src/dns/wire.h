// The octets of the DNS: integers, and names with their compression
// (RFC 1035 sections 3.1 and 4.1.4).
//
// Here:      WireReader, write_name().
// Not here:  what a message says (dns/answer.h), names as text
//            (base/dns_name.h).
// Laws:      tests/dns/answer_test.cc, proptests/dns/answer_laws.h: whatever
//            the octets, reading ends, within them, and in bounded time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/dns_name.h"
#include "base/octets.h"

namespace postkeep::dns {

// RFC 1035 section 3.1: 255 octets, lengths included.
inline constexpr std::size_t wire_name_octets_max = 255;
// A name of 255 octets has 127 labels at most; none needs more pointers.
inline constexpr std::size_t name_pointers_max = 127;

// A name as it came: `name` holds nothing when it is well formed, but has
// octets that no DnsName has.
struct WireName {
  std::optional<DnsName> name;
};

// Reads from the front of a message. After the first wrong octet ok() is false
// for good, and everything further reads as zero or empty.
class WireReader {
 public:
  explicit WireReader(Octets message, std::size_t at = 0)
      : message_(message), at_(at) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return number(4); }
  Octets take(std::size_t octets);
  // A name, compressed or not. Each pointer leads further to the front than
  // all before it ("a prior occurrence"): there are no loops.
  WireName name();

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ == message_.size(); }

 private:
  std::uint32_t number(std::size_t octets);
  WireName lost();

  Octets message_;
  std::size_t at_;
  bool ok_ = true;
};

// Appends `name` without compression.
void write_name(std::vector<Octet>& out, const DnsName& name);

}  // namespace postkeep::dns
