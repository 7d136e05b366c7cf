// The laws of message/modified_utf_7.h. Said once, here; tried on examples by
// tests/, on generated values by proptests/, on mutated octets by fuzz/ and on
// every file of corpus/message_modified_utf_7. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <string>

#include "base/automaton_cover.h"
#include "base/octets.h"
#include "message/modified_utf_7.h"

namespace postkeep::message {

// The oracle: proptests/message/modified_utf_7_reference.rl.
bool reference_accepts_modified_utf_7(Octets whole);
Automaton modified_utf_7_automaton();

// What is read is in the grammar; only what no grammar can say is refused
// beside it.
inline bool law_modified_utf_7_agrees_with_grammar(Octets wire,
                                                   NameLevels levels) {
  const auto name = read_modified_utf_7(wire, levels);
  const bool accepted = reference_accepts_modified_utf_7(wire);
  if (name) return accepted;
  if (name.error() == ModifiedUtf7Error::outside_grammar) return !accepted;
  return true;
}

// One name has one spelling: so no two spellings are read as the same name.
inline bool law_modified_utf_7_has_one_form(Octets wire, NameLevels levels) {
  const auto name = read_modified_utf_7(wire, levels);
  if (!name) return true;
  const std::string spelled{reinterpret_cast<const char*>(wire.data()),
                            wire.size()};
  return write_modified_utf_7(octets(*name), levels) == spelled;
}

// Whatever the octets: printable ASCII comes out, in the grammar; with dots, no
// "/". What is a name comes back as it was.
inline bool law_modified_utf_7_is_written_in_grammar(Octets utf_8,
                                                     NameLevels levels) {
  const std::string wire = write_modified_utf_7(utf_8, levels);
  if (!reference_accepts_modified_utf_7(octets(wire))) return false;
  if (levels == NameLevels::dots && wire.find('/') != std::string::npos) {
    return false;
  }
  if (!is_utf_8_name(utf_8)) return true;
  const auto name = read_modified_utf_7(octets(wire), levels);
  return name && std::ranges::equal(octets(*name), utf_8);
}

inline bool laws_of_modified_utf_7_hold(Octets octets) {
  return std::ranges::all_of(
      std::initializer_list{NameLevels::as_they_are, NameLevels::dots},
      [&](NameLevels levels) {
        return law_modified_utf_7_agrees_with_grammar(octets, levels) &&
               law_modified_utf_7_has_one_form(octets, levels) &&
               law_modified_utf_7_is_written_in_grammar(octets, levels);
      });
}

}  // namespace postkeep::message
