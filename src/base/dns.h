// The port of the DNS: a question by name and type, an answer as records that
// were looked at.
//
// Here:      Dns, DnsQuestion, DnsAnswer and its records.
// Not here:  names (base/dns_name.h), octets of the DNS (dns/), the role that
//            asks (role/dns.h), a simulated DNS (tests/sim/sim_dns.h).
// Laws:      each question is answered exactly once, from the loop and never
//            inside ask(); records of one type only, the one asked for; what
//            an answer says of its owner is said of `canonical`.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dns_name.h"
#include "base/octets.h"

namespace postkeep {

// A CNAME leads on at most so often (RFC 1034 section 3.6.2 sets no number).
inline constexpr std::size_t dns_chain_max = 8;
// What one answer can hold at most: 65,535 octets (RFC 1035 section 4.2.2) of
// records that take 16 each with a compressed owner.
inline constexpr std::size_t dns_records_max = 4096;

enum class DnsType : std::uint8_t { a, aaaa, mx, txt, ptr, tlsa, cname };

struct DnsQuestion {
  DnsName name;
  DnsType type = DnsType::a;
  auto operator<=>(const DnsQuestion&) const = default;
};

enum class DnsVerdict : std::uint8_t {
  found,    // There are records, at least one.
  no_data,  // The name is there, without records of that type.
  no_name,  // The name is not there (NXDOMAIN).
  // It could not be found out, perhaps for now only. Never to be taken for
  // no_data or no_name: mail waits.
  trouble,
  // A trusted resolver has the answer and says that its signatures are wrong:
  // as trouble, but somebody may be lying.
  bogus,
};

// Why there is trouble.
enum class DnsTrouble : std::uint8_t {
  none,
  no_resolver,    // None is configured.
  timed_out,      // No resolver answered in time.
  unreachable,    // The network does not lead to any resolver.
  server_failed,  // SERVFAIL, or any other code that is no answer.
  refused,        // REFUSED by every resolver.
  malformed,      // What came back is not an answer to the question.
  chain,          // CNAMEs in a loop, or more than dns_chain_max of them.
  busy,           // Too many questions under way.
  stopped,        // The role that asks is ending, or has not come back in time.
};

struct DnsMx {
  std::uint16_t preference = 0;
  DnsName exchange;  // The root for a null MX (RFC 7505), else a host's name.
  bool operator==(const DnsMx&) const = default;
};

// RFC 6698 section 2.1. Octets as they came: values without a meaning are the
// asker's to pass over.
struct DnsTlsa {
  std::uint8_t usage = 0;
  std::uint8_t selector = 0;
  std::uint8_t matching_type = 0;
  std::vector<Octet> data;
  bool operator==(const DnsTlsa&) const = default;
};

struct DnsAnswer {
  DnsVerdict verdict = DnsVerdict::trouble;
  DnsTrouble trouble = DnsTrouble::none;
  // Vouched for by a resolver that the operator trusts (AD, RFC 4035 section
  // 3.2.3), every CNAME on the way included. Denials can be vouched for, too.
  bool authenticated = false;
  bool from_cache = false;
  // For how long this may be believed: the smallest of all records used, from
  // now on. Of a denial: RFC 2308 section 5. Of trouble: 0.
  std::uint32_t ttl_seconds = 0;
  // The name after all CNAMEs: the asker's own where there are none.
  DnsName canonical;

  // Of these exactly the ones asked for, in the order in which they came.
  std::vector<std::array<Octet, 4>> a;
  std::vector<std::array<Octet, 16>> aaaa;
  std::vector<DnsMx> mx;
  std::vector<std::string> txt;  // The strings of a record in one (RFC 7208,
                                 // section 3.3).
  std::vector<DnsName> names;    // PTR: hosts; CNAME: where it leads.
  std::vector<DnsTlsa> tlsa;

  [[nodiscard]] std::size_t records() const {
    return a.size() + aaaa.size() + mx.size() + txt.size() + names.size() +
           tlsa.size();
  }
  bool operator==(const DnsAnswer&) const = default;
};

enum class DnsTicket : std::uint64_t { none = 0 };

class Dns {
 public:
  using Answered = std::function<void(const DnsAnswer& answer)>;

  // Calls `answered` once, within the operator's deadline, whatever happens.
  virtual DnsTicket ask(const DnsQuestion& question, Answered answered) = 0;
  // The answer is no longer wanted: `answered` is not called. A question that
  // was answered, or `none`, is no error.
  virtual void forget(DnsTicket ticket) = 0;

 protected:
  ~Dns() = default;
};

[[nodiscard]] constexpr std::string_view name(DnsType type) {
  switch (type) {
    case DnsType::a: return "A";
    case DnsType::aaaa: return "AAAA";
    case DnsType::mx: return "MX";
    case DnsType::txt: return "TXT";
    case DnsType::ptr: return "PTR";
    case DnsType::tlsa: return "TLSA";
    case DnsType::cname: break;
  }
  return "CNAME";
}

[[nodiscard]] constexpr std::string_view name(DnsVerdict verdict) {
  switch (verdict) {
    case DnsVerdict::found: return "found";
    case DnsVerdict::no_data: return "no_data";
    case DnsVerdict::no_name: return "no_name";
    case DnsVerdict::bogus: return "bogus";
    case DnsVerdict::trouble: break;
  }
  return "trouble";
}

[[nodiscard]] constexpr std::string_view name(DnsTrouble trouble) {
  switch (trouble) {
    case DnsTrouble::none: return "none";
    case DnsTrouble::no_resolver: return "no_resolver";
    case DnsTrouble::timed_out: return "timed_out";
    case DnsTrouble::unreachable: return "unreachable";
    case DnsTrouble::server_failed: return "server_failed";
    case DnsTrouble::refused: return "refused";
    case DnsTrouble::malformed: return "malformed";
    case DnsTrouble::chain: return "chain";
    case DnsTrouble::busy: return "busy";
    case DnsTrouble::stopped: break;
  }
  return "stopped";
}

}  // namespace postkeep
