// The laws of submission/mending.h. Said once, here; tried by tests/,
// proptests/ and fuzz/. Each law returns true when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "message/header.h"
#include "submission/mending.h"

namespace postkeep::submission {

inline MendingRules law_rules() {
  return {.hostname = "mx.example.org",
          .hidden_fields = {"User-Agent", "X-Originating-IP", "X-Mailer"}};
}

inline MendingFacts law_facts() {
  return {.now = WallTime{std::chrono::seconds{1795348470}},
          .unique = "0123456789ABCDEF"};
}

inline std::vector<Octets> in_pieces(Octets message, std::size_t piece) {
  std::vector<Octets> pieces;
  while (!message.empty()) {
    pieces.push_back(message.first(std::min(piece, message.size())));
    message = message.subspan(pieces.back().size());
  }
  return pieces;
}

inline std::string joined(const std::vector<Octets>& pieces) {
  std::string text;
  for (const Octets piece : pieces) text.append(piece.begin(), piece.end());
  return text;
}

// What comes out, or nothing where the message is refused.
inline std::string mended_text(Octets message, const Mending& mending) {
  return joined(mended_views(mending, {message}));
}

inline std::expected<Mending, MendingError> law_mend(Octets message,
                                                     std::size_t piece) {
  return mend(in_pieces(message, piece), law_rules(), law_facts(),
              "ann@example.org");
}

// How memory cuts the message up changes neither what is done nor what comes
// out.
inline bool law_pieces_do_not_matter(Octets message, std::size_t piece) {
  const auto whole = law_mend(message, message.size() + 1);
  if (whole != law_mend(message, piece)) return false;
  return !whole || mended_text(message, *whole) ==
                       joined(mended_views(*whole, in_pieces(message, piece)));
}

// What was mended needs no mending.
inline bool law_mending_twice_is_mending_once(Octets message) {
  const auto mending = law_mend(message, message.size() + 1);
  if (!mending) return true;
  const std::string once = mended_text(message, *mending);
  const auto again = law_mend(octets(once), once.size() + 1);
  return again && again->added.empty() && again->cuts.empty() &&
         again->changes.empty();
}

// The body is the same octets; so are the fields that stay, in their order.
inline bool law_the_rest_stays_as_it_is(Octets message) {
  const auto mending = law_mend(message, message.size() + 1);
  if (!mending) return true;
  const std::string_view before{reinterpret_cast<const char*>(message.data()),
                                message.size()};
  const std::string after = mended_text(message, *mending);
  if (!after.starts_with(mending->added)) return false;
  std::string kept{std::string_view{after}.substr(mending->added.size())};
  for (const Cut& cut : mending->cuts) {
    kept.insert(cut.offset, before.substr(cut.offset, cut.octets));
  }
  if (kept != before) return false;
  const std::size_t header = message::read_header(message).octets;
  const std::size_t body = before.size() - header;
  return mending->cuts.empty() ||
         (mending->cuts.back().offset + mending->cuts.back().octets <= header &&
          after.substr(after.size() - body) == before.substr(header));
}

// Whatever was sent, what goes on has each field that it must have, none that
// it must not, and one author at least.
inline bool law_what_goes_on_is_whole(Octets message) {
  const auto mending = law_mend(message, message.size() + 1);
  if (!mending) return !sentence(mending.error()).empty();
  const std::string after = mended_text(message, *mending);
  const message::Header header = message::read_header(octets(after));
  for (const char* one : {"From", "Date", "Message-ID"}) {
    if (message::count(header, one) != 1) return false;
  }
  for (const char* none :
       {"Bcc", "Resent-Bcc", "Return-Path", "User-Agent", "X-Mailer"}) {
    if (message::count(header, none) != 0) return false;
  }
  constexpr std::uint8_t wrong = message::header_line_outside_grammar |
                                 message::header_bare_line_end |
                                 message::header_has_nul;
  const auto at_sign = [](const Author& author) {
    return author.address.contains('@');
  };
  return (header.problems & wrong) == 0 && !mending->authors.empty() &&
         std::ranges::all_of(mending->authors, at_sign);
}

inline bool all_laws_of_mending(Octets message) {
  return law_pieces_do_not_matter(message, 1) &&
         law_pieces_do_not_matter(message, 7) &&
         law_mending_twice_is_mending_once(message) &&
         law_the_rest_stays_as_it_is(message) &&
         law_what_goes_on_is_whole(message);
}

}  // namespace postkeep::submission
