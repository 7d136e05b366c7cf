// From_ lines: what stands before each message of an mbox (RFC 4155 Appendix
// A).
//
// Here:      read_from_line(), write_from_line().
// Not here:  where one may stand (mbox/reader.h).
// Grammar:   grammar/rfc4155_mbox.rl, rule tolerated_any_From_line; what is
//            written is From_line.
// Laws:      proptests/mbox/mbox_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::mbox {

// RFC 5321 section 4.5.3.1.3 has 256 octets for a path; a longer line is text.
inline constexpr std::size_t from_line_octets_max = 1024;

// The last second of the year 9999.
inline constexpr std::int64_t from_line_seconds_max = 253'402'300'799;

// The time that one whole line with its end says, in seconds since 1970, UTC.
// nullopt: it is a line of text, or says a day or time that there is not. (Who
// sent it stands in the message too, and there it is kept.)
[[nodiscard]] std::optional<std::int64_t> read_from_line(Octets line);

// With its LF. A sender that cannot stand there is written as MAILER-DAEMON;
// times before 1970 and after 9999 are clamped.
[[nodiscard]] std::string write_from_line(std::string_view sender,
                                          std::int64_t seconds);

// The machine behind read_from_line().
class FromLineMachine {
 public:
  // mbox/from_line.rl. False: outside the grammar.
  [[nodiscard]] bool run(Octets line);
  [[nodiscard]] std::optional<std::int64_t> seconds() const;

 private:
  // mbox/from_line.cc: actions, in the order in which a line meets them.
  void timestamp_start();
  void month_letter(Octet octet);
  void day_digit(Octet octet);
  void hour_digit(Octet octet);
  void minute_digit(Octet octet);
  void second_digit(Octet octet);
  void year_digit(Octet octet);
  void zone_start();
  void zone_octet(Octet octet);

  std::string month_;
  std::string zone_;
  int day_ = 0;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  int year_ = 0;
};

}  // namespace postkeep::mbox
