#include "dns/resolver.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "dns/query.h"

namespace postkeep::dns {
namespace {

DnsAnswer trouble_of(const DnsQuestion& question, DnsTrouble why) {
  DnsAnswer answer;
  answer.trouble = why;
  answer.canonical = question.name;
  return answer;
}

// What says most about why there is no answer: who has spoken is more telling
// than who has not.
int weight_of(DnsTrouble why) {
  switch (why) {
    case DnsTrouble::chain: return 6;
    case DnsTrouble::server_failed: return 5;
    case DnsTrouble::refused: return 4;
    case DnsTrouble::malformed: return 3;
    case DnsTrouble::timed_out: return 2;
    case DnsTrouble::unreachable: return 1;
    case DnsTrouble::none:
    case DnsTrouble::no_resolver:
    case DnsTrouble::busy:
    case DnsTrouble::stopped: break;
  }
  return 0;
}

// What a resolver says that has looked, and could not find out.
bool is_of_resolver(DnsTrouble why) {
  return why == DnsTrouble::server_failed || why == DnsTrouble::refused;
}

}  // namespace

Resolver::Resolver(const Clock& clock, Timers& timers, Random& random,
                   DnsExchange& exchange, ResolverSettings settings)
    : clock_(clock),
      timers_(timers),
      random_(random),
      exchange_(exchange),
      settings_(std::move(settings)),
      cache_(clock, settings_.cache) {}

Resolver::~Resolver() {
  for (const auto& [ticket, timer] : soon_) timers_.cancel(timer);
  for (const auto& [question, flight] : flights_) {
    timers_.cancel(flight.deadline);
  }
}

void Resolver::use(ResolverSettings settings) {
  const auto same = [](const ResolverServer& one, const ResolverServer& two) {
    return one.server == two.server && one.trusted == two.trusted;
  };
  if (!std::equal(settings.servers.begin(), settings.servers.end(),
                  settings_.servers.begin(), settings_.servers.end(), same)) {
    cache_.clear();
    rests_until_.clear();
  }
  settings_ = std::move(settings);
  cache_.use(settings_.cache);
}

void Resolver::answer_soon(DnsTicket ticket, DnsAnswer answer,
                           Answered answered) {
  soon_[ticket] =
      timers_.after(Duration(0), [this, ticket, answer = std::move(answer),
                                  answered = std::move(answered)] {
        soon_.erase(ticket);
        answered(answer);
      });
}

DnsTicket Resolver::ask(const DnsQuestion& question, Answered answered) {
  const DnsTicket ticket{++last_ticket_};
  figures_.asked += 1;
  if (auto known = cache_.find(question)) {
    figures_.from_cache += 1;
    answer_soon(ticket, std::move(*known), std::move(answered));
    return ticket;
  }
  const DnsTrouble why = settings_.servers.empty() ? DnsTrouble::no_resolver
                         : tickets_.size() >= settings_.waiting_max
                             ? DnsTrouble::busy
                             : DnsTrouble::none;
  if (why != DnsTrouble::none) {
    figures_.trouble += 1;
    answer_soon(ticket, trouble_of(question, why), std::move(answered));
    return ticket;
  }
  const auto [flight, is_new] = flights_.try_emplace(question);
  flight->second.waiters.push_back({ticket, std::move(answered)});
  tickets_.emplace(ticket, question);
  if (!is_new) {
    figures_.joined += 1;
    return ticket;
  }
  flight->second.deadline = timers_.after(
      settings_.deadline, [this, question] { deadline(question); });
  start(flight);
  return ticket;
}

void Resolver::forget(DnsTicket ticket) {
  if (const auto at = soon_.find(ticket); at != soon_.end()) {
    timers_.cancel(at->second);
    soon_.erase(at);
    return;
  }
  const auto at = tickets_.find(ticket);
  if (at == tickets_.end()) return;
  // The question goes on: its answer is for the cache.
  if (const auto flight = flights_.find(at->second); flight != flights_.end()) {
    std::erase_if(flight->second.waiters, [&](const Waiter& waiter) {
      return waiter.ticket == ticket;
    });
  }
  tickets_.erase(at);
}

// Whom to ask next: who was asked least, and of those who does not rest, and
// of those the first in the operator's list.
const ResolverServer* Resolver::next_server(const Flight& flight) const {
  const ResolverServer* best = nullptr;
  std::pair<std::size_t, bool> best_rank;
  for (const ResolverServer& one : settings_.servers) {
    const auto tried = flight.tried.find(one.server);
    const std::size_t times =
        tried == flight.tried.end() ? 0 : tried->second.times;
    const bool had_its_say =
        tried != flight.tried.end() && tried->second.had_its_say;
    if (times >= rounds_max || had_its_say) continue;
    const auto rests = rests_until_.find(one.server);
    const std::pair rank{
        times, rests != rests_until_.end() && rests->second > clock_.steady()};
    if (best == nullptr || rank < best_rank) {
      best = &one;
      best_rank = rank;
    }
  }
  return best;
}

void Resolver::start(Flights::iterator flight) {
  const ResolverServer* const to = next_server(flight->second);
  if (to == nullptr) {
    return finish(flight, trouble_of(flight->first, flight->second.why));
  }
  if (exchange_.room() == 0) {
    flight->second.place = ++last_place_;
    waiting_.emplace(flight->second.place, flight->first);
    return;
  }
  send(flight, *to, false);
}

void Resolver::begin_waiting() {
  while (!waiting_.empty() && exchange_.room() != 0) {
    const auto first = waiting_.begin();
    const auto flight = flights_.find(first->second);
    waiting_.erase(first);
    PK_CHECK(flight != flights_.end());
    flight->second.place = 0;
    start(flight);
  }
}

void Resolver::send(Flights::iterator flight, const ResolverServer& to,
                    bool probe) {
  Flight& now = flight->second;
  std::array<Octet, 2> id{};
  random_.fill(id);
  now.id = static_cast<std::uint16_t>(id[0] << 8 | id[1]);
  now.serial = ++last_serial_;
  now.asked = to;
  now.probing = probe;
  if (!probe) now.tried[to.server].times += 1;
  figures_.sent += 1;
  const std::vector<Octet> query =
      write_query(flight->first, now.id, {.checking_disabled = probe});
  exchange_.ask(
      to.server, query, settings_.attempt,
      [this, lives = std::weak_ptr<bool>(lives_), question = flight->first,
       serial = now.serial](std::expected<Octets, Trouble> came) {
        if (lives.expired()) return;
        attempt_ended(question, serial, came);
        if (!lives.expired()) begin_waiting();
      });
}

void Resolver::attempt_ended(const DnsQuestion& question, std::uint64_t serial,
                             std::expected<Octets, Trouble> came) {
  const auto flight = flights_.find(question);
  // It had its deadline meanwhile.
  if (flight == flights_.end() || flight->second.serial != serial) return;
  Flight& now = flight->second;
  if (!came) {
    rests_until_[now.asked.server] = clock_.steady() + rest_seconds;
    const bool late = came.error() == Trouble::timed_out;
    if (late) figures_.timed_out += 1;
    return no_answer(flight,
                     late ? DnsTrouble::timed_out : DnsTrouble::unreachable);
  }
  auto read = read_answer(*came, question, now.id);
  if (!read) {
    figures_.unusable += 1;
    now.tried[now.asked.server].had_its_say = true;
    return no_answer(flight, DnsTrouble::malformed);
  }
  rests_until_.erase(now.asked.server);
  answered(flight, std::move(*read));
}

void Resolver::answered(Flights::iterator flight, DnsAnswer answer) {
  Flight& now = flight->second;
  if (now.probing) {
    now.probing = false;
    if (is_of_resolver(answer.trouble)) {
      return no_answer(flight, DnsTrouble::server_failed);
    }
    // It has the answer, and would not give it: the signatures are wrong.
    figures_.bogus += 1;
    DnsAnswer bogus = trouble_of(flight->first, DnsTrouble::none);
    bogus.verdict = DnsVerdict::bogus;
    return finish(flight, bogus);
  }
  if (is_of_resolver(answer.trouble)) {
    now.tried[now.asked.server].had_its_say = true;
    if (now.asked.trusted && answer.trouble == DnsTrouble::server_failed) {
      const ResolverServer same = now.asked;
      return send(flight, same, true);
    }
    return no_answer(flight, answer.trouble);
  }
  answer.authenticated = answer.authenticated && now.asked.trusted;
  cache_.put(flight->first, answer);
  finish(flight, answer);
}

void Resolver::no_answer(Flights::iterator flight, DnsTrouble why) {
  Flight& now = flight->second;
  now.probing = false;
  if (weight_of(why) > weight_of(now.why)) now.why = why;
  start(flight);
}

void Resolver::deadline(const DnsQuestion& question) {
  const auto flight = flights_.find(question);
  if (flight == flights_.end()) return;
  flight->second.deadline = TimerId::none;
  const DnsTrouble why = weight_of(flight->second.why) == 0
                             ? DnsTrouble::timed_out
                             : flight->second.why;
  finish(flight, trouble_of(question, why));
}

void Resolver::finish(Flights::iterator flight, const DnsAnswer& answer) {
  if (answer.verdict == DnsVerdict::trouble) figures_.trouble += 1;
  timers_.cancel(flight->second.deadline);
  waiting_.erase(flight->second.place);
  const std::vector<Waiter> waiters = std::move(flight->second.waiters);
  flights_.erase(flight);
  // One that is told may ask again, or forget another.
  const std::weak_ptr<bool> lives = lives_;
  for (const Waiter& waiter : waiters) {
    if (lives.expired()) return;
    if (tickets_.erase(waiter.ticket) != 0) waiter.answered(answer);
  }
}

}  // namespace postkeep::dns
