#include "role/route_finder.h"

#include <utility>

namespace postkeep::role {

// One domain's, while its questions are under way.
struct RouteFinder::Search {
  Found found;
  std::vector<route::HostAnswers> hosts;
  std::size_t unanswered = 0;
};

void RouteFinder::answer_soon(Found found, route::RouteFault fault) {
  timers_.after(Duration(0), [found = std::move(found), fault] {
    found(std::unexpected(fault));
  });
}

void RouteFinder::find(const std::string& domain, Found found) {
  const auto name = DnsName::read(domain);
  if (!name || !name->is_host()) {
    // Address literals (RFC 5321 section 4.1.3) among them: nobody's mail
    // server is known by one.
    return answer_soon(std::move(found), route::RouteFault::no_domain);
  }
  auto search = std::make_shared<Search>();
  search->found = std::move(found);
  dns_.ask({*name, DnsType::mx}, [this, search](const DnsAnswer& answer) {
    hosts_answered(search, answer);
  });
}

void RouteFinder::hosts_answered(const std::shared_ptr<Search>& search,
                                 const DnsAnswer& answer) {
  const auto hosts = route::hosts_of(answer, options_, random_);
  if (!hosts) return search->found(std::unexpected(hosts.error()));
  for (const route::RouteHost& host : hosts->hosts) {
    search->hosts.push_back({host, {}, {}});
  }
  search->unanswered = search->hosts.size() *
                       ((options_.ipv4 ? 1U : 0U) + (options_.ipv6 ? 1U : 0U));
  if (search->unanswered == 0) {
    return search->found(std::unexpected(route::RouteFault::addresses_refused));
  }
  for (std::size_t i = 0; i < search->hosts.size(); ++i) {
    if (options_.ipv4) ask(search, i, DnsType::a);
    if (options_.ipv6) ask(search, i, DnsType::aaaa);
  }
}

void RouteFinder::ask(const std::shared_ptr<Search>& search, std::size_t host,
                      DnsType type) {
  dns_.ask({search->hosts[host].host.name, type},
           [this, search, host, type](const DnsAnswer& answer) {
             route::HostAnswers& answers = search->hosts[host];
             (type == DnsType::a ? answers.a : answers.aaaa) = answer;
             host_answered(search);
           });
}

void RouteFinder::host_answered(const std::shared_ptr<Search>& search) {
  search->unanswered -= 1;
  if (search->unanswered > 0) return;
  search->found(route::attempts_of(search->hosts, options_, random_));
}

}  // namespace postkeep::role
