#include <rapidcheck.h>

#include "spool/record_laws.h"

using namespace postkeep;
using namespace postkeep::spool;

namespace {

rc::Gen<std::string> text_up_to(std::size_t octets_max) {
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, octets_max + 1),
                         [](std::size_t count) {
                           return rc::gen::container<std::string>(
                               count, rc::gen::arbitrary<char>());
                         });
}

rc::Gen<Recipient> recipient() {
  return rc::gen::build<Recipient>(
      rc::gen::set(&Recipient::forward_path, text_up_to(80)),
      rc::gen::set(&Recipient::user, text_up_to(20)),
      rc::gen::set(&Recipient::folder, text_up_to(20)),
      rc::gen::set(&Recipient::original_recipient, text_up_to(500)),
      rc::gen::set(&Recipient::notify, rc::gen::inRange<std::uint8_t>(0, 16)),
      rc::gen::set(&Recipient::delivery_id, rc::gen::arbitrary<DeliveryId>()));
}

rc::Gen<Entry> entry() {
  return rc::gen::build<Entry>(
      rc::gen::set(&Entry::queue_id,
                   rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                                [](std::uint64_t id) { return QueueId{id}; })),
      rc::gen::set(&Entry::received,
                   rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                                [](std::int64_t time) {
                                  return WallTime{Duration{time}};
                                })),
      rc::gen::set(&Entry::reverse_path, text_up_to(100)),
      rc::gen::set(&Entry::envelope_id, text_up_to(100)),
      rc::gen::set(&Entry::ret, rc::gen::element(Return::unsaid, Return::full,
                                                 Return::headers)),
      rc::gen::set(&Entry::body,
                   rc::gen::element(Body::seven_bit, Body::eight_bit_mime,
                                    Body::binary_mime)),
      rc::gen::set(&Entry::smtputf8, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Entry::quarantined, rc::gen::arbitrary<bool>()),
      rc::gen::set(&Entry::session, text_up_to(64)),
      rc::gen::set(&Entry::trace, text_up_to(2000)),
      rc::gen::set(&Entry::recipients,
                   rc::gen::nonEmpty(rc::gen::container<std::vector<Recipient>>(
                       recipient()))));
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("an entry is read back as it was", [] {
    const Entry one = *entry();
    RC_ASSERT(law_entry_is_read_back(one));
    RC_ASSERT(law_entry_has_one_end(one));
    RC_ASSERT(law_entry_has_one_form(write(one)));
  });
  held &= rc::check("an entry with an octet changed has one form or none", [] {
    std::vector<Octet> octets = write(*entry());
    octets[*rc::gen::inRange<std::size_t>(0, octets.size())] =
        *rc::gen::arbitrary<Octet>();
    RC_ASSERT(law_entry_has_one_form(octets));
  });
  held &= rc::check("a queue id is read back", [](std::uint64_t id) {
    RC_ASSERT(law_queue_id_is_read_back(QueueId{id}));
  });
  held &= rc::check(
      "a record header needs its key, and every bit",
      [](std::uint32_t payload_octets, std::uint64_t hash, const Key& key,
         std::uint8_t octet, std::uint8_t bit) {
        const RecordHeader header{RecordType::message, 7,   9, 8,
                                  payload_octets,      hash};
        RC_ASSERT(read_record_header(write(header, key), key) == header);
        RC_ASSERT(law_record_header_needs_its_key(header, key, octet, bit));
      });
  held &= rc::check(
      "cuts do not change a hash",
      [](const Key& key, const std::vector<Octet>& octets, std::size_t at) {
        RC_ASSERT(law_hash_ignores_cuts(key, octets, at));
      });
  held &= rc::check("the bits of what is done are read back", [] {
    const auto count =
        *rc::gen::inRange<std::size_t>(1, entry_recipients_max + 1);
    const auto done = *rc::gen::container<std::vector<bool>>(
        count, rc::gen::arbitrary<bool>());
    RC_ASSERT(law_done_bits_are_read_back(
        *rc::gen::inRange<Sequence>(1, sequence_max), done));
  });
  return held ? 0 : 1;
}
