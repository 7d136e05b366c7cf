// The machine that takes a Mailbox apart: part of smtp/path.cc.
//
// Here:      MailboxMachine.
// Not here:  what others use (smtp/path.h).
// Grammar:   grammar/rfc5321_address.rl, rule profile_Mailbox.
#pragma once

#include <string_view>

#include "smtp/path.h"

namespace postkeep::smtp {

class MailboxMachine {
 public:
  // Reads the whole of `text`; false: it is no Mailbox.
  [[nodiscard]] bool run(std::string_view text);
  [[nodiscard]] static Mailbox postmaster();
  [[nodiscard]] const Mailbox& mailbox() const { return mailbox_; }

 private:
  void local_octet(Octet octet);
  void domain_octet(Octet octet);

  Mailbox mailbox_;
};

}  // namespace postkeep::smtp
