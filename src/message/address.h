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

#include "base/octets.h"

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
// grammar is cut at its commas, those in quotes and in angle brackets aside
// (nowhere, when one of these is not closed). An element that is outside the
// grammar by itself is its last "<…>", if that is an angle-addr, and all before
// it a display name; else it is nothing but a display name.
[[nodiscard]] std::vector<Address> recover_address_list(std::string_view value);

// One mailbox as RFC 5322 section 3.4 has it (RFC 6532 where there are octets
// above 127), quoted where it must be, without its route. Octets that no
// quoted-string can hold are written as '?'. Empty: there is no domain.
[[nodiscard]] std::string write(const Address& address);
// A whole list, groups included, on one line; mailboxes without domain are left
// out.
[[nodiscard]] std::string write(const std::vector<Address>& addresses);

// The reader behind read_address_list().
class AddressListReader {
 public:
  [[nodiscard]] std::expected<std::vector<Address>, AddressError> read(
      std::string_view value);

 private:
  // message/address.rl: the machine.
  bool run(Octets input);

  // message/address.cc: its actions. What stands before "<", "," or "@" may
  // still be a display name or an addr-spec: both are kept until that is known.
  void comment_start();
  void comment_octet(Octet octet);
  void phrase_gap();
  void phrase_quote();
  void phrase_octet(Octet octet);
  void local_quote();
  void local_octet(Octet octet);
  void at_sign();
  void domain_octet(Octet octet);
  void route_octet(Octet octet);
  void angle_start();
  void group_start();
  void comma();
  void semicolon();

  void start_mailbox();
  void end_mailbox();
  void end_group();
  void add(Address address);

  std::vector<Address> addresses_;
  Address address_;  // The parts that are known so far.
  std::string phrase_;
  std::string comment_;
  std::size_t phrase_octets_ = 0;  // How far each of the two readings has come.
  std::size_t spec_octets_ = 0;
  bool gap_ = false;    // White space or a comment since the last octet.
  bool angle_ = false;  // "<" has been there.
  bool group_ = false;  // Inside a group.
  bool too_many_ = false;
};

// Cuts a list at its commas; the cutter behind recover_address_list().
class AddressListCutter {
 public:
  [[nodiscard]] std::vector<std::string_view> cut(std::string_view value);

 private:
  // message/address_cut.rl: the machine; its actions are in address.cc.
  bool run(Octets input);
  void octet();
  void comma();

  std::vector<std::size_t> commas_;
  std::size_t octets_ = 0;
};

}  // namespace postkeep::message
