#include <rapidcheck.h>

#include "imap/sequence_set_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

namespace {

rc::Gen<std::uint32_t> seq_number() {
  return rc::gen::oneOf(
      rc::gen::inRange<std::uint32_t>(0, 20),
      rc::gen::arbitrary<std::uint32_t>(),
      rc::gen::element<std::uint32_t>(4'294'967'294, 4'294'967'295));
}

rc::Gen<SequenceSet> any_set() {
  return rc::gen::map(
      rc::gen::nonEmpty(rc::gen::container<std::vector<SequenceRange>>(
          rc::gen::construct<SequenceRange>(seq_number(), seq_number()))),
      [](std::vector<SequenceRange> ranges) {
        return SequenceSet{std::move(ranges), false};
      });
}

// Octets that look like a set, with one replaced.
rc::Gen<std::string> near_set() {
  return rc::gen::apply(
      [](const SequenceSet& set, std::size_t at, char c) {
        std::string wire = write(set.ranges);
        wire[at % wire.size()] = c;
        return wire;
      },
      any_set(), rc::gen::arbitrary<std::size_t>(),
      rc::gen::oneOf(rc::gen::arbitrary<char>(),
                     rc::gen::element(',', ':', '*', '0', '9', '$')));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("a set that is written is read", [] {
    RC_ASSERT(law_set_write_then_read_is_identity(*any_set()));
  });
  held &= rc::check("resolving keeps what belongs", [] {
    const SequenceSet set = *any_set();
    const std::uint32_t largest = *seq_number();
    RC_ASSERT(law_resolved_is_normal(set, largest));
    for (const SequenceRange& range : set.ranges)
      for (const std::uint32_t near : {range.first, range.last})
        for (const std::uint32_t number : {near - 1, near, near + 1})
          RC_ASSERT(number == 0 ||
                    law_resolved_has_the_same(set, largest, number));
  });
  held &= rc::check("the reader agrees with the grammar", [] {
    RC_ASSERT(law_set_reader_agrees_with_grammar(octets(*near_set())));
  });
  return held ? 0 : 1;
}
