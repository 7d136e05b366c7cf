// The laws of imap/command.h. Said once, here; tried on examples by tests/, on
// generated values by proptests/, on mutated octets by fuzz/ and on every file
// of corpus/imap_command. Each returns true when it holds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/automaton_cover.h"
#include "base/octets.h"
#include "imap/command.h"
#include "imap/command_writer.h"
#include "imap/framer.h"

namespace postkeep::imap {

// The oracle: proptests/imap/command_reference.rl.
bool reference_accepts_command(Octets whole);
Automaton command_automaton();
// The same for all of a command, search keys nested at most twice:
// proptests/imap/whole_command_reference.rl.
bool reference_accepts_whole_command(Octets whole);

inline std::expected<Command, BadCommand> read_frame(Frame frame) {
  return read_command(std::move(frame), MailboxNameForm::modified_utf_7);
}

// What no grammar says, and so may be refused though the grammar takes it:
// nesting of search keys, RECURSIVEMATCH without SUBSCRIBED, VANISHED without
// UID or CHANGEDSINCE, "*" and "$" among the UIDs of QRESYNC.
inline bool may_be_refused(const std::string& text) {
  std::string capitals = text;
  for (char& c : capitals)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return capitals.contains("SEARCH") || capitals.contains("RECURSIVEMATCH") ||
         capitals.contains("VANISHED") || capitals.contains("QRESYNC");
}

// What is read is in the grammar; what is in the grammar is read, or refused
// for its values.
inline bool law_command_reader_agrees_with_grammar(const Frame& frame) {
  const auto command = read_frame(frame);
  const bool accepted = reference_accepts_command(octets(frame.text));
  if (command) return accepted;
  if (!accepted) return true;
  switch (command.error().error) {
    case CommandError::unknown_command: return false;
    case CommandError::outside_grammar: return may_be_refused(frame.text);
    default: return true;
  }
}

// No search key of `text` nests deeper than this.
inline std::size_t nesting_max(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = std::string_view(text).substr(i);
    const bool is_operator =
        rest.size() > 2 && ((rest[0] | 0x20) == 'n' || (rest[0] | 0x20) == 'o');
    if (rest[0] == '(' || is_operator) ++count;
  }
  return count;
}

// What is counted and compared in C++ comes to the RFCs' language: nothing is
// refused that they have, but for its values, and nothing is read beside it.
inline bool law_command_reader_is_the_whole_grammar(const Frame& frame) {
  const auto command = read_frame(frame);
  if (reference_accepts_whole_command(octets(frame.text))) {
    return command || (command.error().error != CommandError::outside_grammar &&
                       command.error().error != CommandError::unknown_command &&
                       command.error().error != CommandError::too_deep);
  }
  return !command || (std::holds_alternative<Search>(command->request) &&
                      nesting_max(frame.text) > 2);
}

// The tag that is answered is the one that was sent, whatever follows it.
inline bool law_tag_is_what_was_sent(const Frame& frame) {
  const auto command = read_frame(frame);
  const std::string tag = read_tag(frame.text);
  if (!tag.empty() &&
      (!frame.text.starts_with(tag) ||
       !std::string_view(" \r").contains(frame.text[tag.size()])))
    return false;
  return command ? tag == command->tag : tag == command.error().tag;
}

// Every beginning of a command can become one: no literal of a command that
// will be read is refused before it is sent.
inline bool law_beginnings_can_become_commands(const Frame& frame) {
  if (!read_frame(frame)) return true;
  for (std::size_t n = 0; n <= frame.text.size(); ++n)
    if (!can_become_command(std::string_view(frame.text).substr(0, n)))
      return false;
  return true;
}

// A command that was read is written and read again without change.
inline bool law_command_read_then_write_is_identity(const Frame& frame) {
  const auto command = read_frame(frame);
  if (!command) return true;
  const auto again = read_frame(write_command(*command));
  return again && *again == *command;
}

inline bool law_command_write_then_read_is_identity(const Command& command) {
  const Frame frame = write_command(command);
  const auto again = read_frame(frame);
  return reference_accepts_command(octets(frame.text)) && again &&
         *again == command;
}

// Those that want no more than a frame, and little time.
inline bool law_all_hold(const Frame& frame) {
  return law_command_reader_agrees_with_grammar(frame) &&
         law_command_reader_is_the_whole_grammar(frame) &&
         law_tag_is_what_was_sent(frame) &&
         law_command_read_then_write_is_identity(frame);
}

}  // namespace postkeep::imap
