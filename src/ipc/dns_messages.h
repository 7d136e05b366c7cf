// Questions about names: a role that may not ask the network asks dns.
//
// Here:      DnsAsk, DnsReply, and turning them into what base/dns.h has.
// Not here:  the port (base/dns.h), octets of the DNS itself (dns/).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h; tests/ipc/dns_messages_test.cc: what
//            an answer says survives the way; what is no name is no answer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/dns.h"
#include "ipc/kind.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

// A record cannot be longer (RFC 1035 section 4.2.2).
inline constexpr std::size_t dns_data_octets_max = 65535;

struct DnsAsk {
  static constexpr Kind kind = Kind::dns_ask;

  std::uint64_t request = 0;
  std::string name;
  DnsType type = DnsType::a;

  template <class Wire>
  void fields(Wire& wire) {
    wire(request);
    wire(name, dns_name_octets_max);
    wire(type, DnsType::cname);
  }
};

struct DnsReplyMx {
  std::uint16_t preference = 0;
  std::string exchange;

  template <class Wire>
  void fields(Wire& wire) {
    wire(preference);
    wire(exchange, dns_name_octets_max);
  }
};

struct DnsReplyTlsa {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching_type = 0;
  std::vector<Octet> data;

  template <class Wire>
  void fields(Wire& wire) {
    wire(usage);
    wire(selector);
    wire(matching_type);
    wire(data, dns_data_octets_max);
  }
};

struct DnsReply {
  static constexpr Kind kind = Kind::dns_reply;

  std::uint64_t request = 0;
  DnsVerdict verdict = DnsVerdict::trouble;
  DnsTrouble trouble = DnsTrouble::none;
  bool authenticated = false;
  bool from_cache = false;
  std::uint32_t ttl_seconds = 0;
  std::string canonical;
  std::vector<std::array<Octet, 4>> a;
  std::vector<std::array<Octet, 16>> aaaa;
  std::vector<DnsReplyMx> mx;
  std::vector<std::string> txt;
  std::vector<std::string> names;
  std::vector<DnsReplyTlsa> tlsa;

  template <class Wire>
  void fields(Wire& wire) {
    wire(request);
    wire(verdict, DnsVerdict::bogus);
    wire(trouble, DnsTrouble::stopped);
    wire(authenticated);
    wire(from_cache);
    wire(ttl_seconds);
    wire(canonical, dns_name_octets_max);
    wire.arrays(a, dns_records_max);
    wire.arrays(aaaa, dns_records_max);
    wire.list(mx, dns_records_max);
    wire.texts(txt, dns_records_max, dns_data_octets_max);
    wire.texts(names, dns_records_max, dns_name_octets_max);
    wire.list(tlsa, dns_records_max);
  }
};

[[nodiscard]] inline DnsReply reply_of(std::uint64_t request,
                                       const DnsAnswer& answer) {
  DnsReply reply{.request = request,
                 .verdict = answer.verdict,
                 .trouble = answer.trouble,
                 .authenticated = answer.authenticated,
                 .from_cache = answer.from_cache,
                 .ttl_seconds = answer.ttl_seconds,
                 .canonical = std::string(answer.canonical.text()),
                 .a = answer.a,
                 .aaaa = answer.aaaa,
                 .mx = {},
                 .txt = answer.txt,
                 .names = {},
                 .tlsa = {}};
  for (const DnsMx& one : answer.mx) {
    reply.mx.push_back({one.preference, std::string(one.exchange.text())});
  }
  for (const DnsName& one : answer.names) {
    reply.names.emplace_back(one.text());
  }
  for (const DnsTlsa& one : answer.tlsa) {
    reply.tlsa.push_back(
        {one.usage, one.selector, one.matching_type, one.data});
  }
  return reply;
}

// nullopt: it holds a name that is none, so whoever sent it is not well.
[[nodiscard]] inline std::optional<DnsAnswer> answer_of(DnsReply reply) {
  DnsAnswer answer;
  const auto canonical = DnsName::read(reply.canonical);
  if (!canonical) return std::nullopt;
  answer.verdict = reply.verdict;
  answer.trouble = reply.trouble;
  answer.authenticated = reply.authenticated;
  answer.from_cache = reply.from_cache;
  answer.ttl_seconds = reply.ttl_seconds;
  answer.canonical = *canonical;
  answer.a = std::move(reply.a);
  answer.aaaa = std::move(reply.aaaa);
  answer.txt = std::move(reply.txt);
  for (const DnsReplyMx& one : reply.mx) {
    const auto exchange = DnsName::read(one.exchange);
    if (!exchange) return std::nullopt;
    answer.mx.push_back({one.preference, *exchange});
  }
  for (const std::string& one : reply.names) {
    const auto name = DnsName::read(one);
    if (!name) return std::nullopt;
    answer.names.push_back(*name);
  }
  for (DnsReplyTlsa& one : reply.tlsa) {
    answer.tlsa.push_back(
        {one.usage, one.selector, one.matching_type, std::move(one.data)});
  }
  return answer;
}

}  // namespace postkeep::ipc
