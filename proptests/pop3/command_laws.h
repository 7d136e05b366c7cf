// The laws of pop3/line.h and pop3/command.h. Tried on examples by tests/, on
// generated values by proptests/, on mutated octets by fuzz/ and on every file
// of corpus/pop3_command. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "base/automaton_cover.h"
#include "base/octets.h"
#include "pop3/command.h"
#include "pop3/line.h"

namespace postkeep::pop3 {

// The oracles: the bare rules of grammar/rfc1939_command.rl.
bool reference_accepts_line(Octets whole);
bool reference_accepts_command(Octets whole);
Automaton command_automaton();

using LineOutcome = std::variant<std::string, LineError>;

// Reads lines until the octets end or the stream is lost, fed at most `piece`
// octets at a time.
inline std::vector<LineOutcome> read_lines(Octets input, std::size_t piece) {
  std::vector<LineOutcome> all;
  LineReader reader;
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
inline bool law_line_cuts_do_not_matter(Octets input) {
  const auto whole = read_lines(input, input.size() + 1);
  return whole == read_lines(input, 1) && whole == read_lines(input, 7);
}

// What is read is a line of the grammar, and ends where it ends.
inline bool law_line_agrees_with_grammar(Octets input) {
  LineReader reader;
  Octets rest = input;
  const auto result = reader.read(rest);
  const Octets used = input.first(input.size() - rest.size());
  if (!result && is_lost(result.error())) {
    return !reference_accepts_line(used);
  }
  if (result && !*result) return !reference_accepts_line(input);
  if (!reference_accepts_line(used)) return false;
  return result ? used.size() == (*result)->size() + 2
                : used.size() > command_line_octets_max;
}

// After an error that is lost the reader stays in error; after any other it
// reads the next line as if nothing had been.
inline bool law_line_errors_stick_or_pass(Octets input) {
  LineReader reader;
  Octets rest = input;
  const auto first = reader.read(rest);
  if (first) return true;
  Octets good = octets("NOOP\r\n");
  const auto second = reader.read(good);
  if (is_lost(first.error())) {
    return !second && second.error() == first.error();
  }
  return second && *second && **second == "NOOP" && good.empty();
}

// A line is a command exactly when the grammar has it.
inline bool law_command_agrees_with_grammar(std::string_view line) {
  return read_command(line).has_value() ==
         reference_accepts_command(octets(std::string(line) + "\r\n"));
}

struct CommandText {
  static std::string number(const std::optional<std::uint32_t>& it) {
    return it ? ' ' + std::to_string(*it) : "";
  }
  std::string operator()(const Capa&) const { return "CAPA"; }
  std::string operator()(const Stls&) const { return "STLS"; }
  std::string operator()(const User& it) const { return "USER " + it.name; }
  std::string operator()(const Pass& it) const { return "PASS " + it.password; }
  std::string operator()(const Auth& it) const {
    std::string text = "AUTH " + it.mechanism;
    if (it.initial) text += ' ' + (it.initial->empty() ? "=" : *it.initial);
    return text;
  }
  std::string operator()(const Utf8&) const { return "UTF8"; }
  std::string operator()(const Lang& it) const {
    return it.range.empty() ? "LANG" : "LANG " + it.range;
  }
  std::string operator()(const Quit&) const { return "QUIT"; }
  std::string operator()(const Stat&) const { return "STAT"; }
  std::string operator()(const List& it) const {
    return "LIST" + number(it.message);
  }
  std::string operator()(const Retr& it) const {
    return "RETR" + number(it.message);
  }
  std::string operator()(const Dele& it) const {
    return "DELE" + number(it.message);
  }
  std::string operator()(const Noop&) const { return "NOOP"; }
  std::string operator()(const Rset&) const { return "RSET"; }
  std::string operator()(const Top& it) const {
    return "TOP" + number(it.message) + number(it.lines);
  }
  std::string operator()(const Uidl& it) const {
    return "UIDL" + number(it.message);
  }
};

inline std::string write(const Command& command) {
  return std::visit(CommandText{}, command);
}

// What is written as a command is read as the same command.
inline bool law_command_write_then_read_is_identity(const Command& command) {
  const auto again = read_command(write(command));
  return again && *again == command;
}

}  // namespace postkeep::pop3
