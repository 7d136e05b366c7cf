// The laws of message/address.h. Said once, here; tried on examples by tests/,
// on generated values by proptests/, on mutated octets by fuzz/. Each law
// returns true when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "message/address.h"
#include "message/reference.h"

namespace postkeep::message {

inline std::string_view as_text(Octets input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

// What is read is in the grammar, and only too_many may refuse what is in it.
inline bool law_address_reader_agrees_with_grammar(Octets input) {
  const auto list = read_address_list(as_text(input));
  if (!list && list.error() == AddressError::too_many) return true;
  return list.has_value() == reference_accepts_address(input);
}

// A list is cut wherever the oracle can be cut, and nowhere else.
inline bool law_cutter_agrees_with_grammar(Octets input) {
  const auto elements = AddressListCutter{}.cut(as_text(input));
  std::size_t octets = elements.size() - 1;
  for (const auto element : elements) octets += element.size();
  return octets == input.size() &&
         (elements.size() == 1 || reference_accepts_address_elements(input));
}

// Each start of a group has its end, and groups do not nest.
inline bool groups_are_closed(const std::vector<Address>& list) {
  bool group = false;
  for (const Address& address : list) {
    const bool starts = address.kind == AddressKind::group_start;
    const bool ends = address.kind == AddressKind::group_end;
    if ((starts && group) || (ends && !group)) return false;
    group = starts || (group && !ends);
  }
  return !group;
}

inline bool has_line_end(const std::string& text) {
  return text.find_first_of("\r\n") != std::string::npos;
}

// No text that was read holds a line end, so that none can be smuggled into a
// reply; and no more comes out than went in.
inline bool law_addresses_are_clean(Octets input) {
  const auto list = recover_address_list(as_text(input));
  std::size_t octets = 0;
  for (const Address& it : list) {
    if (has_line_end(it.display_name) || has_line_end(it.route) ||
        has_line_end(it.local_part) || has_line_end(it.domain)) {
      return false;
    }
    octets += it.route.size() + it.local_part.size() + it.domain.size();
  }
  return groups_are_closed(list) && list.size() <= addresses_max &&
         octets <= 2 * input.size();
}

// Recovery changes nothing for what is in the grammar.
inline bool law_recovery_keeps_what_is_read(Octets input) {
  const auto list = read_address_list(as_text(input));
  return !list || *list == recover_address_list(as_text(input));
}

// What is written is read as the same mailboxes: nothing that a name or a
// local-part holds starts another address or ends the field.
inline bool law_written_mailbox_is_one_mailbox(const Address& address) {
  const std::string written = write(address);
  if (written.empty()) return address.domain.empty();
  const auto list = read_address_list(written);
  return list && list->size() == 1 && !has_line_end(written) &&
         list->front().kind == AddressKind::mailbox &&
         list->front().display_name.size() == address.display_name.size() &&
         list->front().local_part.size() == address.local_part.size();
}

// For addresses without octets that cannot be written.
inline bool law_write_then_read_is_identity(const std::vector<Address>& list) {
  const auto again = read_address_list(write(list));
  return again && *again == list;
}

}  // namespace postkeep::message
