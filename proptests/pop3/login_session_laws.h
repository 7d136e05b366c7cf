// What must hold of pop3::LoginSession: what holds of every session before
// login (proptests/imap/login_session_laws.h), and POP3's form of answers.
#pragma once

#include "imap/login_session_laws.h"
#include "pop3/login_session.h"
#include "pop3/response_laws.h"

namespace postkeep::pop3 {

inline std::unique_ptr<login::Session> make_login(
    const login::Configuration& configuration, const Clock& clock) {
  return std::make_unique<LoginSession>(configuration, clock);
}

inline bool login_laws_hold(const imap::LoginScript& script, bool tls) {
  login::Configuration configuration;
  configuration.tls = tls;
  const imap::LoginOutcome outcome = imap::run_login_script(
      configuration, script, std::size_t{1} << 20, make_login);
  const std::string sent = imap::sent_in(outcome);
  return imap::law_one_question_at_a_time(outcome) &&
         imap::law_the_end_is_the_end(outcome) &&
         imap::law_tls_before_passwords(outcome, tls) &&
         reference_accepts_heard(octets(sent)) &&
         imap::law_login_cuts_do_not_matter(configuration, script, make_login);
}

}  // namespace postkeep::pop3
