// The laws of imap/date.h. Said once, here; tried by tests/, proptests/ and
// fuzz/ (with commands). Each returns true when it holds.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/automaton_cover.h"
#include "base/octets.h"
#include "imap/date.h"

namespace postkeep::imap {

// The oracles: proptests/imap/date_reference.rl and date_time_reference.rl.
bool reference_accepts_date(Octets whole);
Automaton date_automaton();
bool reference_accepts_date_time(Octets whole);
Automaton date_time_automaton();

inline bool law_date_reader_agrees_with_grammar(Octets whole) {
  const auto date = read_date(whole);
  const auto time = read_date_time(whole);
  const bool date_in = date || date.error() != DateError::outside_grammar;
  const bool time_in = time || time.error() != DateError::outside_grammar;
  return date_in == reference_accepts_date(whole) &&
         time_in == reference_accepts_date_time(whole);
}

// The day after, by the calendar's rules: no arithmetic shared with date.cc.
inline Date day_after(Date date) {
  const bool leap =
      date.year % 400 == 0 || (date.year % 4 == 0 && date.year % 100 != 0);
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30,
                                     31, 31, 30, 31, 30, 31};
  const int last = days.at(date.month - 1U) + (leap && date.month == 2 ? 1 : 0);
  if (date.day < last)
    return {date.year, date.month, static_cast<std::uint8_t>(date.day + 1)};
  if (date.month < 12)
    return {date.year, static_cast<std::uint8_t>(date.month + 1), 1};
  return {static_cast<std::uint16_t>(date.year + 1), 1, 1};
}

// One day is one more, and days give their date back.
inline bool law_days_count_dates(Date date) {
  const std::int64_t days = days_since_1970(date);
  if (date_of_days(days) != date) return false;
  return date == Date{9999, 12, 31} ||
         days_since_1970(day_after(date)) == days + 1;
}

// What FETCH answers, APPEND takes, for any moment of four-digit years.
inline bool law_written_date_time_is_read(std::int64_t seconds) {
  const auto time = read_date_time(octets(write_date_time(seconds)));
  return time && seconds_since_1970(*time) == seconds;
}

}  // namespace postkeep::imap
