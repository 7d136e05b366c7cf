// What must hold of imap::Session, whatever clients say and others do.
#pragma once

#include <array>

#include "tests/imap/client_model.h"
#include "tests/imap/response_syntax.h"
#include "tests/imap/session_script.h"

namespace postkeep::imap {

inline ClientModel model_of(const std::string& heard) {
  ClientModel model;
  for (const std::string& response : responses(heard)) model.hear(response);
  return model;
}

// How the network cuts what comes and what goes changes nothing.
inline bool law_cuts_do_not_matter(const Script& script) {
  const Outcome whole = run_script(script, {});
  constexpr std::array<PlayHow, 2> ways = {PlayHow{1, std::size_t{1} << 20},
                                           PlayHow{5, 3}};
  for (const PlayHow how : ways) {
    const Outcome cut = run_script(script, how);
    if (cut.heard != whole.heard || cut.inbox != whole.inbox) return false;
  }
  return true;
}

// Everything sent keeps to the formal syntax.
inline bool law_answers_are_responses(const Outcome& outcome) {
  for (const std::string& heard : outcome.heard) {
    if (syntax_fault(heard, speaks_utf8(heard))) return false;
  }
  return true;
}

// Numbers in responses are those of messages that the client was told of, and
// no message changes its number but by EXPUNGE at a permitted moment.
inline bool law_numbers_make_sense(const Outcome& outcome) {
  for (const std::string& heard : outcome.heard) {
    if (model_of(heard).fault()) return false;
  }
  return true;
}

// What a client hears done is durable.
inline bool law_stores_are_flushed_first(const Outcome& outcome) {
  return !outcome.told_before_flush;
}

// One tagged answer (or BAD without tag) for each command; one may be under
// way at the end: IDLE.
inline bool law_each_command_is_answered_once(const Outcome& outcome) {
  for (std::size_t i = 0; i < 2; ++i) {
    const std::uint64_t answers = model_of(outcome.heard[i]).answer_count();
    const std::uint64_t commands = outcome.commands[i];
    if (answers > commands) return false;
    if (!outcome.closed[i] && commands - answers > 1) return false;
  }
  return true;
}

}  // namespace postkeep::imap
