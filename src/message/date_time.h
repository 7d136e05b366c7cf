// Date and time of a message (RFC 5322 section 3.3, with the obsolete forms
// of section 4.3).
//
// Here:      DateTime, read_date_time(), write().
// Not here:  the forms of IMAP (imap/); the clock (base/clock.h).
// Grammar:   grammar/rfc5322_date_time.rl, rule tolerated_date_time.
// Laws:      proptests/message/date_time_laws.h.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::message {

struct DateTime {
  std::int64_t seconds = 0;       // Since 1970-01-01 00:00:00 UTC.
  std::int16_t zone_minutes = 0;  // East of UTC: +0130 is 90.
  bool zone_known = true;         // False: "-0000", or a zone of no meaning.

  bool operator==(const DateTime&) const = default;
};

enum class DateTimeError : std::uint8_t {
  outside_grammar,
  no_such_date,   // 31 Feb, month's end passed.
  no_such_time,   // 24:00, 10:60; a second of 60 is a leap second.
  no_such_zone,   // Minutes of the zone above 59 (section 3.3).
  wrong_weekday,  // Section 3.3: it MUST be the day implied by the date.
};
[[nodiscard]] std::string_view name(DateTimeError error);

// Reads the value of a Date field, folded or unfolded. A zone that is missing
// or of no meaning is taken for UTC, as section 4.3 says.
[[nodiscard]] std::expected<DateTime, DateTimeError> read_date_time(
    std::string_view value);
// The same, but the weekday is not compared: mail that was stored.
[[nodiscard]] std::expected<DateTime, DateTimeError> recover_date_time(
    std::string_view value);

// "Sat, 21 Nov 2026 21:54:30 +0000". Years 1900 to 9999; others are clamped.
[[nodiscard]] std::string write(const DateTime& date_time);

// Days since 1970-01-01 in the zone of the sender: what SEARCH SENTON asks.
[[nodiscard]] std::int64_t local_day(const DateTime& date_time);
// The proleptic Gregorian calendar. Month 1 to 12, day 1 to 31.
struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
  bool operator==(const CivilDate&) const = default;
};
[[nodiscard]] std::int64_t days_since_1970(const CivilDate& date);
[[nodiscard]] CivilDate civil_date(std::int64_t days_since_1970);

// The reader behind read_date_time().
class DateTimeReader {
 public:
  [[nodiscard]] std::expected<DateTime, DateTimeError> read(
      std::string_view value, bool compare_weekday);

 private:
  // message/date_time.rl: the machine.
  bool run(Octets input);

  // message/date_time.cc: its actions, in the order in which a date meets them.
  void weekday_letter(Octet octet);
  void day_digit(Octet octet);
  void month_letter(Octet octet);
  void year_digit(Octet octet);
  void gap();
  void hour_digit(Octet octet);
  void minute_digit(Octet octet);
  void second_digit(Octet octet);
  void zone_octet(Octet octet);

  [[nodiscard]] std::int64_t year() const;

  std::string weekday_;
  std::string month_;
  std::string zone_;
  int day_ = 0;
  std::int64_t year_ = 0;
  int year_digits_ = 0;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  bool gap_ = false;            // White space since the last digit of the year.
  bool hour_separate_ = false;  // It stood between year and hour.
};

}  // namespace postkeep::message
