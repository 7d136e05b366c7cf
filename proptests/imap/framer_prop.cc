#include <rapidcheck.h>

#include "imap/command_writer.h"
#include "imap/framer_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

namespace {

// What commands are made of, in any order.
rc::Gen<std::string> near_commands() {
  const auto piece = rc::gen::element<std::string>(
      "a LOGIN ", "b APPEND x ", "c NOOP", "d SEARCH TEXT ", "\r\n", "\r\n",
      "{3}\r\n", "{3+}\r\n", "{0+}\r\n", "{20+}\r\n", "~{4+}\r\n", "{30}\r\n",
      "{99999999999999999999+}\r\n", "abc", " ", "xyzxyzxyz", "\n", "\r",
      std::string(1, '\0'), "{", "}", "1", "+");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& p : pieces) text += p;
                        return text;
                      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("cuts do not matter", [] {
    const std::string wire = *near_commands();
    const auto refused = *rc::gen::inRange<std::size_t>(0, 3);
    RC_ASSERT(
        law_framer_cuts_do_not_matter(octets(wire), small_limits(), refused));
  });
  held &= rc::check("what is held is bounded", [] {
    RC_ASSERT(law_framer_holds_within_limits(octets(*near_commands()),
                                             small_limits()));
  });
  held &= rc::check("commands end where they end, errors stick", [] {
    const std::string wire = *near_commands();
    RC_ASSERT(law_frames_end_where_they_end(octets(wire), small_limits()));
    RC_ASSERT(law_framer_errors_stick(octets(wire), small_limits()));
  });
  held &= rc::check("a frame that is written is framed again", [] {
    const auto user =
        *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    const auto password =
        *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    const Frame frame = write_command(Command{"t", Login{user, password}});
    const bool synchronises = *rc::gen::arbitrary<bool>();
    const std::string wire = write_frame(frame, synchronises);
    const Framed framed =
        frame_all(octets(wire), wire.size(), limits_after_login(0));
    RC_ASSERT(!framed.events.empty());
    RC_ASSERT(framed.events.back() == FramerEvent(frame));
    RC_ASSERT(framed.events.size() ==
              1 + (synchronises ? frame.literals.size() : 0));
  });
  return held ? 0 : 1;
}
