#include "imap/framer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "imap/command.h"

namespace postkeep::imap {
namespace {

// RFC 9051 section 9: number64 is an unsigned 63-bit integer.
constexpr std::uint64_t number64_max = (std::uint64_t{1} << 63) - 1;

// Kept of a refused command: enough for its tag.
constexpr std::size_t refused_text_octets = tag_octets_max + 1;

// A literal's buffer grows by this factor, up to its announced size: a client
// that announces much and sends little costs little, and one that sends it all
// has a third of it copied once more.
constexpr std::size_t growth = 4;
constexpr std::size_t first_reserve_octets = 64 * 1024;

std::uint64_t left(std::uint64_t limit, std::uint64_t used) {
  return limit > used ? limit - used : 0;
}

}  // namespace

FramerLimits limits_before_login() {
  FramerLimits limits;
  limits.literals = 8;
  limits.command_octets = 32 * 1024;
  return limits;
}

FramerLimits limits_after_login(std::uint64_t message_octets) {
  FramerLimits limits;
  limits.literal_octets = 64 * 1024;
  limits.command_octets = 256 * 1024;
  limits.message_octets = message_octets;
  return limits;
}

Framer::Framer(const FramerLimits& limits) : limits_(limits) {
  start_command();
}

void Framer::expect_line() {
  PK_CHECK(!in_command());
  line_expected_ = true;
}

bool Framer::in_command() const {
  return state_ != State::line || line_octets_ > 0 || !frame_.text.empty() ||
         refused_;
}

std::uint64_t Framer::octets_held() const {
  std::uint64_t held = frame_.text.size();
  for (const std::string& literal : frame_.literals) held += literal.size();
  return held;
}

std::expected<std::optional<FramerEvent>, FrameError> Framer::read(
    Octets& input) {
  if (state_ == State::asked) state_ = State::literal;
  while (!lost_ && (!input.empty() || literal_left_ == 0)) {
    if (state_ == State::literal) {
      read_literal(input);
      continue;
    }
    if (input.empty()) return std::nullopt;
    auto event = read_line(input);
    if (event && !lost_) return event;
  }
  if (lost_) return std::unexpected(*lost_);
  return std::nullopt;
}

void Framer::refuse_literal() {
  PK_CHECK(state_ == State::asked);
  start_command();
}

void Framer::start_command() {
  state_ = State::line;
  line_expected_ = false;
  frame_ = {};
  command_octets_ = 0;
  messages_octets_ = 0;
  messages_ = 0;
  refused_.reset();
  discarded_octets_ = 0;
  literal_left_ = 0;
  start_line();
}

// From here on nothing of the command is kept but what its tag is in.
void Framer::refuse(FrameError error) {
  if (!refused_) refused_ = error;
  if (frame_.text.size() > refused_text_octets)
    frame_.text.resize(refused_text_octets);
  frame_.literals.clear();
  frame_.literals.shrink_to_fit();
}

void Framer::discard(std::uint64_t octets) {
  if (octets > discarded_octets_max - discarded_octets_) {
    lose(FrameError::discarded_too_much);
    return;
  }
  discarded_octets_ += octets;
}

std::optional<FramerEvent> Framer::read_line(Octets& input) {
  line_has_ended_ = false;
  literal_announced_ = false;
  const std::size_t used = run(input);
  keep_line(input.first(used));
  input = input.subspan(used);
  if (lost_ || !line_has_ended_) return std::nullopt;
  if (literal_announced_ && !line_expected_) return announce_literal();
  return end_command();
}

// Judged octet by octet, so that cuts do not matter: what comes before the
// first octet that is too many, or NUL, is kept, and nothing after it.
void Framer::keep_line(Octets piece) {
  if (refused_) {
    discard(piece.size());
    return;
  }
  const std::uint64_t line_room = left(limits_.line_octets, line_octets_);
  const std::uint64_t command_room =
      left(limits_.command_octets, command_octets_);
  Octets kept = piece.first(static_cast<std::size_t>(
      std::min<std::uint64_t>({line_room, command_room, piece.size()})));
  const bool too_many = kept.size() < piece.size();
  const auto nul = std::ranges::find(kept, Octet{literal_mark});
  const bool has_nul = nul != kept.end();
  kept = kept.first(static_cast<std::size_t>(nul - kept.begin()));

  frame_.text.append(reinterpret_cast<const char*>(kept.data()), kept.size());
  line_octets_ += kept.size();
  command_octets_ += kept.size();
  if (has_nul) {
    refuse(FrameError::line_has_nul);
  } else if (too_many) {
    refuse(line_room <= command_room ? FrameError::line_too_long
                                     : FrameError::command_too_large);
  }
  if (refused_) discard(piece.size() - kept.size());
}

FramerEvent Framer::end_command() {
  Frame frame = std::move(frame_);
  const std::optional<FrameError> refused = refused_;
  const bool was_line = line_expected_;
  start_command();
  if (refused) return Refused{*refused, std::move(frame.text)};
  if (!was_line) return frame;
  frame.text.resize(frame.text.size() - 2);
  return Line{std::move(frame.text)};
}

// The line has ended with a head, which is at the end of frame_.text unless the
// command was refused before.
std::optional<FramerEvent> Framer::announce_literal() {
  bool is_message = false;
  if (!refused_) {
    frame_.text.resize(frame_.text.size() - head_.length - 2);
    is_message = limits_.message_octets > 0 && message_comes_next(frame_.text);
    if (const auto trouble =
            is_message ? message_trouble() : literal_trouble()) {
      refuse(*trouble);
    } else if (!can_become_command(frame_.text + literal_mark)) {
      refuse(FrameError::outside_grammar);
    }
  }
  if (refused_) {
    // The client waits, and sends no literal when it is told NO or BAD.
    if (head_.synchronises) return end_command();
    literal_kept_ = false;
    // A message of up to twice its limit is read to be answered NO: a client
    // that is cut off instead sends it again and again (RFC 7888 section 4).
    const bool is_near =
        is_message && head_.octets / 2 <= limits_.message_octets;
    if (!is_near) discard(head_.octets);
  } else {
    literal_kept_ = true;
    literal_may_have_nul_ = frame_.text.ends_with('~');
    frame_.text += literal_mark;
    frame_.literals.emplace_back();
    messages_ += is_message ? 1U : 0U;
    (is_message ? messages_octets_ : command_octets_) += head_.octets;
  }
  literal_left_ = head_.octets;
  state_ = head_.synchronises ? State::asked : State::literal;
  if (state_ == State::literal) return std::nullopt;
  return LiteralAsked{head_.octets, is_message, frame_.text};
}

std::optional<FrameError> Framer::literal_trouble() const {
  if (head_.overflowed || head_.octets > limits_.literal_octets)
    return FrameError::literal_too_large;
  if (!head_.synchronises && head_.octets > limits_.non_synchronising_octets)
    return FrameError::not_asked_for;
  if (frame_.literals.size() - messages_ >= limits_.literals)
    return FrameError::too_many_literals;
  if (head_.octets > left(limits_.command_octets, command_octets_))
    return FrameError::command_too_large;
  return std::nullopt;
}

std::optional<FrameError> Framer::message_trouble() const {
  if (head_.overflowed || head_.octets > limits_.message_octets)
    return FrameError::message_too_large;
  if (!head_.synchronises && head_.octets > limits_.non_synchronising_octets)
    return FrameError::not_asked_for;
  if (head_.octets > left(limits_.message_octets, messages_octets_))
    return FrameError::messages_too_large;
  if (messages_ >= limits_.messages) return FrameError::too_many_literals;
  return std::nullopt;
}

void Framer::read_literal(Octets& input) {
  const std::size_t here = static_cast<std::size_t>(
      std::min<std::uint64_t>(literal_left_, input.size()));
  const Octets piece = input.first(here);
  input = input.subspan(here);
  literal_left_ -= here;
  if (literal_kept_ && !piece.empty()) {
    if (!literal_may_have_nul_ &&
        std::memchr(piece.data(), literal_mark, here) != nullptr) {
      refuse(FrameError::literal_has_nul);
      literal_kept_ = false;
    } else {
      std::string& literal = frame_.literals.back();
      if (literal.capacity() - literal.size() < here) {
        const std::size_t wanted =
            std::max({literal.size() + here, growth * literal.capacity(),
                      first_reserve_octets});
        literal.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(
            wanted, literal.size() + here + literal_left_)));
      }
      literal.append(reinterpret_cast<const char*>(piece.data()), here);
    }
  }
  if (literal_left_ > 0) return;
  state_ = State::line;
  start_line();
}

void Framer::head_start() { head_ = {.length = 1}; }

void Framer::head_digit(Octet octet) {
  ++head_.length;
  const std::uint64_t value = octet - std::uint64_t{'0'};
  if (head_.octets > (number64_max - value) / 10) head_.overflowed = true;
  head_.octets = head_.overflowed ? number64_max : head_.octets * 10 + value;
}

void Framer::head_plus() {
  ++head_.length;
  head_.synchronises = false;
}

void Framer::line_end() { line_has_ended_ = true; }

void Framer::literal_head_end() {
  ++head_.length;  // The brace.
  line_has_ended_ = true;
  literal_announced_ = true;
}

// What only a guess could repair: where the line ends for the client.
void Framer::line_broken(Octet octet) {
  lose(octet == '\n' ? FrameError::bare_lf : FrameError::bare_cr);
}

std::string_view name(FrameError error) {
  switch (error) {
    case FrameError::line_too_long: return "line_too_long";
    case FrameError::literal_too_large: return "literal_too_large";
    case FrameError::message_too_large: return "message_too_large";
    case FrameError::messages_too_large: return "messages_too_large";
    case FrameError::not_asked_for: return "not_asked_for";
    case FrameError::too_many_literals: return "too_many_literals";
    case FrameError::command_too_large: return "command_too_large";
    case FrameError::literal_has_nul: return "literal_has_nul";
    case FrameError::line_has_nul: return "line_has_nul";
    case FrameError::outside_grammar: return "outside_grammar";
    case FrameError::bare_cr: return "bare_cr";
    case FrameError::bare_lf: return "bare_lf";
    case FrameError::discarded_too_much: return "discarded_too_much";
  }
  check_failed("FrameError holds one of its enumerators", __FILE__, __LINE__);
}

bool ends_the_connection(FrameError error) {
  return error == FrameError::bare_cr || error == FrameError::bare_lf ||
         error == FrameError::discarded_too_much;
}

}  // namespace postkeep::imap
