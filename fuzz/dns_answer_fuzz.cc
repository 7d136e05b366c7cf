// The laws of dns/answer.h on mutated octets. Seeds: corpus/dns_answer.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "dns/answer_laws.h"

using namespace postkeep;
using namespace postkeep::dns;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size > 65535) return 0;  // RFC 1035 section 4.2.2: none is longer.
  const Octets input{data, size};
  const DnsQuestion question = question_in(input, DnsType::a);
  PK_CHECK(law_answer_is_of_the_question(input, question));
  PK_CHECK(law_answer_is_to_one_question(input, question));
  PK_CHECK(law_only_the_whole_is_an_answer(input, question));
  PK_CHECK(law_query_is_a_question(question, id_in(input)));
  PK_CHECK(law_names_stay_names(input, size / 2));
  return 0;
}
