// Routes, asked for: from a domain to the addresses that its mail goes to.
//
// Here:      RouteFinder.
// Not here:  what the answers mean (route/route.h), who asks resolvers
//            (role/dns.h), who connects (role/connect.h).
// Laws:      tests/role/route_finder_test.cc: each find() is answered once, and
//            never inside it.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/dns.h"
#include "base/random.h"
#include "route/route.h"

namespace postkeep::role {

class RouteFinder {
 public:
  using Attempts =
      std::expected<std::vector<route::RouteAttempt>, route::RouteFault>;
  using Found = std::function<void(const Attempts& attempts)>;

  // All of them live longer.
  RouteFinder(Dns& dns, Random& random, Timers& timers)
      : dns_(dns), random_(random), timers_(timers) {}

  void use(route::RouteOptions options) { options_ = std::move(options); }
  // A domain, as an address has it.
  void find(const std::string& domain, Found found);

 private:
  struct Search;
  void answer_soon(Found found, route::RouteFault fault);
  void hosts_answered(const std::shared_ptr<Search>& search,
                      const DnsAnswer& answer);
  void ask(const std::shared_ptr<Search>& search, std::size_t host,
           DnsType type);
  void host_answered(const std::shared_ptr<Search>& search);

  Dns& dns_;
  Random& random_;
  Timers& timers_;
  route::RouteOptions options_;
};

}  // namespace postkeep::role
