// The half of departures that finds a session for each transaction.

#include <algorithm>
#include <utility>

#include "role/departures.h"
#include "role/outbound_answer.h"
#include "role/outbound_mail.h"
#include "route/address.h"

namespace postkeep::role {
namespace {

// RFC 5321 section 5.1: at least two addresses. Sessions that were opened for
// one transaction; addresses at which nobody answers do not count.
constexpr std::size_t sessions_of_job_max = 5;
constexpr std::size_t addresses_of_job_max = 20;
// Sessions without work that are kept for more.
constexpr std::size_t idle_sessions_max = 100;

std::string host_and_address(const route::RouteAttempt& attempt) {
  return std::string(attempt.host.name.text()) + "[" + write(attempt.address) +
         "]";
}

bool all_put_off(const ipc::RemoteMailEnded& ended) {
  return std::ranges::all_of(
      ended.results, [](const ipc::RemoteResult& result) {
        return recipient_result(result).outcome == smtp::Outcome::put_off;
      });
}

}  // namespace

std::optional<std::uint64_t> Departures::idle_session(
    const std::string& destination) {
  const auto found = idle_.find(destination);
  if (found == idle_.end()) return std::nullopt;
  const std::uint64_t remote = found->second;
  idle_.erase(found);
  return remote;
}

void Departures::route(spool::Send send) {
  const std::string destination = send.destination;
  routes_.find(destination, [this, send = std::move(send)](
                                const RouteFinder::Attempts& attempts) {
    Trip trip{.send = send};
    if (!attempts) return end_unroutable(trip, attempts.error());
    trip.attempts = *attempts;
    connect_next(std::move(trip));
  });
}

void Departures::connect_next(Trip trip) {
  if (stopped_) return;
  if (trip.next >= std::min(trip.attempts.size(), addresses_of_job_max) ||
      trip.sessions >= sessions_of_job_max) {
    return end_unreached(std::move(trip), spool::Reach::none);
  }
  const route::RouteAttempt& attempt = trip.attempts[trip.next];
  ipc::ConnectAsk ask;
  ask.ask = ++last_number_;
  ask.is_v6 = attempt.address.is_v6();
  std::ranges::copy(attempt.address.octets(), ask.address.begin());
  ask.port = static_cast<std::uint16_t>(config_.outbound.port);
  const std::uint64_t number = ask.ask;
  if (!connect_ || !connect_->send(ask)) {
    return end_unreached(std::move(trip), spool::Reach::strained);
  }
  asks_.emplace(number, std::move(trip));
}

void Departures::connect_message(ipc::Received received) {
  if_message<ipc::ConnectAnswer>(
      received, [&](const ipc::ConnectAnswer& answer) {
        connected(answer, std::move(received.descriptors));
      });
}

void Departures::connect_ended() {
  old_links_.bury(std::move(connect_));
  for (auto& [ask, trip] : std::exchange(asks_, {})) {
    end_unreached(std::move(trip), spool::Reach::strained);
  }
}

void Departures::connected(const ipc::ConnectAnswer& answer,
                           std::vector<Descriptor> descriptors) {
  const auto asked = asks_.find(answer.ask);
  if (asked == asks_.end()) return;
  Trip trip = std::move(asked->second);
  asks_.erase(asked);
  const route::RouteAttempt& attempt = trip.attempts[trip.next];
  if (answer.verdict != ipc::ConnectVerdict::connected ||
      descriptors.size() != 1) {
    trip.last =
        answer_of(answer.verdict, host_and_address(attempt), answer.why);
    trip.next += 1;
    if (answer.verdict == ipc::ConnectVerdict::busy) {
      return end_unreached(std::move(trip), spool::Reach::strained);
    }
    return connect_next(std::move(trip));
  }
  // The processes take turns.
  auto out = outs_.upper_bound(last_out_);
  if (out == outs_.end()) out = outs_.begin();
  if (out == outs_.end()) {
    return end_unreached(std::move(trip), spool::Reach::strained);
  }
  last_out_ = out->first;
  ipc::RemoteOpen open;
  open.remote = ++last_number_;
  open.host = attempt.host.name.text();
  open.address = write(attempt.address);
  open.tls = trip.with_tls ? ipc::RemoteTls::may : ipc::RemoteTls::none;
  const std::uint64_t remote = open.remote;
  Session session;
  session.destination = trip.send.destination;
  session.host = open.host;
  session.instance = out->first;
  if (!out->second->send(std::move(open), std::move(descriptors))) {
    return end_unreached(std::move(trip), spool::Reach::strained);
  }
  trip.sessions += 1;
  sessions_.emplace(remote, std::move(session));
  give(remote, std::move(trip));
}

// Gives a session its next message.
void Departures::give(std::uint64_t remote, Trip trip) {
  Session& session = sessions_.at(remote);
  const auto out = outs_.find(session.instance);
  const auto message = owner_.message_of(trip.send.id);
  if (out == outs_.end() || !message) {
    return end_unreached(std::move(trip), spool::Reach::fine);
  }
  const spool::Entry& entry = message->entry;
  ipc::RemoteMail mail;
  mail.remote = remote;
  mail.mail = ++last_number_;
  mail.queue_id = write(entry.queue_id);
  mail.reverse_path = entry.reverse_path;
  mail.envid = entry.envelope_id;
  mail.ret = static_cast<std::uint8_t>(entry.ret);
  mail.body = static_cast<std::uint8_t>(entry.body);
  mail.smtputf8 = entry.smtputf8;
  for (const std::uint32_t one : trip.send.recipients) {
    const spool::Recipient& recipient = entry.recipients.at(one);
    mail.recipients.push_back({recipient.forward_path,
                               recipient.original_recipient, recipient.notify});
  }
  mail.header_prefix = entry.trace;
  mail.octets = message->octets().size();
  mail.inline_text = mail.octets <= ipc::inline_octets_max;
  std::vector<Descriptor> descriptors;
  if (mail.inline_text) {
    mail.text.assign(message->octets().begin(), message->octets().end());
  } else {
    auto memory = owner_.memory_of(trip.send.id, message->octets());
    if (!memory) return end_unreached(std::move(trip), spool::Reach::fine);
    descriptors.push_back(std::move(*memory));
  }
  session.mail = mail.mail;
  if (!out->second->send(std::move(mail), std::move(descriptors))) {
    return end_unreached(std::move(trip), spool::Reach::strained);
  }
  session.trip = std::move(trip);
}

void Departures::out_message(const ipc::Received& received) {
  if_message<ipc::RemoteReady>(received, [&](const ipc::RemoteReady& ready) {
    const auto session = sessions_.find(ready.remote);
    if (session != sessions_.end()) session->second.ready = true;
  });
  if_message<ipc::RemoteMailEnded>(
      received, [&](const ipc::RemoteMailEnded& ended) { mail_ended(ended); });
  if_message<ipc::RemoteEnded>(
      received, [&](const ipc::RemoteEnded& ended) { remote_ended(ended); });
}

void Departures::mail_ended(const ipc::RemoteMailEnded& ended) {
  const auto found = sessions_.find(ended.remote);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  if (!session.trip || session.mail != ended.mail) return;
  // Nothing was said of the message: the end of the session says why.
  if (!ended.is_free && all_put_off(ended)) return;
  const Trip trip = std::move(*session.trip);
  session.trip.reset();
  const std::string host = session.host;
  if (ended.is_free) {
    const auto out = outs_.find(session.instance);
    if (idle_.size() < idle_sessions_max) {
      idle_.emplace(session.destination, ended.remote);
    } else if (out != outs_.end()) {
      static_cast<void>(out->second->send(ipc::RemoteClose{ended.remote}));
    }
  }
  spool::JobEnd job_end;
  for (const ipc::RemoteResult& one : ended.results) {
    const smtp::RecipientResult result = recipient_result(one);
    job_end.results.push_back(copy_result_of(result, host));
    if (reach_of(result) == spool::Reach::strained) {
      job_end.reach = spool::Reach::strained;
      job_end.answer = job_end.results.back().answer;
    }
  }
  end(trip, job_end);
}

void Departures::remote_ended(const ipc::RemoteEnded& ended) {
  const auto found = sessions_.find(ended.remote);
  if (found == sessions_.end()) return;
  Session session = std::move(found->second);
  sessions_.erase(found);
  const auto [first, last] = idle_.equal_range(session.destination);
  const auto idle = std::find_if(
      first, last, [&](const auto& one) { return one.second == ended.remote; });
  if (idle != last) idle_.erase(idle);
  if (!session.trip) return;
  Trip trip = std::move(*session.trip);
  // A session that was kept for more had ended by itself: a new one.
  if (trip.attempts.empty()) return route(std::move(trip.send));
  const smtp::Because because = because_of(ended.because);
  trip.last = answer_of(because, peer_reply_of(ended.reply), session.host);
  // Opportunistic: a handshake that fails is no reason not to deliver.
  if (because == smtp::Because::tls_failed && trip.with_tls) {
    trip.with_tls = false;
  } else {
    trip.with_tls = true;
    trip.next += 1;
  }
  connect_next(std::move(trip));
}

// What it was sending may have arrived, or not: it is sent again.
void Departures::out_ended(std::uint32_t instance) {
  const auto out = outs_.find(instance);
  if (out == outs_.end()) return;
  old_links_.bury(std::move(out->second));
  outs_.erase(out);
  std::vector<Trip> trips;
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    if (at->second.instance != instance) {
      ++at;
      continue;
    }
    std::erase_if(idle_,
                  [&](const auto& one) { return one.second == at->first; });
    if (at->second.trip) trips.push_back(std::move(*at->second.trip));
    at = sessions_.erase(at);
  }
  for (Trip& trip : trips) {
    end_unreached(std::move(trip), spool::Reach::strained);
  }
}

void Departures::end(const Trip& trip, const spool::JobEnd& job_end) {
  log(trip.send, job_end);
  spool::ScheduleEffects effects;
  schedule_.ended(trip.send.job, job_end, now(), effects);
  act(std::move(effects));
}

void Departures::end_unreached(Trip trip, spool::Reach reach) {
  // Where no host has done anything wrong it is tried at once, a few times.
  const auto verdict = trip.last.status.empty() ? spool::CopyVerdict::put_off
                                                : spool::CopyVerdict::deferred;
  if (trip.last.status.empty()) {
    trip.last = {"4.3.0", {}, "trouble of our own"};
  }
  spool::JobEnd job_end{reach, trip.last, {}};
  job_end.results.assign(trip.send.recipients.size(), {verdict, trip.last});
  end(trip, job_end);
}

void Departures::end_unroutable(const Trip& trip, route::RouteFault fault) {
  const bool is_temporary = route::is_temporary(fault);
  spool::JobEnd job_end;
  job_end.reach = is_temporary ? spool::Reach::none : spool::Reach::fine;
  job_end.answer = answer_of(fault);
  job_end.results.assign(
      trip.send.recipients.size(),
      {is_temporary ? spool::CopyVerdict::deferred : spool::CopyVerdict::failed,
       job_end.answer});
  end(trip, job_end);
}

// One line for each recipient, in the words of its result.
void Departures::log(const spool::Send& send, const spool::JobEnd& job_end) {
  const auto view = schedule_.view(send.id, now());
  for (std::size_t i = 0; i < send.recipients.size(); ++i) {
    const spool::CopyResult result =
        i < job_end.results.size() ? job_end.results[i] : spool::CopyResult{};
    context_.log.line(
        Severity::info, "message_sent",
        {{"queue_id", view ? write(view->queue_id) : std::string()},
         {"recipient", std::uint64_t{send.recipients[i]}},
         {"destination", send.destination},
         {"outcome", name(result.verdict)},
         {"status", result.answer.status},
         {"host", result.answer.host},
         {"text", result.answer.diagnostic}});
  }
}

}  // namespace postkeep::role
