#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "message/date_time_laws.h"
#include "message/short_strings.h"

namespace postkeep::message {
namespace {

struct Example {
  const char* why;
  const char* value;
  std::int64_t seconds;
  int zone_minutes;
  bool zone_known;
};

const std::array examples{
    Example{"RFC 5322 appendix A.1.1", "Fri, 21 Nov 1997 09:55:06 -0600",
            880127706, -360, true},
    Example{"appendix A.2: no seconds is section 3.3's option",
            "Tue, 1 Jul 2003 10:52 +0200", 1057049520, 120, true},
    Example{"appendix A.5: folds, a comment, no seconds",
            "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      "
            "23:32\r\n               -0330 (Newfoundland Time)",
            -27723480, -210, true},
    Example{"appendix A.6.2: two digits of year, an alphabetic zone",
            "21 Nov 97 09:55:06 GMT", 880106106, 0, true},
    Example{"appendix A.6.3: comments and white space",
            "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706, -360,
            true},
    Example{"section 4.3: three digits of year", "1 Jan 100 00:00 UT",
            946684800, 0, true},
    Example{"section 4.3: 49 is 2049, 50 is 1950", "1 Jan 49 00:00 UT",
            2493072000, 0, true},
    Example{"section 4.3: 49 is 2049, 50 is 1950", "1 Jan 50 00:00 UT",
            -631152000, 0, true},
    Example{"section 4.3: EDT is -0400", "21 Nov 1997 09:55:06 EDT", 880120506,
            -240, true},
    Example{"section 4.3: military zones say nothing", "21 Nov 1997 09:55:06 B",
            880106106, 0, false},
    Example{"section 3.3: -0000 says nothing", "21 Nov 1997 09:55:06 -0000",
            880106106, 0, false},
    Example{"section 3.3: a leap second", "Thu, 31 Dec 1998 23:59:60 +0000",
            915148800, 0, true},
    Example{"obs-year and obs-hour need no white space between them",
            "21 Nov 199709:55:06 GMT", 880106106, 0, true},
    Example{"the same with two digits of year", "21 Nov 9709:55:06 GMT",
            880106106, 0, true},
    Example{"tolerated: one digit of hour", "21 Nov 1997 9:55:06 GMT",
            880106106, 0, true},
    Example{"tolerated: no zone, an unknown zone", "21 Nov 1997 09:55:06",
            880106106, 0, false},
    Example{"tolerated: no zone, an unknown zone", "21 Nov 1997 09:55:06 CEST",
            880106106, 0, false},
    Example{"29 February of a leap year", "29 Feb 2000 12:00 +0000", 951825600,
            0, true},
};

TEST(MessageDateTime, known_answers) {
  for (const Example& example : examples) {
    const auto read = read_date_time(example.value);
    ASSERT_TRUE(read) << example.value;
    EXPECT_EQ(read->seconds, example.seconds) << example.value;
    EXPECT_EQ(read->zone_minutes, example.zone_minutes) << example.value;
    EXPECT_EQ(read->zone_known, example.zone_known) << example.value;
  }
}

TEST(MessageDateTime, errors_say_what_is_wrong) {
  using enum DateTimeError;
  const std::vector<std::pair<const char*, DateTimeError>> wrong = {
      {"", outside_grammar},
      {"yesterday", outside_grammar},
      {"21 Nov 1997 09:55:06 +060", outside_grammar},
      {"21 Nov 1997\n 09:55:06 +0600", outside_grammar},
      {"31 Feb 1997 09:55:06 +0600", no_such_date},
      {"0 Feb 1997 09:55:06 +0600", no_such_date},
      {"29 Feb 1900 09:55:06 +0600", no_such_date},
      {"1 Jan 1899 09:55:06 +0600", no_such_date},
      {"1 Jan 99999999999999999999 09:55 GMT", no_such_date},
      {"21 Nov 1997 24:00:00 +0600", no_such_time},
      {"21 Nov 1997 10:60:00 +0600", no_such_time},
      {"21 Nov 1997 10:00:61 +0600", no_such_time},
      {"21 Nov 1997 10:00:00 +0660", no_such_zone},
      {"Mon, 21 Nov 1997 10:00:00 +0600", wrong_weekday},
  };
  for (const auto& [value, error] : wrong) {
    const auto read = read_date_time(value);
    ASSERT_FALSE(read) << value;
    EXPECT_EQ(name(read.error()), name(error)) << value;
  }
  EXPECT_TRUE(recover_date_time("Mon, 21 Nov 1997 10:00:00 +0600"));
}

TEST(MessageDateTime, dates_are_written_as_section_3_3_says) {
  EXPECT_EQ(write({880127706, -360, true}), "Fri, 21 Nov 1997 09:55:06 -0600");
  EXPECT_EQ(write({0, 0, false}), "Thu, 1 Jan 1970 00:00:00 -0000");
  EXPECT_EQ(write({-1, 90, true}), "Thu, 1 Jan 1970 01:29:59 +0130");
  const std::int64_t far = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(write({far, 0, true}), "Fri, 31 Dec 9999 23:59:59 +0000");
  EXPECT_EQ(write({-far, 0, true}), "Mon, 1 Jan 1900 00:00:00 +0000");
}

TEST(MessageDateTime, the_day_is_the_senders) {
  const auto read = read_date_time("Fri, 21 Nov 1997 23:55:06 -0600");
  ASSERT_TRUE(read);
  EXPECT_TRUE(civil_date(local_day(*read)) == (CivilDate{1997, 11, 21}));
}

TEST(MessageDateTime, every_day_of_500_years) {
  for (std::int64_t day = -365 * 130; day < 365 * 400; ++day) {
    ASSERT_TRUE(law_calendar_is_a_bijection(day)) << day;
  }
}

TEST(MessageDateTime, laws_on_all_short_strings) {
  for_all_short_strings("1, (:)JanGMT+", 5, [](Octets tail) {
    const std::string date = "1 Jan 20" + std::string{as_text(tail)};
    return law_date_time_agrees_with_grammar(octets(date)) &&
           law_recovery_differs_in_the_weekday_alone(octets(date)) &&
           law_read_then_write_is_the_same_moment(octets(date));
  });
}

}  // namespace
}  // namespace postkeep::message
