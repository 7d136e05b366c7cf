// What must hold of pop3::Session, whatever clients say and others do.
#pragma once

#include <array>

#include "pop3/response_laws.h"
#include "tests/pop3/session_script.h"

namespace postkeep::pop3 {

// Each command has one answer, which RFC 1939 gives to what the session saw at
// its start; numbers, sizes and ids are the same to its end; what was marked is
// gone after QUIT, and nothing is gone otherwise; one session at a time.
inline bool law_the_session_is_the_model(const Outcome& outcome) {
  return !outcome.fault;
}

inline bool law_answers_are_responses(const Outcome& outcome) {
  return reference_accepts_heard(octets(outcome.heard));
}

// How the network cuts what comes and what goes changes nothing.
inline bool law_cuts_do_not_matter(const Script& script) {
  const Outcome whole = run_script(script, {});
  constexpr std::array<imap::PlayHow, 2> ways = {
      imap::PlayHow{1, std::size_t{1} << 20}, imap::PlayHow{5, 3}};
  for (const imap::PlayHow how : ways) {
    const Outcome cut = run_script(script, how);
    if (cut.heard != whole.heard || cut.inbox != whole.inbox) return false;
  }
  return true;
}

}  // namespace postkeep::pop3
