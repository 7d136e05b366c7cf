// Whom to ask for names: the operator's resolvers, or the system's.
//
// Here:      read_resolver(), read_resolv_conf(), resolvers_of().
// Not here:  the settings (config/settings.h), asking (dns/resolver.h).
// Grammar:   "ADDRESS", "IPv4:PORT", "[IPv6]:PORT"; resolv.conf(5).
// Laws:      tests/config/resolvers_test.cc; fuzz/config_reader_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace postkeep::config {

inline constexpr std::size_t resolvers_max = 8;
inline constexpr std::uint16_t resolver_port = 53;  // RFC 1035 section 4.2.
// A file that is larger is no resolv.conf.
inline constexpr std::size_t resolv_conf_octets_max = 64 * 1024;

struct ResolverAddress {
  std::string address;  // IPv4 or IPv6, without brackets.
  std::uint16_t port = resolver_port;
  auto operator<=>(const ResolverAddress&) const = default;
};

[[nodiscard]] std::expected<ResolverAddress, std::string> read_resolver(
    std::string_view text);

// Its lines "nameserver ADDRESS"; others, and addresses with a zone (fe80::1%
// eth0), are passed over. The first resolvers_max of them.
[[nodiscard]] std::vector<ResolverAddress> read_resolv_conf(
    std::string_view text);

// "127.0.0.1:53", "[::1]:53": what read_resolver() takes.
[[nodiscard]] std::string write(const ResolverAddress& resolver);

// Those of `dns`, or of `resolv_conf` where it names none.
[[nodiscard]] std::vector<ResolverAddress> resolvers_of(
    const DnsSettings& dns, std::string_view resolv_conf);

}  // namespace postkeep::config
