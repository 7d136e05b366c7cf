// Parameters of MAIL and RCPT (RFC 5321 section 4.1.2; 1870, 3030, 3461, 4954,
// 6152, 6531).
//
// Here:      MailParameters, RcptParameters and their readers.
// Not here:  which of them a session allows (smtp/server_mail.cc).
// Grammar:   grammar/rfc5321_command.rl, rules mail_parameter, rcpt_parameter.
// Laws:      proptests/smtp/command_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/path.h"

namespace postkeep::smtp {

// RFC 3461 section 4.2: "The entire ORCPT parameter MAY be up to 500
// characters in length", and section 4.4 allows ENVID 100.
inline constexpr std::size_t orcpt_octets_max = 500;
inline constexpr std::size_t envid_octets_max = 100;

enum class BodyType : std::uint8_t { seven_bit, eight_bit_mime, binary_mime };
enum class Ret : std::uint8_t { not_said, full, headers };

// Bits, as RFC 3461 section 4.1 lets them be combined.
enum class Notify : std::uint8_t {
  not_said = 0,
  never = 1,
  success = 2,
  failure = 4,
  delay = 8,
};

enum class ParameterError : std::uint8_t {
  unknown,         // No extension that we offer has it: 555.
  bad_value,       // Known, but its value is not as its RFC says: 501.
  given_twice,     // 501.
  value_too_long,  // 501.
};

[[nodiscard]] std::string_view name(ParameterError error);

// AUTH=<> of RFC 4954 section 5 is a login that the sender does not vouch for.
struct MailParameters {
  std::optional<std::uint64_t> size_octets =
      {};                                 // RFC 1870; saturated at 2^64 - 1.
  std::optional<BodyType> body = {};      // RFC 6152, 3030.
  bool smtputf8 = false;                  // RFC 6531.
  Ret ret = Ret::not_said;                // RFC 3461 section 4.3.
  std::optional<std::string> envid = {};  // Decoded: section 4.4.
  std::optional<ReversePath> auth = {};   // Decoded: RFC 4954 section 5.

  bool operator==(const MailParameters&) const = default;
};

struct RcptParameters {
  std::uint8_t notify = 0;                // Of Notify's bits; 0 when not said.
  std::optional<std::string> orcpt = {};  // Decoded: "rfc822;user@example.org".

  bool operator==(const RcptParameters&) const = default;
};

// Takes one esmtp-param ("SIZE=1000") into `parameters`.
[[nodiscard]] std::optional<ParameterError> add_mail_parameter(
    std::string_view parameter, MailParameters& parameters);
[[nodiscard]] std::optional<ParameterError> add_rcpt_parameter(
    std::string_view parameter, RcptParameters& parameters);

}  // namespace postkeep::smtp
