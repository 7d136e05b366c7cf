#include "config/resolvers.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "config/reader.h"

namespace postkeep::config {
namespace {

constexpr std::string_view blanks = " \t\r";

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> room{};
  return inet_pton(AF_INET, text.c_str(), room.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), room.data()) == 1;
}

// The next word of `line`, taken from its front; empty at its end.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

std::expected<ResolverAddress, std::string> read_resolver(
    std::string_view text) {
  ResolverAddress resolver{.address = std::string(text)};
  if (!is_address(resolver.address)) {
    const auto with_port = read_listen_address(text);
    if (with_port) {
      resolver = {with_port->host, with_port->port};
    }
    if (!with_port || !is_address(resolver.address)) {
      return std::unexpected("`" + std::string(text) +
                             "` is no resolver: write 127.0.0.1, "
                             "127.0.0.1:5353, ::1 or [::1]:5353");
    }
  }
  return resolver;
}

std::vector<ResolverAddress> read_resolv_conf(std::string_view text) {
  std::vector<ResolverAddress> resolvers;
  while (!text.empty() && resolvers.size() < resolvers_max) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (take_word(line) != "nameserver") continue;
    std::string address(take_word(line));
    if (is_address(address)) resolvers.push_back({std::move(address)});
  }
  return resolvers;
}

std::string write(const ResolverAddress& resolver) {
  const bool is_ipv6 = resolver.address.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + resolver.address + "]" : resolver.address) + ":" +
         std::to_string(resolver.port);
}

std::vector<ResolverAddress> resolvers_of(const DnsSettings& dns,
                                          std::string_view resolv_conf) {
  if (dns.resolvers.empty()) return read_resolv_conf(resolv_conf);
  std::vector<ResolverAddress> resolvers;
  for (const std::string& text : dns.resolvers) {
    // What cannot be read is refused with the file.
    if (auto one = read_resolver(text)) resolvers.push_back(std::move(*one));
  }
  return resolvers;
}

}  // namespace postkeep::config
