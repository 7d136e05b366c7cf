#include "dns/query.h"

#include "dns/wire.h"

namespace postkeep::dns {
namespace {

constexpr std::uint16_t flag_recursion_desired = 0x0100;
constexpr std::uint16_t flag_authentic_data = 0x0020;
constexpr std::uint16_t flag_checking_disabled = 0x0010;
constexpr std::uint16_t class_in = 1;
constexpr std::uint16_t type_opt = 41;
constexpr std::uint16_t edns_flag_do = 0x8000;

void put(std::vector<Octet>& out, std::uint16_t value) {
  out.push_back(static_cast<Octet>(value >> 8));
  out.push_back(static_cast<Octet>(value & 0xFF));
}

}  // namespace

std::uint16_t number_of(DnsType type) {
  switch (type) {
    case DnsType::a: return 1;
    case DnsType::aaaa: return 28;
    case DnsType::mx: return 15;
    case DnsType::txt: return 16;
    case DnsType::ptr: return 12;
    case DnsType::tlsa: return 52;
    case DnsType::cname: break;
  }
  return 5;
}

std::vector<Octet> write_query(const DnsQuestion& question, std::uint16_t id,
                               QueryFlags flags) {
  std::vector<Octet> out;
  put(out, id);
  put(out, static_cast<std::uint16_t>(
               flag_recursion_desired | flag_authentic_data |
               (flags.checking_disabled ? flag_checking_disabled : 0)));
  put(out, 1);  // Questions.
  put(out, 0);
  put(out, 0);
  put(out, 1);  // Additional records: OPT, which comes last.
  write_name(out, question.name);
  put(out, number_of(question.type));
  put(out, class_in);
  // RFC 6891 section 6.1.2. The size of this record, 11 octets, is known to
  // the exchange, which drops it for resolvers that do not know it.
  out.push_back(0);
  put(out, type_opt);
  put(out, udp_octets_max);
  put(out, 0);  // Extended code, version.
  put(out, question.type == DnsType::tlsa ? edns_flag_do : 0);
  put(out, 0);  // No options.
  return out;
}

}  // namespace postkeep::dns
