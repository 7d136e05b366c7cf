// Recovery over whatever segments hold. The octets are a recipe: two segments
// are built from them record by record, valid ones and broken ones, and then
// some octets are written over. Seeds: corpus/spool_recovery.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "spool/recovery_laws.h"
#include "spool/segment_builder.h"

using namespace postkeep;
using namespace postkeep::spool;

namespace {

class Recipe {
 public:
  explicit Recipe(Octets octets) : rest_(octets) {}
  std::uint64_t take() {
    if (rest_.empty()) return 0;
    const Octet first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  [[nodiscard]] bool is_empty() const { return rest_.empty(); }

 private:
  Octets rest_;
};

void add(SegmentBuilder& segment, Recipe& recipe, Sequence& sequence) {
  sequence += recipe.take() % 4;
  const Sequence durable = recipe.take();
  const auto type = RecordType{static_cast<std::uint32_t>(recipe.take() % 10)};
  std::vector<Octet> payload(recipe.take() * (recipe.take() % 9));
  for (std::size_t i = 0; i < std::min<std::size_t>(payload.size(), 16); ++i) {
    payload[i] = static_cast<Octet>(recipe.take());
  }
  (void)segment.add(sequence, durable, type, payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const Octets input{data, size};
  (void)scan(input);
  PK_CHECK(law_scan_is_in_order(input));

  Recipe recipe{input};
  std::vector<Scan> scans;
  Sequence sequence = 0;
  for (std::uint64_t generation = 1; generation <= 2; ++generation) {
    SegmentBuilder segment{generation, recipe.take(), recipe.take(),
                           recipe.take()};
    for (std::uint64_t left = recipe.take() % 16; left > 0; --left) {
      add(segment, recipe, sequence);
    }
    for (std::uint64_t left = recipe.take() % 8; left > 0; --left) {
      const std::uint64_t at = recipe.take() << 8 | recipe.take();
      segment.octets()[at % segment.octets().size()] =
          static_cast<Octet>(recipe.take());
    }
    PK_CHECK(law_scan_is_in_order(segment.octets()));
    if (const auto found = scan(segment.octets())) scans.push_back(*found);
  }
  // Written over, a header may say anything; of one generation there is one.
  if (scans.size() == 2 &&
      scans[0].header.generation == scans[1].header.generation) {
    scans.pop_back();
  }
  PK_CHECK(law_decision_is_sound(scans));
  return 0;
}
