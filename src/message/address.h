// Addresses: who a message is from and to (RFC 5322 section 3.4, with the
// obsolete forms of section 4.4 and the UTF-8 of RFC 6532).
//
// Here:      Address, read_address_list(), recover_address_list(), write().
// Not here:  paths of SMTP (smtp/); display of encoded words (encoded_word.h).
// Grammar:   grammar/rfc5322_address.rl, rule tolerated_address_list.
// Laws:      proptests/message/address_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace postkeep::message {

// How many entries of one field are read; what follows is cut off.
inline constexpr std::size_t addresses_max = 10'000;
// RFC 5322 section 3.2.2 lets comments nest without bound; here, 3 deep.
inline constexpr int comment_depth_max = 3;

enum class AddressKind : std::uint8_t {
  mailbox,
  group_start,  // display_name is the group's.
  group_end,
};

// One entry of a list. Texts are without quotes, folds and comments.
struct Address {
  AddressKind kind = AddressKind::mailbox;
  // The phrase; where there is none, the last comment ("joe@a.org (Joe)" was
  // the usual form before RFC 822). Encoded words stay encoded.
  std::string display_name;
  std::string route;       // RFC 5322 section 4.4, "@a,@b": obsolete.
  std::string local_part;  // Unquoted.
  std::string domain;      // A domain-literal keeps its brackets.

  bool operator==(const Address&) const = default;
};

enum class AddressError : std::uint8_t {
  outside_grammar,
  too_many,
};
[[nodiscard]] std::string_view name(AddressError error);

// Reads the value of a From, To, … field, folded or unfolded.
[[nodiscard]] std::expected<std::vector<Address>, AddressError>
read_address_list(std::string_view value);

// The same for values that were stored, whatever they are. A list outside the
// grammar is cut at its commas (those in quotes, comments and angle brackets
// aside); an element that is outside the grammar by itself becomes an Address
// with nothing but a display_name, its text.
[[nodiscard]] std::vector<Address> recover_address_list(std::string_view value);

// One mailbox as RFC 5322 section 3.4 has it, quoted where it must be. Octets
// that no quoted-string can hold are written as '?'.
[[nodiscard]] std::string write(const Address& address);
// A whole list, groups included, on one line. Entries that are no mailbox
// (without local part) are left out.
[[nodiscard]] std::string write(const std::vector<Address>& addresses);

}  // namespace postkeep::message
