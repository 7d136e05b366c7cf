#include "dns/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/octets.h"

namespace postkeep::dns {
namespace {

constexpr std::array types{DnsType::a,    DnsType::aaaa, DnsType::mx,
                           DnsType::txt,  DnsType::ptr,  DnsType::tlsa,
                           DnsType::cname};
// Of blanks and line ends, and of the line that tells what was left out.
constexpr std::size_t line_room = 64;
constexpr std::string_view digits = "0123456789abcdef";

bool is_same_word(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? a - 32 : a) == b;
  });
}

std::string hex(Octets octets) {
  std::string text;
  for (const Octet octet : octets) {
    text += digits[octet >> 4];
    text += digits[octet & 15];
  }
  return text;
}

template <typename Address>
std::string address_text(int family, const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> room{};
  const char* const text =
      inet_ntop(family, address.data(), room.data(), room.size());
  return text == nullptr ? std::string() : std::string(text);
}

// In quotes, with \DDD for what is not printable (RFC 1035 section 5.1).
std::string quoted(std::string_view text) {
  std::string line = "\"";
  for (const char c : text) {
    const auto octet = static_cast<Octet>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (octet >= ' ' && octet <= '~') {
      line += c;
    } else {
      line += '\\';
      line += digits[octet / 100];
      line += digits[octet / 10 % 10];
      line += digits[octet % 10];
    }
  }
  return line + "\"";
}

void append_records(std::string& text, const DnsAnswer& answer) {
  std::size_t left_out = 0;
  const auto line = [&](const std::string& record) {
    if (text.size() + record.size() + line_room > answer_text_octets_max) {
      left_out += 1;
    } else {
      text += "  " + record + "\n";
    }
  };
  for (const auto& one : answer.a) line(address_text(AF_INET, one));
  for (const auto& one : answer.aaaa) line(address_text(AF_INET6, one));
  for (const DnsMx& one : answer.mx) {
    line(std::to_string(one.preference) + " " +
         std::string(one.exchange.text()));
  }
  for (const std::string& one : answer.txt) line(quoted(one));
  for (const DnsName& one : answer.names) line(std::string(one.text()));
  for (const DnsTlsa& one : answer.tlsa) {
    line(std::to_string(one.usage) + " " + std::to_string(one.selector) + " " +
         std::to_string(one.matching_type) + " " + hex(one.data));
  }
  if (left_out != 0) text += "and " + std::to_string(left_out) + " more\n";
}

}  // namespace

std::optional<DnsName> reverse_name(const std::string& address) {
  std::array<Octet, 16> octets{};
  std::string text;
  if (inet_pton(AF_INET, address.c_str(), octets.data()) == 1) {
    for (std::size_t i = 4; i-- > 0;) text += std::to_string(octets[i]) + ".";
    return DnsName::read(text + "in-addr.arpa");
  }
  if (inet_pton(AF_INET6, address.c_str(), octets.data()) != 1) {
    return std::nullopt;
  }
  for (std::size_t i = octets.size(); i-- > 0;) {
    text += digits[octets[i] & 15];
    text += '.';
    text += digits[octets[i] >> 4];
    text += '.';
  }
  return DnsName::read(text + "ip6.arpa");
}

std::optional<DnsQuestion> read_question(std::string_view name,
                                         std::string_view type) {
  const auto wanted = std::ranges::find_if(types, [&](DnsType one) {
    return is_same_word(type, postkeep::name(one));
  });
  if (wanted == types.end()) return std::nullopt;
  if (*wanted == DnsType::ptr) {
    if (auto reverse = reverse_name(std::string(name))) {
      return DnsQuestion{std::move(*reverse), *wanted};
    }
  }
  auto read = DnsName::read(name);
  if (!read) return std::nullopt;
  return DnsQuestion{std::move(*read), *wanted};
}

std::string write_answer(const DnsQuestion& question, const DnsAnswer& answer) {
  std::string text{question.name.text()};
  text += " " + std::string(name(question.type)) + ": ";
  switch (answer.verdict) {
    case DnsVerdict::found: text += "found"; break;
    case DnsVerdict::no_data: text += "no such record"; break;
    case DnsVerdict::no_name: text += "no such name"; break;
    case DnsVerdict::bogus:
      return text + "bogus: a trusted resolver has it, with wrong signatures\n";
    case DnsVerdict::trouble:
      return text + "trouble: " + std::string(name(answer.trouble)) + "\n";
  }
  text += ", for " + std::to_string(answer.ttl_seconds) + " s, " +
          (answer.authenticated ? "authenticated" : "not authenticated") +
          (answer.from_cache ? ", from the cache\n" : ", from a resolver\n");
  if (answer.canonical != question.name) {
    text += "canonical name " + std::string(answer.canonical.text()) + "\n";
  }
  append_records(text, answer);
  return text;
}

}  // namespace postkeep::dns
