// Frames: one whole command as lines and literals (RFC 9051 section 4.3, RFC
// 7888), out of a stream of octets.
//
// Here:      Framer (octets to Frame), its limits and errors.
// Not here:  what a command means (imap/command.h); the "+ " line itself (the
//            session writes it).
// Grammar:   grammar/rfc9051_literal.rl, rules line_end and literal heads.
// Laws:      proptests/imap/framer_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/octets.h"

namespace postkeep::imap {

// RFC 2683 section 3.2.1.5 asks for 8,000 octets at least.
inline constexpr std::size_t line_octets_max = 8 * 1024;
// RFC 3502 sets no bound on the messages of one APPEND. The most that may be
// set (FramerLimits::messages).
inline constexpr std::size_t append_messages_max = 10'000;
// RFC 7888 section 5: what LITERAL- lets through without asking.
inline constexpr std::size_t literal_minus_octets_max = 4'096;
// What is read and thrown away of a command that was refused, before the
// connection is given up (RFC 7888 section 4 allows either); APPEND's message
// may have twice its limit beside that.
inline constexpr std::uint64_t discarded_octets_max = 1024 * 1024;

// Set by the session; checked when a line or a literal begins.
struct FramerLimits {
  std::size_t line_octets = line_octets_max;  // Each line between literals.
  std::uint64_t literal_octets = 4'096;       // Each literal but the next:
  // APPEND's messages, all of one command. 0: as any other literal.
  std::uint64_t message_octets = 0;
  std::size_t messages = 1'000;              // Of one APPEND.
  std::size_t literals = 64;                 // In one command, but messages.
  std::uint64_t command_octets = 64 * 1024;  // All but APPEND's messages.
  // Larger non-synchronising literals are refused: LITERAL- is offered.
  std::uint64_t non_synchronising_octets = literal_minus_octets_max;
};

// Before authentication (every literal up to 4 KiB) and after it.
[[nodiscard]] FramerLimits limits_before_login();
[[nodiscard]] FramerLimits limits_after_login(std::uint64_t message_octets);

// Why a command was not framed. The stream is still in step after all but
// the last three, which end the connection.
enum class FrameError : std::uint8_t {
  line_too_long,
  literal_too_large,
  message_too_large,   // APPEND's: answer NO [TOOBIG] (RFC 4469).
  messages_too_large,  // One more than may come in one APPEND.
  not_asked_for,  // Above LITERAL-'s bound: BAD [TOOBIG] (RFC 7888 section 5).
  too_many_literals,
  command_too_large,
  literal_has_nul,  // RFC 9051 section 9: CHAR8 is any octet but NUL.
  line_has_nul,     // The same, outside literals.
  outside_grammar,  // A synchronising literal where no command has one.
  bare_cr,          // CR without LF or LF without CR: no line ends there, so
  bare_lf,          // what the client means by the rest cannot be known.
  discarded_too_much,
};

[[nodiscard]] std::string_view name(FrameError error);
[[nodiscard]] bool ends_the_connection(FrameError error);

// In `text`, each literal with its head ("{5}" CRLF, five octets) is the one
// octet literal_mark; a literal8 keeps its "~" before that. `text` ends with
// CRLF and has no other CR, LF or NUL.
inline constexpr char literal_mark = '\0';
struct Frame {
  std::string text;
  std::vector<std::string> literals;  // In order; as many as marks in `text`.
  bool operator==(const Frame&) const = default;
};

// A line without its CRLF, read after expect_line(): IDLE's DONE, a response
// of AUTHENTICATE.
struct Line {
  std::string text;
  bool operator==(const Line&) const = default;
};

// The client waits for "+ ". Write it and read on, or refuse_literal().
struct LiteralAsked {
  std::uint64_t octets = 0;
  bool is_message = false;  // APPEND's.
  std::string text;         // The command so far, to judge by.
  bool operator==(const LiteralAsked&) const = default;
};

// A command that is not taken; it has been read to its end. `text` is the
// beginning of its first line, for its tag: read_tag() in imap/command.h.
struct Refused {
  FrameError error = FrameError::outside_grammar;
  std::string text;
  bool operator==(const Refused&) const = default;
};

using FramerEvent = std::variant<Frame, Line, LiteralAsked, Refused>;

// Cuts a stream into commands, however the network cut it up. Does no I/O.
//
//   state     leaves by                                             made in
//   line      CRLF: Frame; "{n}" CRLF: asked; "{n+}" CRLF: literal  read_line
//   asked     the next read(): literal; refuse_literal(): line      read
//   literal   n octets: line read_literal
// An error that ends the connection stays, whatever the state.
// A command that went wrong passes through the same states, without keeping
// octets, to its end or to a synchronising literal, where it is Refused.
class Framer {
 public:
  explicit Framer(const FramerLimits& limits);

  // From the next line or literal on.
  void set_limits(const FramerLimits& limits) { limits_ = limits; }

  // The next line is no command: it comes as a Line. For one line.
  void expect_line();

  // Takes octets from the front of `input` and moves `input` past them. No
  // octet is taken beyond what is returned, so that STARTTLS can see whether
  // anything came after it.
  //   an event   see above
  //   nullopt    `input` is used up: call again
  //   an error   one that ends the connection; it stays
  [[nodiscard]] std::expected<std::optional<FramerEvent>, FrameError> read(
      Octets& input);

  // After LiteralAsked, instead of "+ ": answer the command with NO or BAD;
  // the client goes on with another (RFC 9051 section 4.3).
  void refuse_literal();

  // After LiteralAsked: the command so far, with its literals.
  [[nodiscard]] const Frame& so_far() const { return frame_; }
  // Whether a command (or expected line) has begun but not ended.
  [[nodiscard]] bool in_command() const;
  // Octets held for the command that is being read.
  [[nodiscard]] std::uint64_t octets_held() const;

 private:
  enum class State : std::uint8_t { line, asked, literal };

  // What the end of a line announces.
  struct Head {
    std::uint64_t octets = 0;
    bool overflowed = false;  // More than 63 bits (I04: checked by digit).
    bool synchronises = true;
    std::size_t length = 0;  // Of "{5+}".
  };

  // imap/framer.rl: the machine of one line. run() returns octets used.
  void start_line();
  std::size_t run(Octets input);

  // Its actions, in imap/framer.cc.
  void head_start();
  void head_digit(Octet octet);
  void head_plus();
  void line_end();
  void literal_head_end();
  void line_broken(Octet octet);  // Not an action: the machine's error.

  void start_command();
  void refuse(FrameError error);
  void lose(FrameError error) { lost_ = error; }
  std::optional<FramerEvent> read_line(Octets& input);
  void keep_line(Octets piece);
  FramerEvent end_command();
  std::optional<FramerEvent> announce_literal();
  [[nodiscard]] std::optional<FrameError> literal_trouble() const;
  [[nodiscard]] std::optional<FrameError> message_trouble() const;
  void start_literal();
  void read_literal(Octets& input);
  void discard(std::uint64_t octets);

  FramerLimits limits_;
  State state_ = State::line;
  std::optional<FrameError> lost_;
  bool line_expected_ = false;

  // The command so far.
  Frame frame_;
  std::uint64_t command_octets_ = 0;  // Lines and literals but messages.
  std::uint64_t messages_octets_ = 0;
  std::size_t messages_ = 0;
  std::optional<FrameError> refused_;  // What went wrong first, if anything.
  std::uint64_t discarded_octets_ = 0;

  // The line being read.
  int machine_state_ = 0;
  std::size_t line_octets_ = 0;
  bool line_has_ended_ = false;
  bool literal_announced_ = false;
  Head head_;

  // The literal being read.
  std::uint64_t literal_left_ = 0;
  bool literal_kept_ = false;
  bool literal_may_have_nul_ = false;
};

}  // namespace postkeep::imap
