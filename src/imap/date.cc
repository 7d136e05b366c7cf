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

void add_digit(int& number, Octet octet) {
  number = number * 10 + (octet - '0');
}

bool is_leap_year(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_of_month(int month, int year) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The month that `letters`, of any case, name: 1 to 12.
int month_named(const std::array<char, 3>& letters) {
  for (std::size_t i = 0; i < month_names.size(); ++i) {
    const bool same =
        std::equal(letters.begin(), letters.end(), month_names[i].begin(),
                   [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    if (same) return static_cast<int>(i) + 1;
  }
  check_failed("the grammar has no other months", __FILE__, __LINE__);
}

}  // namespace

std::expected<Date, DateError> read_date(Octets whole) {
  return DateReader().read_date(whole);
}

std::expected<DateTime, DateError> read_date_time(Octets whole) {
  return DateReader().read_date_time(whole);
}

std::expected<Date, DateError> DateReader::read_date(Octets whole) {
  if (!run_date(whole)) return std::unexpected(DateError::outside_grammar);
  return date();
}

std::expected<DateTime, DateError> DateReader::read_date_time(Octets whole) {
  if (!run_date_time(whole)) return std::unexpected(DateError::outside_grammar);
  const auto day = date();
  if (!day) return std::unexpected(day.error());
  if (hour_ > 23 || minute_ > 59 || second_ > 60 || zone_hour_ > 23 ||
      zone_minute_ > 59)
    return std::unexpected(DateError::no_such_time);
  const int zone = zone_hour_ * 60 + zone_minute_;
  return DateTime{*day, static_cast<std::uint8_t>(hour_),
                  static_cast<std::uint8_t>(minute_),
                  static_cast<std::uint8_t>(second_),
                  static_cast<std::int16_t>(west_ ? -zone : zone)};
}

std::expected<Date, DateError> DateReader::date() const {
  const int month = month_named(month_);
  if (day_ < 1 || day_ > days_of_month(month, year_))
    return std::unexpected(DateError::no_such_day);
  return Date{static_cast<std::uint16_t>(year_),
              static_cast<std::uint8_t>(month),
              static_cast<std::uint8_t>(day_)};
}

void DateReader::day_digit(Octet octet) { add_digit(day_, octet); }

void DateReader::month_letter(Octet octet) {
  month_.at(month_letters_++) = static_cast<char>(octet);
}

void DateReader::year_digit(Octet octet) { add_digit(year_, octet); }
void DateReader::hour_digit(Octet octet) { add_digit(hour_, octet); }
void DateReader::minute_digit(Octet octet) { add_digit(minute_, octet); }
void DateReader::second_digit(Octet octet) { add_digit(second_, octet); }
void DateReader::zone_sign(Octet octet) { west_ = octet == '-'; }
void DateReader::zone_hour_digit(Octet octet) { add_digit(zone_hour_, octet); }

void DateReader::zone_minute_digit(Octet octet) {
  add_digit(zone_minute_, octet);
}

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
  const std::string_view month = month_names.at(date.month - 1U);
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "\"%2d-%.*s-%04d %02d:%02d:%02d +0000\"",
      static_cast<int>(date.day), static_cast<int>(month.size()), month.data(),
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
