// Capabilities: what a server says in its answer to EHLO or LHLO (RFC 5321
// section 4.1.1.1).
//
// Here:      Capabilities, read_capabilities().
// Not here:  the reply's lines (smtp/reply.h); what we offer ourselves
//            (smtp/server_hello.cc).
// Grammar:   grammar/rfc5321_ehlo.rl, rule tolerated_ehlo_line.
// Laws:      proptests/smtp/capability_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "smtp/reply.h"

namespace postkeep::smtp {

// Of one server; more are passed over.
inline constexpr std::size_t auth_mechanisms_max = 32;
// Longer numbers of EHLO lines are read as this one.
inline constexpr std::uint64_t capability_number_max = UINT64_MAX;

struct Capabilities {
  bool pipelining = false;      // RFC 2920.
  bool chunking = false;        // RFC 3030.
  bool binarymime = false;      // RFC 3030.
  bool eight_bit_mime = false;  // RFC 6152.
  bool smtputf8 = false;        // RFC 6531.
  bool dsn = false;             // RFC 3461.
  bool starttls = false;        // RFC 3207.
  bool requiretls = false;      // RFC 8689.
  bool enhanced_codes = false;  // RFC 2034.
  bool mt_priority = false;     // RFC 6710.
  bool size = false;            // RFC 1870.
  bool deliver_by = false;      // RFC 2852.
  bool future_release = false;  // RFC 4865.
  // RFC 1870 section 4: 0 or nothing says that no fixed maximum is in force.
  std::optional<std::uint64_t> message_octets_max;
  // RFC 2852 section 2: the least that BY=...;R may ask for.
  std::optional<std::uint64_t> deliver_by_seconds_min;
  // RFC 4865 section 4: the longest that HOLDFOR may ask for.
  std::optional<std::uint64_t> hold_seconds_max;
  // RFC 9422.
  std::optional<std::uint64_t> recipients_max;
  std::optional<std::uint64_t> transactions_max;
  // RFC 4954, in upper case and in the server's order.
  std::vector<std::string> auth_mechanisms;

  bool operator==(const Capabilities&) const = default;
};

// The first line of `reply` names the server; each other one is an ehlo-line.
// One outside the grammar offers nothing, like one that nobody here knows: a
// server that writes "X-WHAT_EVER" is still worth talking to.
[[nodiscard]] Capabilities read_capabilities(const Reply& reply);

// Takes one line of an answer to EHLO apart.
class EhloLineReader {
 public:
  // The whole of `line`, without CRLF; false: outside the grammar.
  [[nodiscard]] bool read(std::string_view line);

  // In upper case.
  [[nodiscard]] const std::string& keyword() const { return keyword_; }
  [[nodiscard]] const std::vector<std::string>& parameters() const {
    return parameters_;
  }

 private:
  bool run(Octets line);  // smtp/capability.rl: the machine.

  // smtp/capability.cc: its actions.
  void keyword_octet(Octet octet);
  void parameter_start();
  void parameter_octet(Octet octet);

  std::string keyword_;
  std::vector<std::string> parameters_;
};

}  // namespace postkeep::smtp
