// Messages of the DNS, built as a test wants them, wrong ones too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/dns.h"
#include "base/octets.h"
#include "dns/query.h"
#include "dns/wire.h"

namespace postkeep::dns {

inline DnsName named(std::string_view text) {
  return DnsName::read(text).value_or(DnsName());
}

inline constexpr std::uint16_t flags_answer = 0x8180;  // QR, RD, RA.
inline constexpr std::uint16_t flags_authentic = 0x81A0;
inline constexpr std::uint16_t flags_truncated = 0x8380;
inline constexpr std::uint16_t flags_no_name = 0x8183;
inline constexpr std::uint16_t flags_server_failed = 0x8182;
inline constexpr std::uint16_t flags_refused = 0x8185;

inline constexpr std::uint16_t type_ns = 2;
inline constexpr std::uint16_t type_cname = 5;
inline constexpr std::uint16_t type_soa = 6;
inline constexpr std::uint16_t type_opt = 41;

class MessageBuilder {
 public:
  // The head, and the question of which this is the answer.
  MessageBuilder(std::uint16_t id, std::uint16_t flags,
                 const DnsQuestion& question) {
    put16(id).put16(flags).put16(1).put16(0).put16(0).put16(0);
    put_name(question.name.text());
    put16(number_of(question.type)).put16(1);
  }

  MessageBuilder& put8(std::uint8_t value) {
    octets_.push_back(value);
    return *this;
  }
  MessageBuilder& put16(std::uint16_t value) {
    return put8(static_cast<std::uint8_t>(value >> 8))
        .put8(static_cast<std::uint8_t>(value & 0xFF));
  }
  MessageBuilder& put32(std::uint32_t value) {
    return put16(static_cast<std::uint16_t>(value >> 16))
        .put16(static_cast<std::uint16_t>(value & 0xFFFF));
  }
  MessageBuilder& put_name(std::string_view text) {
    write_name(octets_, named(text));
    return *this;
  }
  MessageBuilder& put_octets(Octets octets) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    return *this;
  }
  // The octets of a record's data alone.
  static std::vector<Octet> data_of_name(std::string_view text) {
    std::vector<Octet> data;
    write_name(data, named(text));
    return data;
  }

  // A record of class IN; `section` 6 answer, 8 authority, 10 additional: where
  // its count stands.
  MessageBuilder& record(std::size_t section, std::string_view owner,
                         std::uint16_t type, std::uint32_t ttl, Octets data) {
    put_name(owner).put16(type).put16(1).put32(ttl);
    put16(static_cast<std::uint16_t>(data.size())).put_octets(data);
    const unsigned count = octets_[section] * 256U + octets_[section + 1] + 1;
    octets_[section] = static_cast<Octet>(count >> 8);
    octets_[section + 1] = static_cast<Octet>(count & 0xFF);
    return *this;
  }
  MessageBuilder& answer(std::string_view owner, DnsType type,
                         std::uint32_t ttl, std::vector<Octet> data) {
    return record(6, owner, number_of(type), ttl, data);
  }
  MessageBuilder& cname(std::string_view owner, std::string_view to,
                        std::uint32_t ttl = 300) {
    return record(6, owner, type_cname, ttl, data_of_name(to));
  }
  MessageBuilder& soa(std::string_view zone, std::uint32_t ttl,
                      std::uint32_t minimum) {
    std::vector<Octet> data = data_of_name("ns.example.org");
    write_name(data, named("hostmaster.example.org"));
    for (int i = 0; i < 16; ++i) data.push_back(0);
    for (const int shift : {24, 16, 8, 0}) {
      data.push_back(static_cast<Octet>(minimum >> shift & 0xFF));
    }
    return record(8, zone, type_soa, ttl, data);
  }

  // What stands at an offset, for wrong counts and pointers.
  MessageBuilder& set(std::size_t at, std::uint8_t value) {
    octets_.at(at) = value;
    return *this;
  }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  [[nodiscard]] const std::vector<Octet>& octets() const { return octets_; }

 private:
  std::vector<Octet> octets_;
};

// The octets of an MX record's data.
inline std::vector<Octet> mx_data(std::uint16_t preference,
                                  std::string_view host) {
  std::vector<Octet> data{static_cast<Octet>(preference >> 8),
                          static_cast<Octet>(preference & 0xFF)};
  write_name(data, named(host));
  return data;
}

inline std::vector<Octet> txt_data(
    std::initializer_list<std::string_view> strings) {
  std::vector<Octet> data;
  for (const std::string_view one : strings) {
    data.push_back(static_cast<Octet>(one.size()));
    for (const char c : one) data.push_back(static_cast<Octet>(c));
  }
  return data;
}

// A whole answer that says what `answer` says, as a resolver would write it.
inline std::vector<Octet> message_of(std::uint16_t id,
                                     const DnsQuestion& question,
                                     const DnsAnswer& answer) {
  std::uint16_t flags =
      answer.verdict == DnsVerdict::no_name ? flags_no_name : flags_answer;
  if (answer.authenticated) flags |= 0x0020;
  MessageBuilder message(id, flags, question);
  const std::uint32_t ttl = answer.ttl_seconds;
  const std::string owner{answer.canonical.text()};
  if (answer.canonical != question.name) {
    message.cname(question.name.text(), owner, ttl);
  }
  const auto put = [&](std::vector<Octet> data) {
    message.answer(owner, question.type, ttl, std::move(data));
  };
  for (const auto& one : answer.a) put({one.begin(), one.end()});
  for (const auto& one : answer.aaaa) put({one.begin(), one.end()});
  for (const auto& one : answer.mx) {
    put(mx_data(one.preference, one.exchange.text()));
  }
  for (const auto& one : answer.txt) {
    std::vector<Octet> data;
    std::string_view rest = one;
    do {
      const std::string_view part = rest.substr(0, 255);
      data.push_back(static_cast<Octet>(part.size()));
      for (const char c : part) data.push_back(static_cast<Octet>(c));
      rest.remove_prefix(part.size());
    } while (!rest.empty());
    put(std::move(data));
  }
  for (const auto& one : answer.names) {
    put(MessageBuilder::data_of_name(one.text()));
  }
  for (const auto& one : answer.tlsa) {
    std::vector<Octet> data{one.usage, one.selector, one.matching_type};
    data.insert(data.end(), one.data.begin(), one.data.end());
    put(std::move(data));
  }
  if (answer.verdict != DnsVerdict::found) message.soa(".", ttl, ttl);
  return message.octets();
}

}  // namespace postkeep::dns
