// The laws of smtp/data.h, text_check.h and hop_count.h. Tried on examples by
// tests/, on generated values by proptests/, on mutated octets by fuzz/ and on
// every file of corpus/smtp_data. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "smtp/data.h"
#include "smtp/hop_count.h"
#include "smtp/text_check.h"

namespace postkeep::smtp {

// The oracles: the bare rules of grammar/rfc5321_data.rl, compiled without any
// action (proptests/smtp/data_reference.rl).
bool reference_accepts_data(Octets whole);
bool reference_accepts_text(Octets whole);

inline std::string_view text_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

struct DataOutcome : DataSink {
  std::string text;
  bool complete = false;
  std::size_t octets_left = 0;
  void data_octets(Octets octets) override { text += text_of(octets); }
  bool operator==(const DataOutcome& other) const {
    return text == other.text && complete == other.complete &&
           octets_left == other.octets_left;
  }
};

inline DataOutcome read_data(Octets input, std::size_t piece) {
  DataOutcome outcome;
  DataReader reader;
  while (!input.empty() && !outcome.complete) {
    Octets head = input.first(std::min(piece, input.size()));
    const std::size_t offered = head.size();
    outcome.complete = reader.read(head, outcome);
    input = input.subspan(offered - head.size());
  }
  outcome.octets_left = input.size();
  return outcome;
}

// RFC 5321 section 4.5.2, said again by searching strings: the data ends at the
// first CRLF "." CRLF, the CRLF of DATA counted in; then each "." after CRLF is
// dropped.
inline DataOutcome search_data(Octets input) {
  DataOutcome outcome;
  const std::string all = "\r\n" + std::string{text_of(input)};
  const std::size_t end = all.find("\r\n.\r\n");
  outcome.complete = end != std::string::npos;
  std::string body = outcome.complete ? all.substr(0, end + 2) : all;
  if (outcome.complete) outcome.octets_left = all.size() - end - 5;
  for (std::size_t at = 0; (at = body.find("\r\n.", at)) != std::string::npos;
       at += 2) {
    body.erase(at + 2, 1);
  }
  // What may still become the end has not been given yet.
  if (!outcome.complete && all.ends_with("\r\n.\r")) body.pop_back();
  outcome.text = body.substr(2);
  return outcome;
}

inline bool law_data_cuts_do_not_matter(Octets input) {
  const DataOutcome whole = read_data(input, input.size() + 1);
  return whole == read_data(input, 1) && whole == read_data(input, 3);
}

inline bool law_data_agrees_with_search(Octets input) {
  return read_data(input, input.size() + 1) == search_data(input);
}

inline bool law_data_agrees_with_grammar(Octets input) {
  const DataOutcome outcome = read_data(input, input.size() + 1);
  return reference_accepts_data(input.first(
             input.size() - outcome.octets_left)) == outcome.complete;
}

// Any lines, stuffed by the rule of section 4.5.2, come out as they were.
inline bool law_stuffed_text_is_read_back(std::string_view text) {
  std::string lines{text};
  if (!lines.empty() && !lines.ends_with("\r\n")) lines += "\r\n";
  std::string stuffed = "\r\n" + lines;
  for (std::size_t at = 0;
       (at = stuffed.find("\r\n.", at)) != std::string::npos; at += 3) {
    stuffed.insert(at + 2, 1, '.');
  }
  stuffed = stuffed.substr(2) + ".\r\n";
  const DataOutcome outcome = read_data(octets(stuffed), stuffed.size());
  return outcome.complete && outcome.octets_left == 0 && outcome.text == lines;
}

// TextCheck is the grammar of lines, whole or cut, and says no for good.
inline bool law_text_check_agrees_with_grammar(Octets input) {
  TextCheck whole;
  whole.read(input);
  TextCheck cut;
  bool held = true;
  for (std::size_t i = 0; i < input.size(); ++i) {
    cut.read(input.subspan(i, 1));
    if (cut.holds() && !held) return false;
    held = cut.holds();
  }
  const bool accepted = reference_accepts_text(input);
  return whole.holds_at_end() == accepted && cut.holds_at_end() == accepted &&
         whole.holds() == held && (!accepted || held);
}

// The same count by taking lines apart.
inline bool law_hop_count_agrees_with_search(Octets input) {
  std::uint32_t count = 0;
  bool ended = false;
  std::string_view rest = text_of(input);
  while (!ended) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    std::string line{rest.substr(0, end)};
    rest.remove_prefix(end + 1);
    if (line.empty() || line == "\r") {
      ended = true;
      break;
    }
    for (char& c : line)
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const std::size_t colon = line.find_first_not_of(" \t", 8);
    const bool is_received = line.starts_with("received") &&
                             colon != std::string::npos && line[colon] == ':';
    if (is_received) count += 1;
  }
  HopCount whole;
  whole.read(input);
  HopCount cut;
  for (std::size_t i = 0; i < input.size(); ++i) cut.read(input.subspan(i, 1));
  return whole.received_fields() == count && cut.received_fields() == count &&
         whole.header_ended() == ended && cut.header_ended() == ended;
}

}  // namespace postkeep::smtp
