// The front of a command: its tag, whether its name is known, and whether an
// APPEND has come to its message.
//
// Here:      CommandHead, for commands that go no further.
// Not here:  whole commands (imap/command_reader.h).
// Grammar:   grammar/rfc9051_command.rl, rules command_head and message_head.
// Laws:      proptests/imap/command_laws.h.
#pragma once

#include <string>

#include "base/octets.h"

namespace postkeep::imap {

class CommandHead {
 public:
  // `text`: a Frame's, or the front of one.
  explicit CommandHead(Octets text) { run(text); }

  // Empty when there is none: no SP or CR after it, or too long.
  [[nodiscard]] const std::string& tag() const { return tag_; }
  [[nodiscard]] bool is_known_command() const { return known_; }

 private:
  // imap/command_head.rl: the machine, and its actions in imap/command.cc.
  void run(Octets text);
  void tag_octet(Octet octet);
  void tag_end();
  void name_end() { known_ = true; }

  std::string reading_;
  std::string tag_;
  bool known_ = false;
};

// imap/message_head.rl: whether `text` is in the grammar's message_head.
[[nodiscard]] bool is_message_head(Octets text);

}  // namespace postkeep::imap
