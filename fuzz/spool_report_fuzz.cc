// The laws of spool/report.h on mutated octets. Seeds: corpus/spool_report.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "spool/report_laws.h"

using namespace postkeep;
using namespace postkeep::spool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  PK_CHECK(law_report_has_one_form(input));
  PK_CHECK(law_deferral_has_one_form(input));
  PK_CHECK(law_marks_have_one_form(input));
  const auto marked = read_message(RecordType::marked_message, input);
  PK_CHECK(!marked || (marked->id != 0 && marked->marks != 0 &&
                       marked->marks <= marks_all));
  return 0;
}
