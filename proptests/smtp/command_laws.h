// The laws of smtp/line.h, command.h, parameter.h, path.h and sasl_line.h.
// Tried on examples by tests/, on generated values by proptests/, on mutated
// octets by fuzz/ and on every file of corpus/smtp_command. Each returns true
// when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/automaton_cover.h"
#include "base/octets.h"
#include "smtp/command.h"
#include "smtp/sasl_line.h"

namespace postkeep::smtp {

// The oracles: the bare rules of grammar/, compiled without any action
// (proptests/smtp/command_reference.rl).
bool reference_accepts_line(Octets whole);
bool reference_accepts_command(Octets whole);
bool reference_accepts_mailbox(Octets whole);
bool reference_accepts_parameter(Octets whole);
bool reference_accepts_sasl_line(Octets whole);
// The same, to be stepped.
Automaton line_automaton();
Automaton command_automaton();
Automaton mailbox_automaton();
Automaton parameter_automaton();
Automaton sasl_line_automaton();

using CommandOutcome = std::variant<Command, CommandError>;

// Reads commands until the octets end or the stream is lost, fed at most
// `piece` octets at a time.
inline std::vector<CommandOutcome> read_commands(Octets input,
                                                 std::size_t piece) {
  std::vector<CommandOutcome> all;
  CommandReader reader;
  while (!input.empty()) {
    Octets head = input.first(std::min(piece, input.size()));
    const std::size_t offered = head.size();
    const auto result = reader.read(head);
    input = input.subspan(offered - head.size());
    if (!result) {
      all.emplace_back(result.error());
      if (is_lost(result.error())) return all;
    } else if (*result) {
      all.emplace_back(**result);
    }
  }
  return all;
}

// How the network cuts the octets up does not change what is read.
inline bool law_command_cuts_do_not_matter(Octets input) {
  const auto whole = read_commands(input, input.size() + 1);
  return whole == read_commands(input, 1) && whole == read_commands(input, 7);
}

// What is a command is in the grammar, and what is not, is not; between both
// are only the lengths, and parameters that the grammar does not know.
inline bool law_command_agrees_with_grammar(Octets input) {
  CommandReader reader;
  Octets rest = input;
  const auto result = reader.read(rest);
  const Octets used = input.first(input.size() - rest.size());
  if (!result && is_lost(result.error())) {
    return !reference_accepts_command(used);
  }
  if (result && !*result) return !reference_accepts_line(input);
  if (!reference_accepts_line(used)) return false;
  if (result) return reference_accepts_command(used);
  switch (result.error().fault) {
    case CommandFault::unknown_command:
    case CommandFault::not_implemented:
    case CommandFault::http:
    case CommandFault::bad_arguments: return !reference_accepts_command(used);
    case CommandFault::bad_address:
    case CommandFault::unknown_parameter:
    case CommandFault::bad_parameter: return reference_accepts_command(used);
    default: return used.size() > command_line_octets_max;
  }
}

// After an error that is lost the reader stays in error; after any other it
// reads the next line as if nothing had been.
inline bool law_command_errors_stick_or_pass(Octets input) {
  CommandReader reader;
  Octets rest = input;
  const auto first = reader.read(rest);
  if (first) return true;
  Octets good = octets("NOOP\r\n");
  const auto second = reader.read(good);
  if (is_lost(first.error())) {
    return !second && second.error() == first.error();
  }
  return second && *second && verb(**second) == Verb::noop && good.empty();
}

inline bool is_clean(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

// A Mailbox is written as what it was read from; no octet of it can end a line.
inline bool law_mailbox_write_then_read_is_identity(std::string_view text) {
  const auto mailbox = read_mailbox(text);
  if (!mailbox) {
    return mailbox.error() != PathError::outside_grammar ||
           !reference_accepts_mailbox(octets(text));
  }
  const std::string written = write(*mailbox);
  return reference_accepts_mailbox(octets(text)) && is_clean(written) &&
         is_clean(mailbox->local_part()) &&
         reference_accepts_mailbox(octets(written)) &&
         read_mailbox(written) == mailbox;
}

// A parameter that is taken is in the grammar; one that is not, and whose name
// is known, is outside it or says too much.
inline bool law_parameter_agrees_with_grammar(std::string_view text) {
  MailParameters mail;
  RcptParameters rcpt;
  const auto mail_error = add_mail_parameter(text, mail);
  const auto rcpt_error = add_rcpt_parameter(text, rcpt);
  const bool accepted = reference_accepts_parameter(octets(text));
  if (!mail_error || !rcpt_error) {
    // Twice is once too often.
    return accepted && (mail_error || add_mail_parameter(text, mail)) &&
           (rcpt_error || add_rcpt_parameter(text, rcpt)) &&
           is_clean(mail.envid.value_or("")) &&
           is_clean(rcpt.orcpt.value_or(""));
  }
  if (*mail_error == ParameterError::unknown &&
      *rcpt_error == ParameterError::unknown) {
    return !accepted;
  }
  // AUTH's value is an address only once it is decoded.
  const bool is_auth = text.size() > 5 && (text[0] | 0x20) == 'a';
  return !accepted || is_auth ||
         *mail_error == ParameterError::value_too_long ||
         *rcpt_error == ParameterError::value_too_long;
}

// SASL lines agree with the grammar, and are their octets in base64 again
// unless bits were left over.
inline bool law_sasl_line_agrees_with_grammar(std::string_view text) {
  const auto response = read_sasl_line(text);
  if (!response) return !reference_accepts_sasl_line(octets(text));
  if (!reference_accepts_sasl_line(octets(text))) return false;
  if (response->cancelled) return text == "*\r\n";
  const std::string again = write_base64(response->octets) + "\r\n";
  return again.size() == text.size() && read_sasl_line(again) == response;
}

}  // namespace postkeep::smtp
