// The laws of message/date_time.h on mutated octets. Seeds:
// corpus/message_date_time.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "message/date_time_laws.h"

using namespace postkeep;
using namespace postkeep::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_date_time_agrees_with_grammar(input));
  PK_CHECK(law_recovery_differs_in_the_weekday_alone(input));
  PK_CHECK(law_read_then_write_is_the_same_moment(input));
  return 0;
}
