#include <rapidcheck.h>

#include <string>
#include <vector>

#include "dns/answer_laws.h"
#include "dns/name_laws.h"

using namespace postkeep;
using namespace postkeep::dns;

namespace {

rc::Gen<std::string> label() {
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 12), [](auto octets) {
    return rc::gen::container<std::string>(
        octets, rc::gen::elementOf(std::string("abcxyz0189_")));
  });
}

// Names of hosts, few enough to meet again.
rc::Gen<DnsName> host() {
  return rc::gen::map(
      rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 5),
                      [](auto labels) {
                        return rc::gen::container<std::vector<std::string>>(
                            labels, label());
                      }),
      [](const std::vector<std::string>& labels) {
        std::string text;
        for (const std::string& one : labels) text += one + ".";
        return named(text + "org");
      });
}

rc::Gen<DnsType> type() {
  return rc::gen::element(DnsType::a, DnsType::aaaa, DnsType::mx, DnsType::txt,
                          DnsType::ptr, DnsType::tlsa, DnsType::cname);
}

rc::Gen<std::vector<Octet>> some_octets(std::size_t max) {
  return rc::gen::resize(static_cast<int>(max),
                         rc::gen::arbitrary<std::vector<Octet>>());
}

// An answer with up to six records of that type, or none.
DnsAnswer answer_to(const DnsQuestion& question) {
  DnsAnswer answer;
  answer.canonical =
      question.type == DnsType::cname || *rc::gen::arbitrary<bool>()
          ? question.name
          : *host();
  answer.authenticated = *rc::gen::arbitrary<bool>();
  answer.ttl_seconds = *rc::gen::inRange<std::uint32_t>(0, 1U << 20);
  std::size_t records = *rc::gen::inRange<std::size_t>(0, 7);
  if (question.type == DnsType::cname)
    records = std::min<std::size_t>(1, records);
  for (std::size_t i = 0; i < records; ++i) {
    switch (question.type) {
      case DnsType::a:
        answer.a.push_back(*rc::gen::arbitrary<std::array<Octet, 4>>());
        break;
      case DnsType::aaaa:
        answer.aaaa.push_back(*rc::gen::arbitrary<std::array<Octet, 16>>());
        break;
      case DnsType::mx:
        answer.mx.push_back({*rc::gen::arbitrary<std::uint16_t>(), *host()});
        break;
      case DnsType::txt:
        answer.txt.push_back(
            *rc::gen::resize(600, rc::gen::arbitrary<std::string>()));
        break;
      case DnsType::tlsa:
        answer.tlsa.push_back({*rc::gen::arbitrary<Octet>(),
                               *rc::gen::arbitrary<Octet>(),
                               *rc::gen::arbitrary<Octet>(), *some_octets(70)});
        break;
      case DnsType::ptr:
      case DnsType::cname: answer.names.push_back(*host()); break;
    }
  }
  answer.verdict = records != 0                  ? DnsVerdict::found
                   : *rc::gen::arbitrary<bool>() ? DnsVerdict::no_name
                                                 : DnsVerdict::no_data;
  return answer;
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("what a resolver wrote is what is read", [] {
    const DnsQuestion question{*host(), *type()};
    RC_ASSERT(law_read_is_what_was_written(
        question, answer_to(question), *rc::gen::arbitrary<std::uint16_t>()));
  });
  held &= rc::check("octets changed anywhere keep the laws", [] {
    const DnsQuestion question{*host(), *type()};
    std::vector<Octet> message = message_of(7, question, answer_to(question));
    const std::size_t changes = *rc::gen::inRange<std::size_t>(1, 5);
    for (std::size_t i = 0; i < changes; ++i) {
      message[*rc::gen::inRange<std::size_t>(0, message.size())] =
          *rc::gen::arbitrary<Octet>();
    }
    const DnsQuestion now = question_in(message, question.type);
    RC_ASSERT(law_answer_is_of_the_question(message, now));
    RC_ASSERT(law_answer_is_to_one_question(message, now));
    RC_ASSERT(law_only_the_whole_is_an_answer(message, now));
    RC_ASSERT(law_names_stay_names(
        message, *rc::gen::inRange<std::size_t>(0, message.size())));
  });
  held &= rc::check("a query is a question", [] {
    RC_ASSERT(law_query_is_a_question({*host(), *type()},
                                      *rc::gen::arbitrary<std::uint16_t>()));
  });
  held &= rc::check("a name is what the rule says", [] {
    RC_ASSERT(law_name_is_what_the_rule_says(*rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("abZ9-_.. \\")))));
  });
  return held ? 0 : 1;
}
