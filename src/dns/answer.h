// Answers of a resolver, read from octets that nobody vouches for (RFC 1035
// section 4.1; RFC 2181 sections 5, 8 and 10; RFC 2308; RFC 6698 section 2.1).
//
// Here:      read_answer().
// Not here:  names and integers (dns/wire.h), asking (dns/resolver.h).
// Laws:      proptests/dns/answer_laws.h: reading ends in bounded time and
//            memory, and everything given belongs to the question.
//
// What must hold before anything is believed:
//   - it is an answer, to this id and to this very question;
//   - all four sections are well formed and nothing is left over;
//   - records belong to the name asked for, or to where its CNAMEs lead
//     (dns_chain_max of them at most);
//   - what a record says has the form of its type, to the last octet;
//   - names in MX and PTR are names that a host can have. A record that names
//     another is dropped; when none is left, the answer is malformed;
//   - a denial stands with the SOA of a zone that has the name, or is not kept
//     (RFC 2308 section 5); a referral denies nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/dns.h"
#include "base/octets.h"

namespace postkeep::dns {

enum class AnswerError : std::uint8_t {
  not_an_answer,   // No header, or that of a question.
  other_id,        //
  other_question,  // Section 4.1: the question is echoed.
  truncated,       // It goes on elsewhere, and we are past asking over TCP.
  malformed,
};

[[nodiscard]] std::string_view name(AnswerError error);

// `authenticated` is the answer's AD bit: whether that counts, the caller
// knows. Trouble of the resolver (SERVFAIL, REFUSED, …) is an answer, too.
[[nodiscard]] std::expected<DnsAnswer, AnswerError> read_answer(
    Octets message, const DnsQuestion& question, std::uint16_t id);

}  // namespace postkeep::dns
