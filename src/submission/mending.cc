#include "submission/mending.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "message/address.h"
#include "message/date_time.h"
#include "message/header.h"
#include "message/message_id.h"

namespace postkeep::submission {
namespace {

using message::Field;
using message::Header;
using message::same_without_case;

// RFC 5322 section 3.6: the table's "max number" is 1.
constexpr std::array<std::string_view, 10> single_fields{
    "Date", "From",       "Sender",      "Reply-To",   "To",
    "Cc",   "Message-ID", "In-Reply-To", "References", "Subject"};

// Whoever hands the message on must not see these; they say to whom it went,
// or what only the last server knows.
constexpr std::array<std::string_view, 3> private_fields{"Bcc", "Resent-Bcc",
                                                         "Return-Path"};

bool is_among(std::string_view field_name, const auto& names) {
  return std::ranges::any_of(names, [&](const auto& one) {
    return same_without_case(one, field_name);
  });
}

std::unexpected<MendingError> fails(MendingFault fault,
                                    std::string_view field = {},
                                    std::size_t line = 0) {
  return std::unexpected(MendingError{fault, std::string{field}, line});
}

// The header's octets, in one piece. Where the first piece holds the end of
// the header, that is it; else as many are joined as a header may have.
Octets front_of(const std::vector<Octets>& message,
                std::vector<Octet>& joined) {
  // One more than may be: a header that ends there has its empty line.
  constexpr std::size_t most = message::header_octets_max + 2;
  if (message.empty()) return {};
  if (message.size() == 1 || message.front().size() >= most) {
    return message.front().first(std::min(message.front().size(), most));
  }
  const Header header = message::read_header(message.front());
  if ((header.problems & message::header_without_end) == 0) {
    return message.front();
  }
  for (const Octets piece : message) {
    const std::size_t room = most - joined.size();
    const Octets part = piece.first(std::min(room, piece.size()));
    joined.insert(joined.end(), part.begin(), part.end());
  }
  return joined;
}

// Where the octets before `header`'s end that no field holds begin, as a line
// from 1.
std::size_t line_of_gap(std::string_view front, const Header& header) {
  std::size_t at = 0;
  for (const Field& field : header.fields) {
    if (field.offset != at) break;
    at = field.offset + field.octets;
  }
  const std::string_view before = front.substr(0, at);
  return 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
}

class Mender {
 public:
  Mender(const MendingRules& rules, const MendingFacts& facts,
         std::string_view login)
      : rules_(rules), facts_(facts), login_(login) {}

  std::expected<Mending, MendingError> mend(const Header& header) {
    for (const std::string_view field : single_fields) {
      if (message::count(header, field) > 1) {
        return fails(MendingFault::field_twice, field);
      }
    }
    if (const auto fault = take_authors(header)) return std::unexpected(*fault);
    for (const Field& field : header.fields) look_at(field);
    if (has_date_ && has_message_id_) return std::move(mending_);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(facts_.now);
    if (!has_date_) {
      add("Date", message::write(
                      message::DateTime{seconds.time_since_epoch().count()}));
    }
    if (!has_message_id_) {
      add("Message-ID", '<' + facts_.unique + '@' + rules_.hostname + '>');
    }
    return std::move(mending_);
  }

 private:
  void add(std::string_view field, std::string_view value) {
    mending_.added += message::write_field(field, value);
    mending_.changes.push_back('+' + std::string{field});
  }

  void cut(const Field& field) {
    mending_.changes.push_back('-' + std::string{field.name});
    // Fields that stand side by side are one cut.
    if (!mending_.cuts.empty()) {
      Cut& last = mending_.cuts.back();
      if (last.offset + last.octets == field.offset) {
        last.octets += field.octets;
        return;
      }
    }
    mending_.cuts.push_back({field.offset, field.octets});
  }

  void look_at(const Field& field) {
    if (is_among(field.name, private_fields) ||
        (is_among(field.name, rules_.hidden_fields) &&
         may_be_hidden(field.name))) {
      return cut(field);
    }
    if (same_without_case(field.name, "Date")) {
      has_date_ = message::recover_date_time(field.value).has_value();
      if (!has_date_) cut(field);
    } else if (same_without_case(field.name, "Message-ID")) {
      has_message_id_ = message::read_message_id(field.value).has_value();
      if (!has_message_id_) cut(field);
    }
  }

  std::optional<MendingError> take_authors(const Header& header) {
    const Field* from = message::find(header, "From");
    if (from == nullptr) {
      return MendingError{MendingFault::field_missing, "From"};
    }
    if (const auto fault = take_addresses("From", *from)) return fault;
    const std::size_t authors_count = mending_.authors.size();
    if (authors_count == 0) {
      return MendingError{MendingFault::field_unreadable, "From"};
    }
    const Field* sender = message::find(header, "Sender");
    if (sender != nullptr) {
      if (const auto fault = take_addresses("Sender", *sender)) return fault;
      if (mending_.authors.size() != authors_count + 1) {
        return MendingError{MendingFault::field_unreadable, "Sender"};
      }
    } else if (authors_count > 1) {
      // RFC 5322 section 3.6.2: then it MUST be there.
      const std::size_t at = login_.rfind('@');
      if (at == std::string_view::npos) {
        return MendingError{MendingFault::field_missing, "Sender"};
      }
      message::Address sender_address;
      sender_address.local_part = login_.substr(0, at);
      sender_address.domain = login_.substr(at + 1);
      add("Sender", message::write(sender_address));
    }
    return std::nullopt;
  }

  std::optional<MendingError> take_addresses(std::string_view name,
                                             const Field& field) {
    const auto addresses = message::read_address_list(field.value);
    if (!addresses) {
      return MendingError{MendingFault::field_unreadable, std::string{name}};
    }
    for (const message::Address& address : *addresses) {
      if (address.kind != message::AddressKind::mailbox) continue;
      if (address.domain.empty()) {
        return MendingError{MendingFault::no_domain, std::string{name}};
      }
      if (mending_.authors.size() == authors_max) {
        return MendingError{MendingFault::too_many_authors, std::string{name}};
      }
      mending_.authors.push_back(
          {std::string{name}, address.local_part + '@' + address.domain});
    }
    return std::nullopt;
  }

  const MendingRules& rules_;
  const MendingFacts& facts_;
  std::string_view login_;
  Mending mending_;
  bool has_date_ = false;
  bool has_message_id_ = false;
};

}  // namespace

std::expected<Mending, MendingError> mend(const std::vector<Octets>& message,
                                          const MendingRules& rules,
                                          const MendingFacts& facts,
                                          std::string_view login) {
  std::vector<Octet> joined;
  const Octets front = front_of(message, joined);
  const Header header = message::read_header(front);
  constexpr std::uint8_t too_large =
      message::header_too_many_fields | message::header_too_long;
  // A header without its end is a whole message (RFC 5322 section 3.5: the body
  // is optional), but for one that only begins here.
  std::size_t octets = 0;
  for (const Octets piece : message) octets += piece.size();
  if ((header.problems & too_large) != 0 ||
      ((header.problems & message::header_without_end) != 0 &&
       front.size() < octets)) {
    return fails(MendingFault::header_too_large);
  }
  if ((header.problems &
       (message::header_bare_line_end | message::header_has_nul)) != 0) {
    return fails(MendingFault::bare_line_end);
  }
  if ((header.problems & message::header_line_outside_grammar) != 0) {
    const std::string_view text{reinterpret_cast<const char*>(front.data()),
                                front.size()};
    return fails(MendingFault::line_is_no_field, {}, line_of_gap(text, header));
  }
  return Mender(rules, facts, login).mend(header);
}

std::vector<Octets> kept_views(const Mending& mending,
                               const std::vector<Octets>& message) {
  std::vector<Octets> views;
  auto cut = mending.cuts.begin();
  std::size_t start = 0;  // Of the piece, in the message.
  for (const Octets piece : message) {
    const std::size_t end = start + piece.size();
    std::size_t at = start;
    while (at < end) {
      while (cut != mending.cuts.end() && cut->offset + cut->octets <= at) {
        ++cut;
      }
      const bool is_cut = cut != mending.cuts.end() && cut->offset <= at;
      std::size_t until = end;
      if (cut != mending.cuts.end()) {
        until = std::min(end, is_cut ? cut->offset + cut->octets : cut->offset);
      }
      if (!is_cut) views.push_back(piece.subspan(at - start, until - at));
      at = until;
    }
    start = end;
  }
  return views;
}

std::vector<Octets> mended_views(const Mending& mending,
                                 const std::vector<Octets>& message) {
  std::vector<Octets> views = kept_views(mending, message);
  if (!mending.added.empty()) {
    views.insert(views.begin(), octets(mending.added));
  }
  return views;
}

bool may_be_hidden(std::string_view field_name) {
  constexpr std::array<std::string_view, 4> needed{
      "Received", "MIME-Version", "DKIM-Signature", "Authentication-Results"};
  constexpr std::string_view content = "Content-";
  return !field_name.empty() && !is_among(field_name, single_fields) &&
         !is_among(field_name, needed) &&
         !same_without_case(field_name.substr(0, content.size()), content);
}

std::string_view name(MendingFault fault) {
  switch (fault) {
    case MendingFault::field_missing: return "field_missing";
    case MendingFault::field_twice: return "field_twice";
    case MendingFault::field_unreadable: return "field_unreadable";
    case MendingFault::no_domain: return "no_domain";
    case MendingFault::too_many_authors: return "too_many_authors";
    case MendingFault::line_is_no_field: return "line_is_no_field";
    case MendingFault::bare_line_end: return "bare_line_end";
    case MendingFault::header_too_large: break;
  }
  return "header_too_large";
}

std::string sentence(const MendingError& error) {
  const std::string& field = error.field;
  switch (error.fault) {
    case MendingFault::field_missing:
      return "The message has no " + field + " field (RFC 5322 section 3.6)";
    case MendingFault::field_twice:
      return "The message has more than one " + field +
             " field (RFC 5322 section 3.6)";
    case MendingFault::field_unreadable:
      return "The field " + field +
             " holds no address, too many, or what is none (RFC 5322 section "
             "3.6.2)";
    case MendingFault::no_domain:
      return "An address in the field " + field +
             " has no domain (RFC 5322 section 3.4.1)";
    case MendingFault::too_many_authors:
      return "The field " + field + " holds more than " +
             std::to_string(authors_max) + " addresses";
    case MendingFault::line_is_no_field:
      return "Line " + std::to_string(error.line) +
             " of the header is no field (RFC 5322 section 2.2)";
    case MendingFault::bare_line_end:
      return "The header has a bare CR, a bare LF or a NUL (RFC 5322 section "
             "2.2)";
    case MendingFault::header_too_large: break;
  }
  return "The header has more than " +
         std::to_string(message::header_octets_max) + " octets or " +
         std::to_string(message::header_fields_max) + " fields";
}

}  // namespace postkeep::submission
