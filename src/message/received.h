// Received fields: the trace of a message (RFC 5322 section 3.6.7, RFC 5321
// section 4.4).
//
// Here:      Received, read_received().
// Not here:  writing our own (smtp/).
// Grammar:   grammar/rfc5322_received.rl, rule tolerated_received.
// Laws:      proptests/message/mime_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "message/date_time.h"

namespace postkeep::message {

inline constexpr std::size_t received_tokens_max = 100;

struct Received {
  // What stands before ";": words, addresses and domains in their order, as
  // they are written, without comments ("from", "a.example", "by", …).
  std::vector<std::string> tokens;
  std::optional<DateTime> date_time;  // Section 4.5.7 lets it be missing.
  bool operator==(const Received&) const = default;
};

enum class ReceivedError : std::uint8_t {
  outside_grammar,
  too_many_tokens,
  bad_date_time,
};
[[nodiscard]] std::string_view name(ReceivedError error);

[[nodiscard]] std::expected<Received, ReceivedError> read_received(
    std::string_view value);

// The token after a keyword ("with"), or empty.
[[nodiscard]] std::string_view clause(const Received& received,
                                      std::string_view keyword);

// The reader behind read_received().
class ReceivedReader {
 public:
  [[nodiscard]] std::expected<Received, ReceivedError> read(
      std::string_view value);

 private:
  // message/received.rl: the machine; its actions are in received.cc.
  bool run(Octets input);
  void gap();
  void token_octet(Octet octet);
  void semicolon();
  void date_octet(Octet octet);

  Received received_;
  std::string date_;
  bool gap_ = true;  // The next octet begins a token.
  bool too_many_ = false;
};

}  // namespace postkeep::message
