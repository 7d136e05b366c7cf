#include "imap/date.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/check.h"

namespace postkeep::imap {
namespace {

constexpr std::array<std::string_view, 12> month_names{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::int64_t seconds_of_a_day = 86'400;
// Days from 0000-03-01 to 1970-01-01: years here begin in March, so that the
// day a leap year adds is the last of its year.
constexpr std::int64_t days_before_1970 = 719'468;
constexpr std::int64_t days_of_400_years = 146'097;
constexpr Date last_date{9999, 12, 31};

// Days before the month that is `from_march` months after March.
constexpr std::int64_t days_before_month(std::int64_t from_march) {
  return (153 * from_march + 2) / 5;
}

}  // namespace

std::int64_t days_since_1970(const Date& date) {
  // Year 0 has January and February, which belong to year -1 of this count.
  const std::int64_t year = date.year + 400 - (date.month <= 2 ? 1 : 0);
  const std::int64_t from_march = (date.month + 9) % 12;
  const std::int64_t days = 365 * year + year / 4 - year / 100 + year / 400 +
                            days_before_month(from_march) + date.day - 1;
  return days - days_of_400_years - days_before_1970;
}

Date date_of_days(std::int64_t days_since_1970) {
  const std::int64_t days =
      std::clamp(days_since_1970, imap::days_since_1970({0, 1, 1}),
                 imap::days_since_1970(last_date)) +
      days_before_1970 + days_of_400_years;
  const std::int64_t era = days / days_of_400_years;
  const std::int64_t day_of_era = days % days_of_400_years;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 -
       day_of_era / 146'096) /
      365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = (from_march + 2) % 12 + 1;
  const std::int64_t year =
      era * 400 + year_of_era + (month <= 2 ? 1 : 0) - 400;
  return {static_cast<std::uint16_t>(year), static_cast<std::uint8_t>(month),
          static_cast<std::uint8_t>(day_of_year -
                                    days_before_month(from_march) + 1)};
}

std::int64_t seconds_since_1970(const DateTime& time) {
  return days_since_1970(time.date) * seconds_of_a_day + time.hour * 3'600 +
         time.minute * 60 + time.second - std::int64_t{time.zone_minutes} * 60;
}

std::string write_date_time(std::int64_t seconds_since_1970) {
  std::int64_t days = seconds_since_1970 / seconds_of_a_day;
  std::int64_t seconds = seconds_since_1970 % seconds_of_a_day;
  if (seconds < 0) {
    seconds += seconds_of_a_day;
    --days;
  }
  const Date date = date_of_days(days);
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "\"%2d-%s-%04d %02d:%02d:%02d +0000\"",
      static_cast<int>(date.day), month_names.at(date.month - 1U).data(),
      static_cast<int>(date.year), static_cast<int>(seconds / 3'600),
      static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  PK_CHECK(length > 0);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string_view name(DateError error) {
  switch (error) {
    case DateError::outside_grammar: return "outside_grammar";
    case DateError::no_such_day: return "no_such_day";
    case DateError::no_such_time: return "no_such_time";
  }
  check_failed("DateError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::imap
