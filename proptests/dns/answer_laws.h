// The laws of dns/answer.h and dns/wire.h. Said once, here; tried on examples
// by tests/, on generated values by proptests/, on mutated octets by fuzz/ and
// on every file of corpus/dns_answer. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "dns/answer.h"
#include "dns/message_builder.h"
#include "dns/query.h"
#include "dns/wire.h"

namespace postkeep::dns {

// The question that stands in `message`, with `type` for its type where it has
// another: so that what is mutated reaches the records.
inline DnsQuestion question_in(Octets message, DnsType type) {
  DnsQuestion question{named("example.org"), type};
  if (message.size() < 12) return question;
  WireReader reader(message, 12);
  const WireName name = reader.name();
  const std::uint16_t number = reader.u16();
  if (!reader.ok()) return question;
  if (name.name) question.name = *name.name;
  for (const DnsType one :
       {DnsType::a, DnsType::aaaa, DnsType::mx, DnsType::txt, DnsType::ptr,
        DnsType::tlsa, DnsType::cname}) {
    if (number_of(one) == number) question.type = one;
  }
  return question;
}

inline std::uint16_t id_in(Octets message) {
  return message.size() < 2
             ? std::uint16_t{0}
             : static_cast<std::uint16_t>(message[0] << 8 | message[1]);
}

// What an answer says has the type that was asked for, and its names are names.
inline bool law_answer_is_of_the_question(Octets message,
                                          const DnsQuestion& question) {
  const auto read = read_answer(message, question, id_in(message));
  if (!read) return true;
  const DnsAnswer& answer = *read;
  const std::size_t of_type =
      question.type == DnsType::a      ? answer.a.size()
      : question.type == DnsType::aaaa ? answer.aaaa.size()
      : question.type == DnsType::mx   ? answer.mx.size()
      : question.type == DnsType::txt  ? answer.txt.size()
      : question.type == DnsType::tlsa ? answer.tlsa.size()
                                       : answer.names.size();
  const bool hosts =
      std::all_of(answer.mx.begin(), answer.mx.end(),
                  [](const DnsMx& mx) {
                    return mx.exchange.is_root() || mx.exchange.is_host();
                  }) &&
      (question.type != DnsType::ptr ||
       std::all_of(answer.names.begin(), answer.names.end(),
                   [](const DnsName& host) { return host.is_host(); }));
  return of_type == answer.records() && hosts &&
         answer.records() <= dns_records_max &&
         (answer.verdict == DnsVerdict::found) == (of_type != 0) &&
         (answer.verdict == DnsVerdict::trouble) ==
             (answer.trouble != DnsTrouble::none) &&
         answer.verdict != DnsVerdict::bogus && !answer.from_cache &&
         answer.ttl_seconds <= static_cast<std::uint32_t>(
                                   std::numeric_limits<std::int32_t>::max()) &&
         (question.type != DnsType::cname ||
          (answer.canonical == question.name && answer.names.size() <= 1));
}

// To another id, name or type the same octets are no answer.
inline bool law_answer_is_to_one_question(Octets message,
                                          const DnsQuestion& question) {
  const std::uint16_t id = id_in(message);
  if (!read_answer(message, question, id)) return true;
  DnsQuestion other_name = question;
  other_name.name = question.name == named("other.example.org")
                        ? named("example.org")
                        : named("other.example.org");
  DnsQuestion other_type = question;
  other_type.type = question.type == DnsType::a ? DnsType::aaaa : DnsType::a;
  return !read_answer(message, question, static_cast<std::uint16_t>(id + 1)) &&
         !read_answer(message, other_name, id) &&
         !read_answer(message, other_type, id);
}

// No front of an answer is one, and nothing follows it.
inline bool law_only_the_whole_is_an_answer(Octets message,
                                            const DnsQuestion& question) {
  const std::uint16_t id = id_in(message);
  if (!read_answer(message, question, id)) return true;
  std::vector<Octet> longer(message.begin(), message.end());
  longer.push_back(0);
  if (read_answer(longer, question, id)) return false;
  // Every octet of a short one; of a long one, some of them.
  const std::size_t step = 1 + message.size() / 64;
  for (std::size_t octets = 0; octets < message.size(); octets += step) {
    if (read_answer(message.first(octets), question, id)) return false;
  }
  return true;
}

// A name that was read is written and read the same, and is not longer than
// names are.
inline bool law_names_stay_names(Octets message, std::size_t at) {
  WireReader reader(message, at);
  const WireName read = reader.name();
  if (!reader.ok()) return !read.name;
  if (reader.at() > message.size() || !read.name) return true;
  std::vector<Octet> wire;
  write_name(wire, *read.name);
  WireReader again(wire);
  return wire.size() <= wire_name_octets_max &&
         again.name().name == read.name && again.at_end() &&
         DnsName::read(read.name->text()) == read.name;
}

// What is asked is a question, and can be found in what was written.
inline bool law_query_is_a_question(const DnsQuestion& question,
                                    std::uint16_t id) {
  const std::vector<Octet> query = write_query(question, id);
  const auto read = read_answer(query, question, id);
  return id_in(query) == id && question_in(query, DnsType::a) == question &&
         !read && read.error() == AnswerError::not_an_answer;
}

// What a resolver wrote is what is read.
inline bool law_read_is_what_was_written(const DnsQuestion& question,
                                         const DnsAnswer& answer,
                                         std::uint16_t id) {
  const auto read = read_answer(message_of(id, question, answer), question, id);
  return read && *read == answer;
}

}  // namespace postkeep::dns
