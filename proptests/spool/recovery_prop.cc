#include <rapidcheck.h>

#include <set>

#include "spool/recovery_laws.h"
#include "spool/segment_builder.h"

using namespace postkeep;
using namespace postkeep::spool;

namespace {

// One journal of up to three segments whose records were written in order, each
// claiming what had been flushed when it was written.
struct Built {
  std::vector<SegmentBuilder> segments;
  struct At {
    std::size_t segment;
    std::uint64_t offset;
    std::uint64_t end;
  };
  std::vector<At> records;        // Of sequence 1, 2, …
  std::vector<Sequence> durable;  // What each one claims.
};

Built build() {
  Built built;
  const auto segments = *rc::gen::inRange<std::size_t>(1, 4);
  Sequence next = 1;
  Sequence durable = 0;
  for (std::size_t i = 0; i < segments; ++i) {
    built.segments.emplace_back(i + 1, next, next - 1, durable);
    const auto count = *rc::gen::inRange<Sequence>(1, 8);
    for (Sequence k = 0; k < count; ++k) {
      // A flush may have ended before this one was written.
      if (*rc::gen::arbitrary<bool>()) {
        durable = *rc::gen::inRange<Sequence>(durable, next);
      }
      const auto octets = *rc::gen::inRange<std::size_t>(0, 600);
      std::vector<Octet> payload = write_message_prefix(0);
      payload.resize(payload.size() + octets, 'm');
      const auto offset = built.segments.back().add(
          next, durable, RecordType::message, payload);
      if (!offset) break;
      built.records.push_back({i, *offset, built.segments.back().end()});
      built.durable.push_back(durable);
      next += 1;
    }
  }
  return built;
}

std::vector<Scan> scans_of(Built& built) {
  std::vector<Scan> scans;
  for (SegmentBuilder& segment : built.segments) {
    scans.push_back(*scan(segment.octets()));
  }
  return scans;
}

std::set<Sequence> sequences(const std::vector<Scan>& scans) {
  std::set<Sequence> all;
  for (const Scan& scan : scans) {
    for (const FoundRecord& record : scan.records) {
      all.insert(record.header.sequence);
    }
  }
  return all;
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("an undamaged journal counts whole", [] {
    Built built = build();
    const std::vector<Scan> scans = scans_of(built);
    for (SegmentBuilder& segment : built.segments) {
      RC_ASSERT(law_scan_is_in_order(segment.octets()));
    }
    RC_ASSERT(law_decision_is_sound(scans));
    const Decision decision = decide(scans);
    RC_ASSERT(decision.damages.empty());
    RC_ASSERT(decision.kept_up_to == built.records.size());
    RC_ASSERT(sequences(scans).size() == built.records.size());
  });
  // Invariant J5, both ways.
  held &=
      rc::check("one broken record is damage if it was durable, else torn", [] {
        Built built = build();
        const auto broken =
            *rc::gen::inRange<std::size_t>(0, built.records.size());
        const Built::At at = built.records[broken];
        const auto octet = static_cast<std::size_t>(
            *rc::gen::inRange(at.offset, at.offset + record_header_octets + 4));
        built.segments[at.segment].octets()[octet] ^= 0x10;
        const std::vector<Scan> scans = scans_of(built);
        RC_ASSERT(law_decision_is_sound(scans));
        const Decision decision = decide(scans);
        const Sequence lost = broken + 1;
        // What the others, and the headers after them, say was flushed.
        Sequence durable = 0;
        for (std::size_t i = 0; i < built.durable.size(); ++i) {
          if (i != broken) durable = std::max(durable, built.durable[i]);
        }
        for (const SegmentBuilder& segment : built.segments) {
          durable = std::max(durable, segment.header().durable_up_to);
        }
        RC_ASSERT(sequences(scans).size() == built.records.size() - 1);
        if (lost <= durable) {
          RC_ASSERT(decision.damages.size() == 1U);
          RC_ASSERT(decision.damages[0].segment == at.segment);
          RC_ASSERT(decision.damages[0].offset <= at.offset);
          RC_ASSERT(decision.damages[0].end >= at.end);
          RC_ASSERT(decision.kept_up_to == (broken + 1 == built.records.size()
                                                ? durable
                                                : built.records.size()));
        } else {
          RC_ASSERT(decision.damages.empty());
          RC_ASSERT(decision.kept_up_to == lost - 1);
        }
      });
  held &= rc::check("octets of strangers are never a record", [] {
    // A message that carries a record written under a key it had to guess.
    SegmentBuilder other{1, 1, 0, 0};
    (void)other.add(2, 1);
    std::vector<Octet> payload = write_message_prefix(0);
    const Key guess = *rc::gen::arbitrary<Key>();
    const RecordHeader forged{RecordType::message_done, 1, 2, 1, 0,
                              sip_hash(guess, {})};
    payload.resize(8 + 4 * *rc::gen::inRange<std::size_t>(0, 2));
    const RecordHeaderOctets octets = write(forged, guess);
    payload.insert(payload.end(), octets.begin(), octets.end());
    SegmentBuilder segment{1, 1, 0, 0};
    const auto offset = segment.add(1, 0, RecordType::message, payload);
    segment.octets()[*offset + 9] ^= 1;  // The record around it is broken.
    RC_PRE(guess != segment.header().key);
    RC_ASSERT(scan(segment.octets())->records.empty());
  });
  return held ? 0 : 1;
}
