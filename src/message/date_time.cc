#include "message/date_time.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"
#include "message/header.h"

namespace postkeep::message {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;

constexpr std::array<std::string_view, 12> months = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// 1970-01-01 was a Thursday.
constexpr std::array<std::string_view, 7> weekdays = {
    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

// RFC 5322 section 4.3. Military zones but Z had their signs the wrong way in
// RFC 822: they are taken for "-0000".
struct Zone {
  std::string_view name;
  std::int16_t minutes;
};
constexpr std::array zones{
    Zone{"UT", 0},     Zone{"GMT", 0},    Zone{"Z", 0},      Zone{"UTC", 0},
    Zone{"EST", -300}, Zone{"EDT", -240}, Zone{"CST", -360}, Zone{"CDT", -300},
    Zone{"MST", -420}, Zone{"MDT", -360}, Zone{"PST", -480}, Zone{"PDT", -420}};

int digit(char c) { return c - '0'; }

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::string_view weekday(std::int64_t days) {
  return weekdays[static_cast<std::size_t>(days - floor_divide(days, 7) * 7)];
}

int month_days(std::int64_t year, int month) {
  constexpr std::array days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap);
}

// nullopt: no such zone.
std::optional<DateTime> in_zone(std::string_view zone) {
  DateTime result;
  if (zone.size() == 5 && (zone.front() == '+' || zone.front() == '-')) {
    const int hours = digit(zone[1]) * 10 + digit(zone[2]);
    const int minutes = digit(zone[3]) * 10 + digit(zone[4]);
    if (minutes > 59) return std::nullopt;
    const int east = hours * 60 + minutes;
    result.zone_known = zone != "-0000";
    result.zone_minutes =
        static_cast<std::int16_t>(zone.front() == '-' ? -east : east);
    return result;
  }
  const auto known = std::ranges::find_if(
      zones, [&](const Zone& it) { return same_without_case(it.name, zone); });
  result.zone_known = known != zones.end();
  if (known != zones.end()) result.zone_minutes = known->minutes;
  return result;
}

std::string padded(std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

}  // namespace

std::expected<DateTime, DateTimeError> DateTimeReader::read(
    std::string_view value, bool compare_weekday) {
  *this = {};
  if (!run(octets(value))) {
    return std::unexpected(DateTimeError::outside_grammar);
  }
  const auto named = [&](std::string_view name) {
    return same_without_case(name, month_);
  };
  const auto found = std::ranges::find_if(months, named);
  PK_CHECK(found != months.end());
  const int month = static_cast<int>(found - months.begin()) + 1;

  if (year() < 1900 || year() > 9999 || day_ < 1 ||
      day_ > month_days(year(), month)) {
    return std::unexpected(DateTimeError::no_such_date);
  }
  if (hour_ > 23 || minute_ > 59 || second_ > 60) {
    return std::unexpected(DateTimeError::no_such_time);
  }
  auto result = in_zone(zone_);
  if (!result) return std::unexpected(DateTimeError::no_such_zone);
  const std::int64_t days = days_since_1970({year(), month, day_});
  if (compare_weekday && !weekday_.empty() &&
      !same_without_case(weekday_, weekday(days))) {
    return std::unexpected(DateTimeError::wrong_weekday);
  }
  result->seconds = days * seconds_a_day + hour_ * 3600 + minute_ * 60 +
                    second_ - result->zone_minutes * 60;
  return *result;
}

void DateTimeReader::weekday_letter(Octet octet) {
  weekday_.push_back(static_cast<char>(octet));
}

void DateTimeReader::day_digit(Octet octet) { day_ = day_ * 10 + octet - '0'; }

void DateTimeReader::month_letter(Octet octet) {
  month_.push_back(static_cast<char>(octet));
}

// A year of more digits than these is no year; it only must not overflow.
void DateTimeReader::year_digit(Octet octet) {
  constexpr std::int64_t year_max = 1'000'000'000;
  year_ = std::min(year_ * 10 + octet - '0', year_max);
  year_digits_ = std::min(year_digits_ + 1, 10);
  gap_ = false;
}

void DateTimeReader::gap() { gap_ = true; }

// Any digit after the second of the year may be the hour's. Those that are, are
// the last two (or one) before the colon.
void DateTimeReader::hour_digit(Octet octet) {
  if (gap_) hour_ = 0;
  hour_separate_ = hour_separate_ || gap_;
  gap_ = false;
  hour_ = (hour_ * 10 + octet - '0') % 100;
}

void DateTimeReader::minute_digit(Octet octet) {
  minute_ = minute_ * 10 + octet - '0';
}

void DateTimeReader::second_digit(Octet octet) {
  second_ = second_ * 10 + octet - '0';
}

void DateTimeReader::zone_octet(Octet octet) {
  zone_.push_back(static_cast<char>(octet));
}

// RFC 5322 section 4.3: two digits are 2000 to 2049 or 1950 to 1999, three are
// added to 1900.
std::int64_t DateTimeReader::year() const {
  const std::int64_t written = hour_separate_ ? year_ : year_ / 100;
  const int digits = hour_separate_ ? year_digits_ : year_digits_ - 2;
  if (digits == 2) return written + (written < 50 ? 2000 : 1900);
  return digits == 3 ? written + 1900 : written;
}

std::expected<DateTime, DateTimeError> read_date_time(std::string_view value) {
  return DateTimeReader{}.read(value, true);
}

std::expected<DateTime, DateTimeError> recover_date_time(
    std::string_view value) {
  return DateTimeReader{}.read(value, false);
}

std::string write(const DateTime& date_time) {
  constexpr std::int64_t first = -2'208'988'800;  // 1900-01-01 00:00:00
  constexpr std::int64_t last = 253'402'300'799;  // 9999-12-31 23:59:59
  constexpr int zone_max = 99 * 60 + 59;
  const int zone = std::clamp<int>(
      date_time.zone_known ? date_time.zone_minutes : 0, -zone_max, zone_max);
  const std::int64_t local = std::clamp(
      std::clamp(date_time.seconds, first, last) + zone * 60, first, last);
  const std::int64_t days = floor_divide(local, seconds_a_day);
  const std::int64_t second = local - days * seconds_a_day;
  const CivilDate date = civil_date(days);
  const int minutes = zone < 0 ? -zone : zone;
  return std::string{weekday(days)} + ", " + std::to_string(date.day) + ' ' +
         std::string{months[static_cast<std::size_t>(date.month - 1)]} + ' ' +
         padded(date.year, 4) + ' ' + padded(second / 3600, 2) + ':' +
         padded(second / 60 % 60, 2) + ':' + padded(second % 60, 2) + ' ' +
         (zone < 0 || !date_time.zone_known ? '-' : '+') +
         padded(minutes / 60, 2) + padded(minutes % 60, 2);
}

std::int64_t local_day(const DateTime& date_time) {
  return floor_divide(date_time.seconds + date_time.zone_minutes * 60,
                      seconds_a_day);
}

// Days are counted from 1 March of year 0, so that a leap day is a year's last.
// 400 years have 146,097 days; 719,468 of them are before 1970.
std::int64_t days_since_1970(const CivilDate& date) {
  const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const int month = date.month <= 2 ? date.month + 9 : date.month - 3;
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate civil_date(std::int64_t days_since_1970) {
  const std::int64_t days = days_since_1970 + 719'468;
  const std::int64_t era = floor_divide(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 -
       day_of_era / 146'096) /
      365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = era * 400 + year_of_era + (date.month <= 2 ? 1 : 0);
  return date;
}

std::string_view name(DateTimeError error) {
  switch (error) {
    case DateTimeError::outside_grammar: return "outside_grammar";
    case DateTimeError::no_such_date: return "no_such_date";
    case DateTimeError::no_such_time: return "no_such_time";
    case DateTimeError::no_such_zone: return "no_such_zone";
    case DateTimeError::wrong_weekday: return "wrong_weekday";
  }
  check_failed("DateTimeError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::message
