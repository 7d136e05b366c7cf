#include "spool/record.h"

#include <gtest/gtest.h>

#include <string>

#include "spool/journal_world.h"
#include "spool/record_laws.h"

using namespace postkeep;
using namespace postkeep::spool;

namespace {

Key counting_key() {
  Key key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<Octet>(i);
  return key;
}

// The example of the appendix of "SipHash: a fast short-input PRF", and the
// first of the reference implementation's vectors.
TEST(SpoolRecord, sip_hash_known_answers) {
  std::vector<Octet> octets;
  const auto hash = [&] {
    const Octets piece{octets};
    return sip_hash(counting_key(), {&piece, 1});
  };
  EXPECT_EQ(hash(), 0x726fdb47dd0e0e31U);
  octets.push_back(0);
  EXPECT_EQ(hash(), 0x74f839c593dc67fdU);
  for (Octet octet = 1; octet < 15; ++octet) octets.push_back(octet);
  EXPECT_EQ(hash(), 0xa129ca6149be45e5U);
}

TEST(SpoolRecord, how_a_hash_is_cut_does_not_matter) {
  std::string text = "some octets, of no particular length: 47 of them";
  for (std::size_t at = 0; at <= text.size(); ++at) {
    EXPECT_TRUE(law_hash_ignores_cuts(counting_key(), octets(text), at));
  }
}

TEST(SpoolRecord, a_segment_header_is_what_disks_hold) {
  SegmentHeader header;
  header.use = SegmentUse::records;
  header.generation = 0x0102030405060708U;
  header.first_sequence = 10;
  header.kept_up_to = 9;
  header.durable_up_to = 8;
  header.key = counting_key();
  const SegmentHeaderOctets octets = write(header);
  EXPECT_EQ(text_of(Octets{octets}.first(8)), "PKspool\n");
  EXPECT_EQ(octets[16], 8);
  EXPECT_EQ(octets[23], 1);
  EXPECT_EQ(read_segment_header(octets), header);
  EXPECT_FALSE(read_segment_header(Octets{octets}.first(87)));
  for (std::size_t i = 0; i < octets.size(); ++i) {
    SegmentHeaderOctets broken = octets;
    broken[i] ^= 0x20;
    EXPECT_FALSE(read_segment_header(broken)) << "octet " << i;
  }
}

TEST(SpoolRecord, a_newer_format_can_be_told_from_damage) {
  SegmentHeader header;
  header.format = segment_format + 1;
  const auto read = read_segment_header(write(header));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->format, segment_format + 1);
}

TEST(SpoolRecord, a_record_header_needs_its_key_and_every_bit) {
  const RecordHeader header{RecordType::copied_message, 3, 5, 4, 100, 77};
  const RecordHeaderOctets octets = write(header, counting_key());
  EXPECT_EQ(text_of(Octets{octets}.first(4)), "PKrc");
  EXPECT_EQ(read_record_header(octets, counting_key()), header);
  EXPECT_FALSE(read_record_header(octets, Key{}));
  for (std::size_t octet = 0; octet < record_header_octets; ++octet) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      ASSERT_TRUE(
          law_record_header_needs_its_key(header, counting_key(), octet, bit));
    }
  }
}

TEST(SpoolRecord, numbers_beyond_all_use_are_no_header) {
  const RecordHeader header{RecordType::message, 1, sequence_max + 1, 0, 0, 0};
  EXPECT_FALSE(read_record_header(write(header, Key{}), Key{}));
}

TEST(SpoolRecord, records_begin_at_multiples_of_eight) {
  EXPECT_EQ(record_octets(0), 56U);
  EXPECT_EQ(record_octets(1), 64U);
  EXPECT_EQ(record_octets(8), 64U);
  EXPECT_EQ(record_octets(9), 72U);
}

TEST(SpoolRecord, outcomes_are_exact) {
  const Outcome one{7, 3};
  const Outcome all{7, std::nullopt};
  EXPECT_EQ(read_outcome(RecordType::recipient_done, write(one)), one);
  EXPECT_EQ(read_outcome(RecordType::message_done, write(all)), all);
  EXPECT_FALSE(read_outcome(RecordType::recipient_done, write(all)));
  EXPECT_FALSE(read_outcome(RecordType::message_done, write(one)));
  EXPECT_FALSE(read_outcome(RecordType::message, write(one)));
}

TEST(SpoolEntry, is_read_back_as_it_was) {
  for (std::size_t recipients = 1; recipients < 20; ++recipients) {
    const Entry entry = make_entry(recipients, recipients);
    EXPECT_TRUE(law_entry_is_read_back(entry));
    EXPECT_TRUE(law_entry_has_one_end(entry));
  }
}

TEST(SpoolEntry, limits_are_kept) {
  Entry entry = make_entry(1);
  EXPECT_TRUE(is_within_limits(entry));
  entry.recipients.clear();
  EXPECT_FALSE(is_within_limits(entry));
  entry.recipients.resize(entry_recipients_max);
  EXPECT_TRUE(is_within_limits(entry));
  entry.recipients.resize(entry_recipients_max + 1);
  EXPECT_FALSE(is_within_limits(entry));
  entry = make_entry(1);
  entry.recipients[0].user.assign(entry_path_octets_max + 1, 'u');
  EXPECT_FALSE(is_within_limits(entry));
  entry = make_entry(1);
  entry.trace.assign(entry_trace_octets_max + 1, 't');
  EXPECT_FALSE(is_within_limits(entry));
  entry = make_entry(1);
  entry.recipients[0].notify = 16;
  EXPECT_FALSE(is_within_limits(entry));
}

TEST(SpoolEntry, the_largest_within_its_limits_fits) {
  Entry entry = make_entry(1, entry_recipients_max);
  entry.trace.assign(entry_trace_octets_max, 't');
  for (Recipient& recipient : entry.recipients) {
    recipient.forward_path.assign(entry_path_octets_max, 'p');
    recipient.user.assign(entry_path_octets_max, 'u');
    recipient.folder.assign(entry_path_octets_max, 'f');
    recipient.original_recipient.assign(entry_original_recipient_octets_max,
                                        'o');
  }
  ASSERT_TRUE(is_within_limits(entry));
  EXPECT_LE(write(entry).size(), entry_octets_max);
  EXPECT_TRUE(law_entry_is_read_back(entry));
}

TEST(SpoolEntry, every_end_but_the_right_one_is_refused) {
  const std::vector<Octet> octets = write(make_entry(1, 2));
  for (std::size_t count = 0; count < octets.size(); ++count) {
    ASSERT_FALSE(read_entry(Octets{octets}.first(count)));
  }
  EXPECT_TRUE(read_entry(octets));
}

TEST(SpoolEntry, queue_ids_are_thirteen_characters) {
  EXPECT_EQ(write(QueueId{0}), "0000000000000");
  EXPECT_EQ(write(QueueId{31}), "000000000000z");
  EXPECT_EQ(write(QueueId{UINT64_MAX}), "fzzzzzzzzzzzz");
  EXPECT_EQ(read_queue_id("fzzzzzzzzzzzz"), QueueId{UINT64_MAX});
  EXPECT_FALSE(read_queue_id("gzzzzzzzzzzzz"));  // 65 bits.
  EXPECT_FALSE(read_queue_id("000000000000Z"));  // One form: small letters.
  EXPECT_FALSE(read_queue_id("000000000000u"));
  EXPECT_FALSE(read_queue_id("000000000000"));
  sim::SimRandom random{1};
  EXPECT_TRUE(law_queue_id_is_read_back(make_queue_id(random)));
}

}  // namespace
