// The laws of messages and packets on generated octets.
#include <rapidcheck.h>

#include "ipc/message_laws.h"
#include "ipc/packets_laws.h"

using namespace postkeep;
using namespace postkeep::ipc;

int main() {
  bool held = true;
  held &= rc::check("a message that is read is written the same again", [] {
    const auto which = *rc::gen::inRange<std::size_t>(0, messages_count);
    const auto octets = *rc::gen::arbitrary<std::vector<Octet>>();
    RC_ASSERT(with_message(which, [&](auto type) {
      return law_read_then_write_is_identity<typename decltype(type)::type>(
          octets);
    }));
  });
  held &= rc::check("an octet changed leaves another message or none", [] {
    const auto which = *rc::gen::inRange<std::size_t>(0, messages_count);
    const auto at = *rc::gen::arbitrary<std::size_t>();
    const auto octet = *rc::gen::arbitrary<Octet>();
    RC_ASSERT(with_message(which, [&](auto type) {
      using Message = typename decltype(type)::type;
      std::vector<Octet> octets = write(Message{});
      if (!octets.empty()) octets[at % octets.size()] = octet;
      return law_read_then_write_is_identity<Message>(octets);
    }));
  });
  held &= rc::check("what is sent is assembled", [] {
    const auto octets = *rc::gen::arbitrary<std::vector<Octet>>();
    RC_ASSERT(law_sent_is_assembled(Kind::offer_answer, octets));
  });
  held &= rc::check("nonsense is bounded", [] {
    const auto octets = *rc::gen::arbitrary<std::vector<Octet>>();
    RC_ASSERT(law_nonsense_is_bounded(octets));
  });
  return held ? 0 : 1;
}
