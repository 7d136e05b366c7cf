// The laws of date_time.h on generated values.
#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "message/date_time_laws.h"

using namespace postkeep;
using namespace postkeep::message;

namespace {

rc::Gen<DateTime> date_time() {
  return rc::gen::apply(
      [](std::int64_t seconds, std::int16_t zone, bool known) {
        return DateTime{seconds, known ? zone : std::int16_t{0}, known};
      },
      rc::gen::inRange<std::int64_t>(-2'200'000'000, 253'000'000'000),
      rc::gen::inRange<std::int16_t>(-5999, 6000), rc::gen::arbitrary<bool>());
}

std::string replaced(const std::string& text, std::size_t at, char octet) {
  std::string result = text;
  result[at % text.size()] = octet;
  return result;
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("write then read is the identity", [] {
    const DateTime wanted = *date_time();
    const auto read = read_date_time(write(wanted));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == wanted);
  });
  held &= rc::check("the reader agrees with the grammar", [] {
    const std::string text =
        replaced(write(*date_time()), *rc::gen::arbitrary<std::size_t>(),
                 *rc::gen::elementOf(std::string{"1,:+J ()\r\n"}));
    RC_ASSERT(law_date_time_agrees_with_grammar(octets(text)));
    RC_ASSERT(law_read_then_write_is_the_same_moment(octets(text)));
    RC_ASSERT(law_recovery_differs_in_the_weekday_alone(octets(text)));
  });
  held &= rc::check("the calendar is a bijection", [] {
    RC_ASSERT(law_calendar_is_a_bijection(
        *rc::gen::inRange<std::int64_t>(-1'000'000, 4'000'000)));
  });
  return held ? 0 : 1;
}
