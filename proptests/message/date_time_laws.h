// The laws of message/date_time.h. Said once, here; tried by tests/, proptests/
// and fuzz/. Each law returns true when it holds.
#pragma once

#include <cstdint>
#include <string>

#include "message/address_laws.h"
#include "message/date_time.h"
#include "message/reference.h"

namespace postkeep::message {

inline bool law_date_time_agrees_with_grammar(Octets input) {
  const auto read = recover_date_time(as_text(input));
  const bool outside = !read && read.error() == DateTimeError::outside_grammar;
  return outside != reference_accepts_date_time(input);
}

// What is read can be written, and is then read as the same moment and zone.
inline bool law_read_then_write_is_the_same_moment(Octets input) {
  const auto read = recover_date_time(as_text(input));
  if (!read) return true;
  const auto again = read_date_time(write(*read));
  return again && *again == *read;
}

// The weekday aside, both readers are one.
inline bool law_recovery_differs_in_the_weekday_alone(Octets input) {
  const auto strict = read_date_time(as_text(input));
  if (!strict && strict.error() == DateTimeError::wrong_weekday) return true;
  return strict == recover_date_time(as_text(input));
}

inline bool law_calendar_is_a_bijection(std::int64_t days) {
  const CivilDate date = civil_date(days);
  const CivilDate next = civil_date(days + 1);
  const bool ascends = next.day == date.day + 1
                           ? next.month == date.month && next.year == date.year
                           : next.day == 1;
  return days_since_1970(date) == days && ascends && date.month >= 1 &&
         date.month <= 12 && date.day >= 1 && date.day <= 31;
}

}  // namespace postkeep::message
