// Mending: what a submission server adds to a message, takes out of it and
// refuses it for (RFC 6409 sections 6.3 and 8), as a value over its octets.
//
// Here:      Mending, mend(), kept_views(), mended_views(), may_be_hidden().
// Not here:  who may write in whose name (auth/account.h); the envelope
//            (smtp/); signing.
// Grammar:   that of its readers: message/header.h, address.h, date_time.h,
//            message_id.h.
// Laws:      proptests/submission/mending_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"

namespace postkeep::submission {

// Authors of one message, Sender included: RFC 5322 has no limit on them.
inline constexpr std::size_t authors_max = 100;

struct MendingRules {
  // What a Message-ID that is made here ends with: a Domain.
  std::string hostname = "localhost";
  // Names of fields that are taken out, whatever they say.
  std::vector<std::string> hidden_fields;
};

// What the message cannot know.
struct MendingFacts {
  WallTime now;
  std::string unique;  // Letters and digits that were never used before.
};

// Whom the message says it is from: From's addresses, then Sender's.
struct Author {
  std::string field;    // "From" or "Sender".
  std::string address;  // Local-part "@" domain, unquoted.
  bool operator==(const Author&) const = default;
};

// Octets of the message that are taken out: whole fields.
struct Cut {
  std::size_t offset = 0;
  std::size_t octets = 0;
  bool operator==(const Cut&) const = default;
};

// What is to be done to one message. Nothing else of it changes.
struct Mending {
  std::string added;      // Whole fields, to stand before all others.
  std::vector<Cut> cuts;  // Ascending, in the header.
  std::vector<Author> authors;
  // For the log, "+Date" or "-Bcc", in the order of the message.
  std::vector<std::string> changes;
  bool operator==(const Mending&) const = default;
};

enum class MendingFault : std::uint8_t {
  field_missing,     // RFC 5322 section 3.6: From is wanted.
  field_twice,       // Section 3.6: at most one of them.
  field_unreadable,  // Outside its grammar, or not in the number it must have.
  no_domain,         // An address in it is a local part alone.
  too_many_authors,
  line_is_no_field,
  bare_line_end,  // Or NUL: where BODY=BINARYMIME let it come so far.
  header_too_large,
};
[[nodiscard]] std::string_view name(MendingFault fault);

struct MendingError {
  MendingFault fault = MendingFault::field_missing;
  std::string field;     // As RFC 5322 writes its name, where there is one.
  std::size_t line = 0;  // From 1; of line_is_no_field.
  bool operator==(const MendingError&) const = default;
};
// The same for a person, on one line, with the section that says so.
[[nodiscard]] std::string sentence(const MendingError& error);

// `message` in pieces, in their order. Of it no more is looked at than the
// header, which is copied only where pieces cut it up. Messages are mended by
// these rules:
//   - fields that RFC 5322 section 3.6 lets stand once stand once at most; From
//     stands there, with an address or more, every one with a domain;
//   - Sender has one address (section 3.6.2); where From has several and there
//     is no Sender, the caller's `login` becomes it (RFC 6409 section 8.1);
//   - Date and Message-ID that are missing or unreadable are put in place
//     (sections 8.2 and 8.3);
//   - Bcc and Resent-Bcc go (RFC 5322 section 3.6.3), and Return-Path, which
//     only the last server may write (RFC 5321 section 4.4);
//   - so do the fields of `rules.hidden_fields`.
[[nodiscard]] std::expected<Mending, MendingError> mend(
    const std::vector<Octets>& message, const MendingRules& rules,
    const MendingFacts& facts, std::string_view login);

// What stays of the message, in pieces borrowed from it; and the same behind
// what was added, which is borrowed from `mending`.
[[nodiscard]] std::vector<Octets> kept_views(
    const Mending& mending, const std::vector<Octets>& message);
[[nodiscard]] std::vector<Octets> mended_views(
    const Mending& mending, const std::vector<Octets>& message);

// Whether a configuration may hide the field: not those that are needed to
// read, answer or trace a message.
[[nodiscard]] bool may_be_hidden(std::string_view field_name);

}  // namespace postkeep::submission
