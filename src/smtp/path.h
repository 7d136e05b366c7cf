// Mailboxes: the addresses of SMTP's envelope (RFC 5321 section 4.1.2, with
// RFC 6531 section 3.3).
//
// Here:      Mailbox, ReversePath, read_mailbox(), read_client_name().
// Not here:  addresses in header fields (message/); who has a mailbox (auth/).
// Grammar:   grammar/rfc5321_address.rl, rules profile_Mailbox and
//            tolerated_client_name.
// Laws:      proptests/smtp/path_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::smtp {

// RFC 5321 section 4.5.3.1.1 asks for 64 octets and forbids nothing longer:
// return addresses that carry a recipient or a signature pass 64 every day.
inline constexpr std::size_t local_part_octets_max = 256;
// RFC 5321 section 4.5.3.1.2.
inline constexpr std::size_t domain_octets_max = 255;

enum class PathError : std::uint8_t {
  outside_grammar,
  local_part_too_long,
  domain_too_long,
};

[[nodiscard]] std::string_view name(PathError error);

// Invariant: made by read_mailbox() or postmaster() alone, so no octet below
// SP, no DEL and no invalid UTF-8 can be in it, and no line can be ended by
// writing it.
class Mailbox {
 public:
  // "<Postmaster>" without a domain (RFC 5321 section 4.1.1.3).
  [[nodiscard]] static Mailbox postmaster();

  // Without quotes: the local part of "a b"@example.org is `a b`.
  [[nodiscard]] const std::string& local_part() const { return local_part_; }
  // As it was sent; an address literal with its brackets; empty for
  // postmaster() alone.
  [[nodiscard]] const std::string& domain() const { return domain_; }
  [[nodiscard]] bool is_literal() const {
    return !domain_.empty() && domain_.front() == '[';
  }
  // False: it can stand in a transaction with SMTPUTF8 only.
  [[nodiscard]] bool is_ascii() const;

  bool operator==(const Mailbox&) const = default;

 private:
  Mailbox() = default;
  friend class MailboxMachine;

  std::string local_part_;
  std::string domain_;
};

// The whole of `text` as a Mailbox. Two spellings of one local part (quoted or
// not) are equal values (RFC 5321 section 4.1.2).
[[nodiscard]] std::expected<Mailbox, PathError> read_mailbox(
    std::string_view text);

// `mailbox` with as few quotes as its local part allows, without "<" and ">".
[[nodiscard]] std::string write(const Mailbox& mailbox);

// What MAIL names: a mailbox, or nothing, "<>", from which no failure is ever
// reported (RFC 5321 section 4.5.5).
using ReversePath = std::optional<Mailbox>;

// Without "<" and ">"; empty for the null reverse path.
[[nodiscard]] std::string write(const ReversePath& reverse_path);

}  // namespace postkeep::smtp
