#include "tests/pop3/dialog_protocol.h"

#include "pop3/login_session.h"
#include "pop3/response_laws.h"

namespace postkeep::pop3 {

std::unique_ptr<imap::DialogClient> Pop3Protocol::make_session(
    store::MailStore& store, imap::ManualClock& clock, imap::PlayHow how,
    int /*number*/, const std::string& words) {
  SessionStart start;
  start.tls = true;
  start.utf8 = words == "utf8";
  start.mechanisms = {"PLAIN", "LOGIN"};
  SessionLimits limits;
  limits.bad_commands_max = 3;
  return std::make_unique<imap::SessionClient<Session>>(how, store, lock_,
                                                        clock, start, limits);
}

std::unique_ptr<login::Session> Pop3Protocol::make_login(
    const login::Configuration& configuration, const Clock& clock) {
  return std::make_unique<LoginSession>(configuration, clock);
}

std::optional<std::string> Pop3Protocol::syntax_fault_in(
    const std::string& heard) {
  if (reference_accepts_heard(octets(heard))) return std::nullopt;
  return "not responses: " + heard;
}

}  // namespace postkeep::pop3
