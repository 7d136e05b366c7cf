// The laws of route/route.h on generated answers.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "route/route_laws.h"

using namespace postkeep;
using namespace postkeep::route;

namespace {

DnsName host(int number) {
  return DnsName::read("mx" + std::to_string(number) + ".example.org").value();
}

DnsAnswer mx_answer() {
  DnsAnswer answer;
  answer.verdict = DnsVerdict::found;
  answer.canonical = DnsName::read("example.org").value();
  const auto many = *rc::gen::inRange(1, 40);
  for (int i = 0; i < many; ++i) {
    answer.mx.push_back({*rc::gen::inRange<std::uint16_t>(0, 6),
                         *rc::gen::inRange(0, 12) == 0
                             ? DnsName{}
                             : host(*rc::gen::inRange(0, 30))});
  }
  return answer;
}

RouteOptions route_options() {
  RouteOptions options;
  if (*rc::gen::arbitrary<bool>()) options.own_names.push_back(host(3));
  options.own_addresses.push_back(IpAddress::v4({9, 0, 0, 1}));
  options.ipv6 = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) {
    options.allowed.push_back({IpAddress::v4({10, 0, 0, 0}), 8});
  }
  return options;
}

HostAnswers host_answers(int number) {
  HostAnswers answers;
  answers.host = {host(number), static_cast<std::uint16_t>(number / 2)};
  answers.a.canonical = answers.host.name;
  answers.a.verdict = DnsVerdict::found;
  answers.aaaa = answers.a;
  const auto many = *rc::gen::inRange(0, 14);
  for (int i = 0; i < many; ++i) {
    const auto last = *rc::gen::inRange<std::uint8_t>(0, 8);
    answers.a.a.push_back(
        {*rc::gen::element<std::uint8_t>(9, 10, 127), 0, 0, last});
    answers.aaaa.aaaa.push_back({0x20, 0x01, 5, 0, 0, 0, 0, last});
  }
  if (*rc::gen::inRange(0, 5) == 0) answers.a.verdict = DnsVerdict::trouble;
  return answers;
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("hosts are in order", [] {
    const DnsAnswer mx = mx_answer();
    RC_ASSERT(law_hosts_are_in_order(mx, route_options(),
                                     *rc::gen::arbitrary<std::uint64_t>()));
  });
  held &= rc::check("chance changes only equals", [] {
    RC_ASSERT(law_chance_changes_only_equals(mx_answer(), route_options()));
  });
  held &= rc::check("attempts are sound", [] {
    std::vector<HostAnswers> hosts;
    const int many = *rc::gen::inRange(0, 8);
    for (int i = 0; i < many; ++i) hosts.push_back(host_answers(i));
    RC_ASSERT(law_attempts_are_sound(hosts, route_options(),
                                     *rc::gen::arbitrary<std::uint64_t>()));
  });
  return held ? 0 : 1;
}
