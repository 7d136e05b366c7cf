// The laws of smtp/drop_head.h. Tried on examples by tests/, on generated
// values by proptests/, on mutated octets by fuzz/ and on every file of
// corpus/smtp_drop_head. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "base/octets.h"
#include "smtp/drop_head.h"

namespace postkeep::smtp {

// The oracle: grammar/postkeep_drop.rl, rule drop_head, compiled without any
// action (proptests/smtp/drop_head_reference.rl).
bool reference_accepts_drop_head(Octets whole);

struct DropOutcome {
  std::optional<DropHead> head;
  std::optional<DropFault> fault;
  std::size_t octets_left = 0;  // Of the input, behind the head.
  bool operator==(const DropOutcome&) const = default;
};

// Fed at most `piece` octets at a time.
inline DropOutcome read_drop_head(Octets input, std::size_t piece) {
  DropHeadReader reader;
  while (!input.empty()) {
    Octets part = input.first(std::min(piece, input.size()));
    const std::size_t offered = part.size();
    const auto read = reader.read(part);
    input = input.subspan(offered - part.size());
    if (!read) return {{}, read.error(), 0};
    if (*read) return {**read, {}, input.size()};
  }
  return {};
}

// How the file is cut up does not change what is read.
inline bool law_drop_head_cuts_do_not_matter(Octets input) {
  const DropOutcome whole = read_drop_head(input, input.size() + 1);
  return whole == read_drop_head(input, 1) && whole == read_drop_head(input, 7);
}

// What is read is in the grammar and ends where the grammar ends; of what is in
// the grammar only values and lengths are refused.
inline bool law_drop_head_agrees_with_grammar(Octets input) {
  const DropOutcome outcome = read_drop_head(input, input.size() + 1);
  const std::size_t used = input.size() - outcome.octets_left;
  if (outcome.head) return reference_accepts_drop_head(input.first(used));
  return !reference_accepts_drop_head(input) ||
         (outcome.fault && *outcome.fault != DropFault::outside_grammar);
}

// A file that is none does not become one by what follows.
inline bool law_drop_head_faults_stick(Octets input) {
  DropHeadReader reader;
  Octets rest = input;
  const auto first = reader.read(rest);
  if (first) return true;
  Octets more = octets("POSTKEEP 1\r\n");
  const auto second = reader.read(more);
  return !second && second.error() == first.error();
}

// What the command writes is one head, whatever it was told, and says the same.
inline bool law_drop_head_write_then_read(const OutgoingMail& mail) {
  const std::string text = write_drop_head(mail);
  const DropOutcome outcome = read_drop_head(octets(text), text.size());
  if (outcome.fault) return *outcome.fault != DropFault::outside_grammar;
  if (!outcome.head || outcome.octets_left != 0 ||
      !reference_accepts_drop_head(octets(text))) {
    return false;
  }
  const DropHead& head = *outcome.head;
  return head.mail.reverse_path == mail.reverse_path &&
         head.message_octets == mail.content.octets &&
         std::ranges::equal(head.recipients, mail.recipients, {},
                            &Rcpt::forward_path,
                            &OutgoingRecipient::forward_path);
}

}  // namespace postkeep::smtp
