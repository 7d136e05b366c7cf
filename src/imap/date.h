// Dates of commands: SEARCH's date and APPEND's date-time (RFC 9051 section 9).
//
// Here:      Date and DateTime, readers, days and seconds since 1970.
// Not here:  dates of header fields (message/).
// Grammar:   grammar/rfc9051_date.rl, rules date and date_time.
// Laws:      proptests/imap/date_laws.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::imap {

// Invariant: a day that the Gregorian calendar has.
struct Date {
  std::uint16_t year = 1970;  // 0 to 9999.
  std::uint8_t month = 1;     // 1 to 12.
  std::uint8_t day = 1;       // 1 to 31.
  auto operator<=>(const Date&) const = default;
};

// A date-time as it was written.
struct DateTime {
  Date date;
  std::uint8_t hour = 0;          // 0 to 23.
  std::uint8_t minute = 0;        // 0 to 59.
  std::uint8_t second = 0;        // 0 to 60: a leap second.
  std::int16_t zone_minutes = 0;  // East of Greenwich; -1439 to 1439.
  bool operator==(const DateTime&) const = default;
};

enum class DateError : std::uint8_t {
  outside_grammar,
  no_such_day,   // 31-Feb.
  no_such_time,  // 24:00:00, or a zone of a day and more.
};

[[nodiscard]] std::string_view name(DateError error);

// `whole` is a date (with or without quotes) and nothing else.
[[nodiscard]] std::expected<Date, DateError> read_date(Octets whole);
// `whole` is a date-time with its quotes and nothing else.
[[nodiscard]] std::expected<DateTime, DateError> read_date_time(Octets whole);

// One date or date-time; used once.
class DateReader {
 public:
  [[nodiscard]] std::expected<Date, DateError> read_date(Octets whole);
  [[nodiscard]] std::expected<DateTime, DateError> read_date_time(Octets whole);

 private:
  // imap/date.rl and imap/date_time.rl: the machines. Whether `whole` is in
  // the grammar.
  bool run_date(Octets whole);
  bool run_date_time(Octets whole);

  // Their actions, in imap/date.cc.
  void day_digit(Octet octet);
  void month_letter(Octet octet);
  void year_digit(Octet octet);
  void hour_digit(Octet octet);
  void minute_digit(Octet octet);
  void second_digit(Octet octet);
  void zone_sign(Octet octet);
  void zone_hour_digit(Octet octet);
  void zone_minute_digit(Octet octet);

  [[nodiscard]] std::expected<Date, DateError> date() const;

  int day_ = 0;
  std::array<char, 3> month_{};
  std::size_t month_letters_ = 0;
  int year_ = 0;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  bool west_ = false;
  int zone_hour_ = 0;
  int zone_minute_ = 0;
};

// Days since 1970-01-01, which is 0.
[[nodiscard]] std::int64_t days_since_1970(const Date& date);
// The reverse, for days whose year has four digits; others are clamped.
[[nodiscard]] Date date_of_days(std::int64_t days_since_1970);
// Seconds since 1970-01-01T00:00:00Z.
[[nodiscard]] std::int64_t seconds_since_1970(const DateTime& time);

// INTERNALDATE as FETCH answers it, quotes included, in UTC:
// "17-Jul-1996 02:44:25 +0000".
[[nodiscard]] std::string write_date_time(std::int64_t seconds_since_1970);

}  // namespace postkeep::imap
