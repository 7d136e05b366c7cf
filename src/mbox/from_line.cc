#include "mbox/from_line.h"

#include <algorithm>
#include <array>

#include "message/date_time.h"

namespace postkeep::mbox {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr",
                                                  "May", "Jun", "Jul", "Aug",
                                                  "Sep", "Oct", "Nov", "Dec"};
// 1 January 1970 was a Thursday.
constexpr std::array<std::string_view, 7> days_from_1970{
    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
constexpr std::int64_t day_seconds = 86'400;
constexpr std::size_t sender_octets_max = 512;

void add_digit(int& number, Octet octet) {
  number = number * 10 + (octet - '0');
}

std::string two_digits(std::int64_t number, char filler) {
  const std::string text = std::to_string(number);
  return text.size() < 2 ? filler + text : text;
}

}  // namespace

void FromLineMachine::timestamp_start() {
  month_.clear();
  zone_.clear();
  day_ = hour_ = minute_ = second_ = year_ = 0;
}
void FromLineMachine::month_letter(Octet octet) {
  month_.push_back(static_cast<char>(octet));
}
void FromLineMachine::day_digit(Octet octet) { add_digit(day_, octet); }
void FromLineMachine::hour_digit(Octet octet) { add_digit(hour_, octet); }
void FromLineMachine::minute_digit(Octet octet) { add_digit(minute_, octet); }
void FromLineMachine::second_digit(Octet octet) { add_digit(second_, octet); }
void FromLineMachine::year_digit(Octet octet) { add_digit(year_, octet); }
void FromLineMachine::zone_start() { zone_.clear(); }
void FromLineMachine::zone_octet(Octet octet) {
  zone_.push_back(static_cast<char>(octet));
}

std::optional<std::int64_t> FromLineMachine::seconds() const {
  const auto at = std::ranges::find(months, month_);
  const message::CivilDate date{
      .year = year_,
      .month = static_cast<int>(at - months.begin()) + 1,
      .day = day_};
  const std::int64_t day = message::days_since_1970(date);
  // A leap second (60) is the next minute's first.
  if (message::civil_date(day) != date || hour_ > 23 || minute_ > 59 ||
      second_ > 60) {
    return std::nullopt;
  }
  std::int64_t seconds =
      day * day_seconds + hour_ * 3600 + minute_ * 60 + second_;
  // A zone by name means many things; one by number means one.
  if (!zone_.empty() && (zone_[0] == '+' || zone_[0] == '-')) {
    int digits = 0;
    for (const char c : zone_.substr(1))
      add_digit(digits, static_cast<Octet>(c));
    const std::int64_t east = digits / 100 * 3600 + digits % 100 * 60;
    seconds += zone_[0] == '+' ? -east : east;
  }
  return seconds;
}

std::optional<std::int64_t> read_from_line(Octets line) {
  if (line.size() > from_line_octets_max) return std::nullopt;
  FromLineMachine machine;
  if (!machine.run(line)) return std::nullopt;
  return machine.seconds();
}

std::string write_from_line(std::string_view sender, std::int64_t seconds) {
  const std::int64_t time =
      std::clamp<std::int64_t>(seconds, 0, from_line_seconds_max);
  const std::int64_t day = time / day_seconds;
  const std::int64_t second = time % day_seconds;
  const message::CivilDate date = message::civil_date(day);
  std::string stamp{days_from_1970[static_cast<std::size_t>(day % 7)]};
  stamp += ' ';
  stamp += months[static_cast<std::size_t>(date.month - 1)];
  stamp += ' ' + two_digits(date.day, ' ');
  stamp += ' ' + two_digits(second / 3600, '0');
  stamp += ':' + two_digits(second / 60 % 60, '0');
  stamp += ':' + two_digits(second % 60, '0');
  stamp += ' ' + std::to_string(date.year) + '\n';
  // The sender is one word of what can be seen.
  const bool can_stand =
      !sender.empty() && sender.size() <= sender_octets_max &&
      std::ranges::all_of(sender, [](char c) { return c > ' ' && c <= '~'; });
  return "From " + std::string(can_stand ? sender : "MAILER-DAEMON") + ' ' +
         stamp;
}

}  // namespace postkeep::mbox
