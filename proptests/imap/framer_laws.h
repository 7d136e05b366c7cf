// The laws of imap/framer.h. Said once, here; tried on examples by tests/, on
// generated values by proptests/, on mutated octets by fuzz/ and on every file
// of corpus/imap_framer. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "imap/framer.h"

namespace postkeep::imap {

// The oracle: proptests/imap/framer_reference.rl.
bool reference_accepts_line(Octets whole);

struct Framed {
  std::vector<FramerEvent> events;
  std::optional<FrameError> error;
  std::uint64_t octets_held_most = 0;
  bool operator==(const Framed& other) const {
    return events == other.events && error == other.error;
  }
};

// Limits small enough to be met by short inputs.
inline FramerLimits small_limits() {
  FramerLimits limits;
  limits.line_octets = 48;
  limits.literal_octets = 24;
  limits.message_octets = 40;
  limits.literals = 3;
  limits.command_octets = 96;
  limits.non_synchronising_octets = 16;
  return limits;
}

// Reads all of `input`, at most `piece` octets at a time. Every literal that
// is asked for is allowed, but each `refused`th (0: none).
inline Framed frame_all(Octets input, std::size_t piece,
                        const FramerLimits& limits, std::size_t refused = 0) {
  Framed framed;
  Framer framer(limits);
  std::size_t asked = 0;
  while (true) {
    Octets head = input.first(std::min(piece, input.size()));
    const std::size_t offered = head.size();
    auto event = framer.read(head);
    input = input.subspan(offered - head.size());
    framed.octets_held_most =
        std::max(framed.octets_held_most, framer.octets_held());
    if (!event) {
      framed.error = event.error();
      return framed;
    }
    if (*event) {
      const bool asks = std::holds_alternative<LiteralAsked>(**event);
      framed.events.push_back(std::move(**event));
      if (asks && refused > 0 && ++asked % refused == 0)
        framer.refuse_literal();
      continue;
    }
    if (input.empty()) return framed;
  }
}

inline bool law_framer_cuts_do_not_matter(Octets input,
                                          const FramerLimits& limits,
                                          std::size_t refused = 0) {
  const Framed whole = frame_all(input, input.size() + 1, limits, refused);
  return whole == frame_all(input, 1, limits, refused) &&
         whole == frame_all(input, 3, limits, refused);
}

// What is held is bounded, whatever is sent: one command and its message.
inline bool law_framer_holds_within_limits(Octets input,
                                           const FramerLimits& limits) {
  return frame_all(input, input.size() + 1, limits).octets_held_most <=
         limits.command_octets + limits.message_octets + limits.literals;
}

// A frame is text without CR, LF and NUL but for its end and its marks, and
// has a literal for each mark, none with NUL but a literal8.
inline bool law_frame_is_well_formed(const Frame& frame) {
  if (!frame.text.ends_with("\r\n")) return false;
  std::string line = frame.text;
  std::size_t marks = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != literal_mark) continue;
    if (marks == frame.literals.size()) return false;
    const bool is_8 = i > 0 && line[i - 1] == '~';
    if (!is_8 && frame.literals[marks].contains('\0')) return false;
    line[i] = '.';
    ++marks;
  }
  return marks == frame.literals.size() && reference_accepts_line(octets(line));
}

// Another reader of the same framing, with no machine and no limits: how long
// the first command of `input` is, and whether it is whole. Nothing when a
// line ends badly. Every literal is let through.
struct Measured {
  std::size_t octets = 0;
  std::vector<std::string> literals;
};
inline std::optional<Measured> measure_command(std::string_view input) {
  Measured measured;
  while (true) {
    const std::string_view rest = input.substr(measured.octets);
    const std::size_t end = rest.find_first_of("\r\n");
    if (end == std::string_view::npos || rest.substr(end, 2) != "\r\n")
      return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    measured.octets += end + 2;
    const std::size_t open = line.rfind('{');
    if (open == std::string_view::npos || !line.ends_with('}')) return measured;
    std::string_view digits = line.substr(open + 1);
    digits.remove_suffix(digits.ends_with("+}") ? 2 : 1);
    if (digits.empty() ||
        digits.find_first_not_of("0123456789") != std::string_view::npos)
      return measured;
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    if (digits.size() > 9) return std::nullopt;
    const std::size_t octets = std::stoul(std::string(digits));
    if (input.size() - measured.octets < octets) return std::nullopt;
    measured.literals.emplace_back(input.substr(measured.octets, octets));
    measured.octets += octets;
  }
}

// A first command that is framed ends where the other reader ends it, with the
// same literals.
inline bool law_frames_end_where_they_end(Octets input,
                                          const FramerLimits& limits) {
  Framer framer(limits);
  Octets rest = input;
  while (true) {
    auto event = framer.read(rest);
    if (!event || !*event) return true;
    if (std::holds_alternative<LiteralAsked>(**event)) continue;
    const auto* const frame = std::get_if<Frame>(&**event);
    if (frame == nullptr) return true;
    const auto measured = measure_command(
        {reinterpret_cast<const char*>(input.data()), input.size()});
    return measured && measured->octets == input.size() - rest.size() &&
           measured->literals == frame->literals &&
           law_frame_is_well_formed(*frame);
  }
}

// After an error that ends the connection there is no other command.
inline bool law_framer_errors_stick(Octets input, const FramerLimits& limits) {
  Framer framer(limits);
  Octets rest = input;
  while (true) {
    const auto event = framer.read(rest);
    if (!event) {
      Octets good = octets("a NOOP\r\n");
      const auto second = framer.read(good);
      return ends_the_connection(event.error()) && !second &&
             second.error() == event.error();
    }
    if (!*event) return true;
  }
}

}  // namespace postkeep::imap
