// The dialogues of tests/imap/dialog.h, told in POP3. "session utf8": UTF8 was
// said before login. Three wrong commands are too many.
#pragma once

#include "pop3/session.h"
#include "tests/imap/dialog_client.h"

namespace postkeep::pop3 {

class Pop3Protocol final : public imap::DialogProtocol {
 public:
  std::unique_ptr<imap::DialogClient> make_session(
      store::MailStore& store, imap::ManualClock& clock, imap::PlayHow how,
      int number, const std::string& words) override;
  std::unique_ptr<login::Session> make_login(
      const login::Configuration& configuration, const Clock& clock) override;
  std::optional<std::string> syntax_fault_in(const std::string& heard) override;

 private:
  MaildropLock lock_;
};

}  // namespace postkeep::pop3
