// Messages on the wire: every line ends with CRLF, a dot at its start is
// doubled, and a line of one dot ends it all (RFC 1939 section 3).
//
// Here:      MessageWriter.
// Not here:  what may be sent to whom (pop3/session.h); the count of octets
//            (message/line_ends.h).
// Grammar:   grammar/rfc2449_response.rl, rule multi_line, after "+OK".
// Laws:      proptests/pop3/message_writer_laws.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/octets.h"

namespace postkeep::pop3 {

struct MessageForm {
  // Octets beyond ASCII in the message's header go out as they are. Without
  // (RFC 6856 section 2.1: they MUST NOT) each becomes "?": a surrogate that
  // has the size which LIST has told.
  bool utf8 = false;
  // TOP: the header, the empty line, and so many lines of the body.
  std::optional<std::uint32_t> body_lines_max;
};

class MessageWriter {
 public:
  explicit MessageWriter(const MessageForm& form);

  // The next octets of the text, cut anywhere. At most twice as many, and two,
  // are added to `out`.
  void write(Octets text, std::string& out);
  // Nothing that follows would be written (TOP).
  [[nodiscard]] bool has_enough() const { return has_enough_; }
  // The text has ended, or has_enough(): ends the response.
  void end(std::string& out);

 private:
  void write_piece(Octets piece, std::string& out);
  void line_ended();
  void write_octets(Octets octets, std::string& out) const;

  MessageForm form_;
  bool in_header_ = true;
  bool has_enough_ = false;
  std::uint32_t body_lines_ = 0;
  // Of the line being written.
  std::size_t line_octets_ = 0;
  Octet last_ = 0;
};

}  // namespace postkeep::pop3
