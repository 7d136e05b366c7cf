// Questions to a resolver as octets (RFC 1035 section 4.1, RFC 6891).
//
// Here:      write_query(), the numbers of types.
// Not here:  sending them (base/dns_exchange.h), answers (dns/answer.h).
// Laws:      proptests/dns/answer_laws.h: what is written has one question,
//            and is no answer.
#pragma once

#include <cstdint>
#include <vector>

#include "base/dns.h"
#include "base/octets.h"

namespace postkeep::dns {

// The UDP payload we can take (RFC 6891 section 6.2.5): what fits into a packet
// of IPv6's least MTU, so that no answer comes in fragments, which others can
// forge more easily. What is larger comes over TCP.
inline constexpr std::uint16_t udp_octets_max = 1232;

struct QueryFlags {
  // Do not validate (RFC 4035 section 3.2.2): tells signatures that are wrong
  // from a server that fails.
  bool checking_disabled = false;
};

// Numbers of the registry: RFC 1035 section 3.2.2, RFC 3596, RFC 6698.
[[nodiscard]] std::uint16_t number_of(DnsType type);

// Recursion is desired, and AD, as RFC 6840 section 5.7 has it, to be told of
// signatures without being sent them. TLSA is asked with DO (RFC 3225).
[[nodiscard]] std::vector<Octet> write_query(const DnsQuestion& question,
                                             std::uint16_t id,
                                             QueryFlags flags = {});

}  // namespace postkeep::dns
