// Questions and answers as people write and read them.
//
// Here:      read_question(), write_answer(), reverse_name().
// Not here:  names (base/dns_name.h), octets of the DNS (dns/answer.h).
// Laws:      tests/dns/text_test.cc: whatever records hold, what is written is
//            lines of printable ASCII.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/dns.h"

namespace postkeep::dns {

// "example.org" and "MX", in any case. For PTR an address stands for its name
// below in-addr.arpa or ip6.arpa.
[[nodiscard]] std::optional<DnsQuestion> read_question(std::string_view name,
                                                       std::string_view type);

// The name that has the PTR records of an address (RFC 1035 section 3.5, RFC
// 3596 section 2.5), or nullopt when `address` is none.
[[nodiscard]] std::optional<DnsName> reverse_name(const std::string& address);

// What write_answer() writes at most: 4,096 names alone would be more than a
// message between roles holds.
inline constexpr std::size_t answer_text_octets_max = 512 * 1024;

// What is to be known of an answer, and then the records, as zone files have
// them (RFC 1035 section 5.1). What is too much is left out, and told.
[[nodiscard]] std::string write_answer(const DnsQuestion& question,
                                       const DnsAnswer& answer);

}  // namespace postkeep::dns
