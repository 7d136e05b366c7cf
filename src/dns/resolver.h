// Questions asked of the operator's resolvers until one has an answer.
//
// Here:      Resolver, its settings and its figures.
// Not here:  octets (dns/query.h, dns/answer.h), what is remembered
//            (dns/cache.h), sockets (base/dns_exchange.h).
// Laws:      tests/dns/resolver_test.cc: each question is answered once, within
//            its deadline, whatever resolvers do; the same question asked twice
//            is sent once; only a trusted resolver's AD counts; the word of a
//            trusted resolver that something is bogus is final.
//
// A question under way, its steps and who makes them:
//   waits   -> sent     start(): the exchange has room for it
//   sent    -> sent     attempt_ended(): no answer, or not a usable one; the
//                       next resolver, a new id and a new port
//   sent    -> probed   attempt_ended(): a trusted resolver says SERVFAIL; it
//                       is asked once more, not to validate (CD)
//   probed  -> answered attempt_ended(): it has an answer then: bogus
//   probed  -> sent     attempt_ended(): it has none then either
//   sent    -> answered attempt_ended(): a verdict, or nobody is left to ask
//   any     -> answered deadline(): no more time
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/dns.h"
#include "base/dns_exchange.h"
#include "base/random.h"
#include "dns/answer.h"
#include "dns/cache.h"

namespace postkeep::dns {

// More than any resolv.conf has (resolv.conf(5): three).
inline constexpr std::size_t servers_max = 8;
// How often one resolver is asked one question that it does not answer.
inline constexpr std::size_t rounds_max = 3;
// A resolver that did not answer comes after the others for so long.
inline constexpr std::chrono::seconds rest_seconds{30};

struct ResolverServer {
  DnsServer server;
  bool trusted = false;  // Its AD counts.
};

struct ResolverSettings {
  std::vector<ResolverServer> servers;
  std::chrono::milliseconds attempt{4000};    // For one resolver's answer.
  std::chrono::milliseconds deadline{15000};  // For all of it.
  // Who waits for an answer, all together; past it the answer is `busy`.
  std::size_t waiting_max = 20000;
  CacheLimits cache;
};

struct ResolverFigures {
  std::uint64_t asked = 0;
  std::uint64_t from_cache = 0;
  std::uint64_t joined = 0;  // Asked while the same question was under way.
  std::uint64_t sent = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t unusable = 0;  // Malformed, or answers to something else.
  std::uint64_t bogus = 0;
  std::uint64_t trouble = 0;  // Questions that found no answer.
};

class Resolver final : public Dns {
 public:
  Resolver(const Clock& clock, Timers& timers, Random& random,
           DnsExchange& exchange, ResolverSettings settings);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  DnsTicket ask(const DnsQuestion& question, Answered answered) override;
  void forget(DnsTicket ticket) override;

  // From the next attempt on. The cache is kept, but for what another resolver
  // vouched for.
  void use(ResolverSettings settings);

  [[nodiscard]] const ResolverFigures& figures() const { return figures_; }
  [[nodiscard]] const Cache& cache() const { return cache_; }
  [[nodiscard]] std::size_t waiting() const {
    return tickets_.size() + soon_.size();
  }
  [[nodiscard]] std::size_t under_way() const { return flights_.size(); }

 private:
  struct Waiter {
    DnsTicket ticket;
    Answered answered;
  };
  // One resolver, as one question sees it.
  struct Tried {
    std::size_t times = 0;
    bool had_its_say = false;  // Asking it again would bring the same.
  };
  struct Flight {
    std::uint64_t serial = 0;  // An answer to an earlier attempt has another.
    std::vector<Waiter> waiters;
    std::map<DnsServer, Tried> tried;
    std::uint16_t id = 0;
    ResolverServer asked;  // By the attempt that is under way.
    bool probing = false;
    std::uint64_t place = 0;            // In waiting_; 0: nowhere.
    DnsTrouble why = DnsTrouble::none;  // The most telling so far.
    TimerId deadline = TimerId::none;
  };
  using Flights = std::map<DnsQuestion, Flight>;

  void answer_soon(DnsTicket ticket, DnsAnswer answer, Answered answered);
  void begin_waiting();
  void start(Flights::iterator flight);
  void send(Flights::iterator flight, const ResolverServer& to, bool probe);
  void attempt_ended(const DnsQuestion& question, std::uint64_t serial,
                     std::expected<Octets, Trouble> came);
  void answered(Flights::iterator flight, DnsAnswer answer);
  void no_answer(Flights::iterator flight, DnsTrouble why);
  void deadline(const DnsQuestion& question);
  void finish(Flights::iterator flight, const DnsAnswer& answer);
  [[nodiscard]] const ResolverServer* next_server(const Flight& flight) const;

  const Clock& clock_;
  Timers& timers_;
  Random& random_;
  DnsExchange& exchange_;
  ResolverSettings settings_;
  Cache cache_;
  Flights flights_;
  // For room in the exchange, in the order of their coming.
  std::map<std::uint64_t, DnsQuestion> waiting_;
  std::map<DnsTicket, DnsQuestion> tickets_;  // Of those that wait.
  std::map<DnsTicket, TimerId> soon_;         // Of those that need not.
  std::map<DnsServer, SteadyTime> rests_until_;
  std::uint64_t last_ticket_ = 0;
  std::uint64_t last_serial_ = 0;
  std::uint64_t last_place_ = 0;
  // Answers of attempts may still come when this has ended.
  std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
  ResolverFigures figures_;
};

}  // namespace postkeep::dns
