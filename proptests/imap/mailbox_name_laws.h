// The laws of imap/mailbox_name.h. Said once, here; tried on examples by
// tests/, on generated values by proptests/, on mutated octets by fuzz/ and on
// every file of corpus/imap_mailbox_name. Each returns true when it holds.
#pragma once

#include <string>

#include "base/octets.h"
#include "imap/mailbox_name.h"
#include "message/modified_utf_7_laws.h"

namespace postkeep::imap {

// The oracle: proptests/message/modified_utf_7_reference.rl.
using message::modified_utf_7_automaton;
using message::reference_accepts_modified_utf_7;

inline bool is_inbox_in_other_case(const std::string& wire,
                                   const std::string& name) {
  return wire.size() >= 5 && wire.compare(0, 5, name, 0, 5) != 0 &&
         name.starts_with("INBOX");
}

// A name that is read is in the grammar; only what no grammar can say is
// refused beside it.
inline bool law_name_reader_agrees_with_grammar(Octets wire) {
  const auto name = read_mailbox_name(wire, MailboxNameForm::modified_utf_7);
  const bool accepted = reference_accepts_modified_utf_7(wire);
  if (name) return accepted;
  if (name.error() == MailboxNameError::outside_grammar) return !accepted;
  return true;
}

// One name has one spelling: what was read is written as it was, but for the
// case of INBOX. So no two spellings are read as the same name.
inline bool law_name_read_then_write_is_identity(Octets wire,
                                                 MailboxNameForm form) {
  const auto name = read_mailbox_name(wire, form);
  if (!name) return true;
  std::string spelled{reinterpret_cast<const char*>(wire.data()), wire.size()};
  if (is_inbox_in_other_case(spelled, *name)) spelled.replace(0, 5, "INBOX");
  return write_mailbox_name(*name, form) == spelled;
}

// Every name of the store comes back as it was.
inline bool law_name_write_then_read_is_identity(const std::string& utf_8) {
  const auto as_is = read_mailbox_name(octets(utf_8), MailboxNameForm::utf_8);
  if (!as_is) return true;
  const std::string wire =
      write_mailbox_name(*as_is, MailboxNameForm::modified_utf_7);
  if (wire.size() > mailbox_name_octets_max) return true;
  return read_mailbox_name(octets(wire), MailboxNameForm::modified_utf_7) ==
         as_is;
}

// With the dot between levels too, and it is "/" inside; twice swapped is as it
// was.
inline bool law_names_with_dots_come_back(Octets wire, MailboxNameForm form) {
  const auto name = read_mailbox_name(wire, form, Separator::dot);
  const auto plain = read_mailbox_name(wire, form);
  if (name.has_value() != plain.has_value()) return false;
  if (!name) return name.error() == plain.error();
  std::string spelled{reinterpret_cast<const char*>(wire.data()), wire.size()};
  if (is_inbox_in_other_case(spelled, *name)) spelled.replace(0, 5, "INBOX");
  return write_mailbox_name(*name, form, Separator::dot) == spelled &&
         with_separator(with_separator(spelled, Separator::dot),
                        Separator::dot) == spelled;
}

// Whatever the octets: printable ASCII comes out, in the grammar.
inline bool law_written_name_is_in_the_grammar(Octets octets_) {
  const std::string_view utf_8{reinterpret_cast<const char*>(octets_.data()),
                               octets_.size()};
  const std::string wire =
      write_mailbox_name(utf_8, MailboxNameForm::modified_utf_7);
  return reference_accepts_modified_utf_7(octets(wire));
}

}  // namespace postkeep::imap
