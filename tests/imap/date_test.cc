#include <array>
#include <string>

#include "gtest/gtest.h"
#include "imap/date_laws.h"

namespace postkeep::imap {
namespace {

struct DateExample {
  std::string why;
  std::string wire;
  std::expected<Date, DateError> expected;
};

const std::array date_examples{
    DateExample{"RFC 9051 section 6.4.4", "1-Feb-1994", Date{1994, 2, 1}},
    DateExample{"section 9: in quotes", "\"01-feb-1994\"", Date{1994, 2, 1}},
    DateExample{"a leap day", "29-Feb-2000", Date{2000, 2, 29}},
    DateExample{"no leap day in 1900", "29-Feb-1900",
                std::unexpected(DateError::no_such_day)},
    DateExample{"day 0", "0-Jan-2000", std::unexpected(DateError::no_such_day)},
    DateExample{"day 31 of a short month", "31-Apr-2000",
                std::unexpected(DateError::no_such_day)},
    DateExample{"year 0", "1-Jan-0000", Date{0, 1, 1}},
    DateExample{"three digits of a day", "001-Jan-2000",
                std::unexpected(DateError::outside_grammar)},
    DateExample{"two digits of a year", "1-Jan-00",
                std::unexpected(DateError::outside_grammar)},
    DateExample{"one quote", "\"1-Jan-2000",
                std::unexpected(DateError::outside_grammar)},
    DateExample{"no such month", "1-Foo-2000",
                std::unexpected(DateError::outside_grammar)},
    DateExample{"nothing", "", std::unexpected(DateError::outside_grammar)},
};

struct TimeExample {
  std::string why;
  std::string wire;
  std::expected<DateTime, DateError> expected;
};

const std::array time_examples{
    TimeExample{"RFC 3501 section 7.4.2", "\"17-Jul-1996 02:44:25 -0700\"",
                DateTime{{1996, 7, 17}, 2, 44, 25, -420}},
    TimeExample{"section 9: date-day-fixed with SP",
                "\" 7-Feb-1994 21:52:25 -0800\"",
                DateTime{{1994, 2, 7}, 21, 52, 25, -480}},
    TimeExample{"east of Greenwich", "\"01-Jan-2000 00:00:00 +0530\"",
                DateTime{{2000, 1, 1}, 0, 0, 0, 330}},
    TimeExample{"a leap second", "\"31-Dec-2016 23:59:60 +0000\"",
                DateTime{{2016, 12, 31}, 23, 59, 60, 0}},
    TimeExample{"hour 24", "\"01-Jan-2000 24:00:00 +0000\"",
                std::unexpected(DateError::no_such_time)},
    TimeExample{"minute 60", "\"01-Jan-2000 00:60:00 +0000\"",
                std::unexpected(DateError::no_such_time)},
    TimeExample{"second 61", "\"01-Jan-2000 00:00:61 +0000\"",
                std::unexpected(DateError::no_such_time)},
    TimeExample{"a zone of a day", "\"01-Jan-2000 00:00:00 +2400\"",
                std::unexpected(DateError::no_such_time)},
    TimeExample{"a zone with 60 minutes", "\"01-Jan-2000 00:00:00 -0060\"",
                std::unexpected(DateError::no_such_time)},
    TimeExample{"no such day", "\"31-Feb-2000 00:00:00 +0000\"",
                std::unexpected(DateError::no_such_day)},
    TimeExample{"one digit of a day, no SP", "\"7-Feb-1994 21:52:25 -0800\"",
                std::unexpected(DateError::outside_grammar)},
    TimeExample{"no quotes", "07-Feb-1994 21:52:25 -0800",
                std::unexpected(DateError::outside_grammar)},
    TimeExample{"a zone by name", "\"07-Feb-1994 21:52:25 GMT\"",
                std::unexpected(DateError::outside_grammar)},
};

TEST(ImapDate, known_answers) {
  for (const DateExample& example : date_examples) {
    EXPECT_TRUE(read_date(octets(example.wire)) == example.expected)
        << example.why;
    EXPECT_TRUE(law_date_reader_agrees_with_grammar(octets(example.wire)))
        << example.why;
  }
}

TEST(ImapDate, known_answers_with_time) {
  for (const TimeExample& example : time_examples) {
    EXPECT_TRUE(read_date_time(octets(example.wire)) == example.expected)
        << example.why;
    EXPECT_TRUE(law_date_reader_agrees_with_grammar(octets(example.wire)))
        << example.why;
  }
}

// Every string that differs from a date in one octet, or ends before it does.
TEST(ImapDate, agrees_with_the_grammar_around_dates) {
  for (const std::string good :
       {"1-Feb-1994", "\"28-dEc-2024\"", "\"17-Jul-1996 02:44:25 -0700\"",
        "\" 7-Feb-1994 21:52:25 +0800\""}) {
    for (std::size_t i = 0; i < good.size(); ++i) {
      ASSERT_TRUE(
          law_date_reader_agrees_with_grammar(octets(good.substr(0, i))));
      for (int c = 0; c < 256; ++c) {
        std::string near = good;
        near[i] = static_cast<char>(c);
        ASSERT_TRUE(law_date_reader_agrees_with_grammar(octets(near))) << near;
      }
    }
  }
}

TEST(ImapDate, every_transition_of_the_grammar) {
  for (const Automaton& automaton : {date_automaton(), date_time_automaton()}) {
    for_each_transition(
        automaton,
        [](const std::string& whole, std::size_t size) {
          const Octets begun = octets(whole).first(size);
          ASSERT_TRUE(law_date_reader_agrees_with_grammar(octets(whole)));
          ASSERT_TRUE(law_date_reader_agrees_with_grammar(begun));
        },
        [](const std::string& text) {
          ASSERT_TRUE(law_date_reader_agrees_with_grammar(octets(text)));
        });
  }
}

TEST(ImapDate, every_month_in_any_case) {
  int month = 0;
  for (const std::string name : {"jan", "FEB", "Mar", "aPR", "mAy", "juN",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}) {
    const auto date = read_date(octets("1-" + name + "-2000"));
    ASSERT_TRUE(date) << name;
    EXPECT_EQ(date->month, ++month);
  }
}

// All days of ten thousand years, each from the one before.
TEST(ImapDate, days_count_dates) {
  Date date{0, 1, 1};
  while (date != Date{9999, 12, 31}) {
    ASSERT_TRUE(law_days_count_dates(date))
        << date.year << '-' << int{date.month} << '-' << int{date.day};
    date = day_after(date);
  }
  EXPECT_EQ(days_since_1970({1970, 1, 1}), 0);
  EXPECT_EQ(days_since_1970({2000, 3, 1}), 11'017);
}

TEST(ImapDate, days_outside_four_digits_are_clamped) {
  EXPECT_EQ(date_of_days(INT64_MIN), (Date{0, 1, 1}));
  EXPECT_EQ(date_of_days(INT64_MAX), (Date{9999, 12, 31}));
}

TEST(ImapDate, seconds_are_of_utc) {
  const auto time = read_date_time(octets("\"17-Jul-1996 02:44:25 -0700\""));
  ASSERT_TRUE(time);
  EXPECT_EQ(seconds_since_1970(*time), 837'596'665);
  EXPECT_EQ(write_date_time(837'596'665), "\"17-Jul-1996 09:44:25 +0000\"");
  EXPECT_EQ(write_date_time(-1), "\"31-Dec-1969 23:59:59 +0000\"");
  EXPECT_EQ(write_date_time(0), "\" 1-Jan-1970 00:00:00 +0000\"");
  for (const std::int64_t seconds : {0L, -1L, 1L, 951'782'400L, 4'102'444'799L,
                                     -62'167'219'200L, 253'402'300'799L})
    EXPECT_TRUE(law_written_date_time_is_read(seconds)) << seconds;
}

TEST(ImapDate, errors_have_names) {
  EXPECT_EQ(name(DateError::outside_grammar), "outside_grammar");
  EXPECT_EQ(name(DateError::no_such_day), "no_such_day");
  EXPECT_EQ(name(DateError::no_such_time), "no_such_time");
}

}  // namespace
}  // namespace postkeep::imap
