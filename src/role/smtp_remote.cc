// One session with another server: Remote of role/smtp_out.h.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "base/check.h"
#include "role/outbound_mail.h"
#include "role/smtp_out.h"

namespace postkeep::role {
namespace {

// What the other server has not taken yet: past it the session waits.
constexpr std::size_t waiting_octets_max = 256 * 1024;

// SNI is for names: never for an address (RFC 6066 section 3).
bool is_name(std::string_view host) {
  return !host.empty() && host.front() != '[' &&
         host.find(':') == std::string_view::npos &&
         !std::ranges::all_of(
             host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

tls::CertificateCheck check_of(ipc::RemoteTls tls) {
  if (tls == ipc::RemoteTls::verify) return tls::CertificateCheck::authority;
  if (tls == ipc::RemoteTls::dane) return tls::CertificateCheck::dane;
  return tls::CertificateCheck::none;
}

tls::ServerWanted wanted_of(const ipc::RemoteOpen& open) {
  tls::ServerWanted wanted;
  if (is_name(open.host)) wanted.server_name = open.host;
  wanted.check = check_of(open.tls);
  wanted.names = open.names;
  if (wanted.names.empty()) wanted.names = {open.host};
  for (const ipc::RemoteTlsa& one : open.tlsa) {
    wanted.tlsa.push_back(
        {one.usage, one.selector, one.matching_type, one.data});
  }
  return wanted;
}

std::vector<Octet> plain_response(const std::string& user,
                                  const std::string& password) {
  std::string text;
  text += '\0';
  text += user;
  text += '\0';
  text += password;
  return {text.begin(), text.end()};
}

std::string text_of(const smtp::RecipientResult& result) {
  if (result.because == smtp::Because::reply) return write(result.reply);
  std::string text(name(result.because));
  if (result.reply.code != 0) text += ": " + write(result.reply);
  return text;
}

}  // namespace

Octets RemoteWork::next(std::size_t octets_max) const {
  const Octets prefix = octets(header_prefix);
  const Octets rest = view ? view->octets() : Octets(text);
  const Octets piece = given < prefix.size()
                           ? prefix.subspan(given)
                           : rest.subspan(given - prefix.size());
  return piece.first(std::min(piece.size(), octets_max));
}

Remote::Remote(SmtpOutRole& role, const ipc::RemoteOpen& open,
               std::unique_ptr<Connection> connection)
    : role_(role),
      number_(open.remote),
      host_(open.host),
      address_(open.address),
      tls_at_once_(open.tls_at_once),
      user_(open.user),
      password_(open.password),
      wanted_(wanted_of(open)),
      peer_(std::move(connection), role.context_.timers, *this),
      options_(role.options_of(open)),
      session_(options_, open.tls_at_once) {}

Remote::~Remote() { role_.context_.timers.cancel(timer_); }

SteadyTime Remote::now() const { return role_.context_.clock.steady(); }

void Remote::start() {
  if (tls_at_once_) return start_tls();
  started_ = true;
  session_.start(now());
  run();
}

void Remote::start_tls() {
  wanted_.now = role_.context_.clock.wall();
  peer_.start_tls(*role_.tls_, wanted_, role_.handshake_wait_);
}

void Remote::received(Octets plaintext) {
  if (!started_ || ended_) return;
  session_.received(plaintext, now());
  run();
}

void Remote::tls_started() {
  if (ended_) return;
  if (started_) {
    session_.tls_started(now());
  } else {
    started_ = true;
    session_.start(now());
  }
  run();
}

void Remote::sent_all() {
  if (started_ && !ended_) run();
}

void Remote::ended(std::string_view why) {
  if (ended_) return;
  why_ = why;
  if (!started_) {
    return end(smtp::Because::tls_failed, smtp::ClientState::tls_wait, {});
  }
  if (session_.state() == smtp::ClientState::tls_wait) {
    session_.tls_failed(now());
  } else {
    session_.peer_closed(now());
  }
  run();
}

void Remote::take(std::unique_ptr<RemoteWork> work) {
  if (finishing_ || waiting_.size() >= ipc::remote_mails_max) {
    return tell_ended(std::move(work));
  }
  waiting_.push_back(std::move(work));
  if (started_ && !ended_) run();
}

void Remote::finish() {
  finishing_ = true;
  if (current_ || !waiting_.empty()) return;
  leave();
}

void Remote::drain() {
  finishing_ = true;
  put_off_all();
  leave();
}

// At once where no mail is under way, else after it.
void Remote::leave() {
  if (ended_) return;
  if (!started_) {
    return end(smtp::Because::quit, smtp::ClientState::connected, {});
  }
  session_.quit(now());
  run();
}

void Remote::drop() {
  ended_ = true;
  role_.context_.timers.cancel(std::exchange(timer_, {}));
  peer_.close_now();
}

// Does all that the session wants and the server takes, then sees what is next.
void Remote::run() {
  while (!ended_) {
    // What a session that is over still has to say is for spool alone.
    if (peer_.unsent() >= waiting_octets_max &&
        session_.state() != smtp::ClientState::closed) {
      break;
    }
    auto effect = session_.next_effect();
    if (effect) {
      std::visit([this](auto& one) { act(one); }, *effect);
    } else if (!begin_next()) {
      break;
    }
  }
  if (!ended_) set_timer();
}

// Whether there was something to begin.
bool Remote::begin_next() {
  if (current_ || !session_.is_ready()) return false;
  if (!waiting_.empty()) {
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    // RFC 8689 section 4.2.1: not without a server that has proved its name.
    if (current_->outgoing.requiretls && !peer_.verified()) {
      for (smtp::RecipientResult& one : current_->results) {
        one = {.outcome = smtp::Outcome::refused,
               .because = smtp::Because::requiretls_unmet,
               .at = smtp::ClientState::ready,
               .reply = {}};
      }
      tell_ended(std::move(current_));
      return true;
    }
    session_.deliver(current_->outgoing, now());
    return true;
  }
  if (!finishing_) return false;
  session_.quit(now());
  return true;
}

// A timer that is early looks again, as in SmtpConnection.
void Remote::set_timer() {
  const auto deadline = session_.deadline();
  if (!deadline) return;
  if (timer_ != TimerId::none && timer_at_ <= *deadline) return;
  role_.context_.timers.cancel(timer_);
  timer_at_ = *deadline;
  const Duration wait =
      std::max(*deadline - now(), Duration(std::chrono::milliseconds(1)));
  timer_ = role_.context_.timers.after(wait, [this] {
    timer_ = TimerId::none;
    const auto due = session_.deadline();
    if (due && *due <= now()) session_.timeout(now());
    run();
  });
}

void Remote::act(smtp::SendOctets& effect) {
  peer_.send(octets(effect.octets));
}

void Remote::act(smtp::TlsWanted& /*effect*/) { start_tls(); }

// PLAIN (RFC 4616) and LOGIN, under TLS alone.
void Remote::act(smtp::SaslWanted& effect) {
  smtp::SaslAnswer answer{.goes_on = true, .response = {}};
  const bool is_plain = effect.mechanism == "PLAIN";
  if (effect.step == smtp::SaslWanted::Step::start) {
    login_challenges_ = 0;
    if (is_plain) answer.response = plain_response(user_, password_);
  } else if (effect.step == smtp::SaslWanted::Step::challenge) {
    const std::array words{&user_, &password_};
    if (is_plain || login_challenges_ == words.size()) {
      answer.goes_on = false;
    } else {
      const std::string& word = *words[login_challenges_++];
      answer.response.emplace(word.begin(), word.end());
    }
  }
  session_.sasl_answer(std::move(answer), now());
}

void Remote::act(smtp::SessionReady& /*effect*/) {
  was_ready_ = true;
  const ipc::TlsFacts facts = peer_.tls_facts();
  ipc::RemoteReady ready{.remote = number_,
                         .tls = {.on = facts.on,
                                 .verified = peer_.verified(),
                                 .version = facts.protocol,
                                 .cipher = facts.cipher,
                                 .bits = facts.bits}};
  role_.context_.log.line(Severity::info, "remote_ready",
                          {{"remote", number_},
                           {"host", host_},
                           {"address", address_},
                           {"tls", facts.on ? facts.protocol : "none"},
                           {"verified", ready.tls.verified ? "yes" : "no"}});
  role_.tell(std::move(ready));
}

void Remote::act(smtp::ContentWanted& effect) {
  if (!current_) return session_.content_lost(now());
  const Octets piece = current_->next(effect.octets_max);
  current_->given += piece.size();
  session_.give(piece, now());
}

void Remote::act(smtp::TransactionEnded& effect) {
  PK_CHECK(current_ && effect.results.size() == current_->open.size());
  for (std::size_t i = 0; i < effect.results.size(); ++i) {
    current_->results[current_->open[i]] = std::move(effect.results[i]);
  }
  if (!go_on_with_the_rest()) tell_ended(std::move(current_));
}

// Recipients that were put off have a turn of their own at once, as long as
// each turn settles one at least.
bool Remote::go_on_with_the_rest() {
  std::vector<std::size_t> rest;
  std::vector<smtp::OutgoingRecipient> recipients;
  for (std::size_t i = 0; i < current_->open.size(); ++i) {
    const std::size_t at = current_->open[i];
    if (current_->results[at].outcome != smtp::Outcome::put_off) continue;
    rest.push_back(at);
    recipients.push_back(current_->outgoing.recipients[i]);
  }
  if (rest.empty() || rest.size() == current_->open.size() ||
      !session_.is_ready()) {
    return false;
  }
  current_->open = std::move(rest);
  current_->outgoing.recipients = std::move(recipients);
  current_->given = 0;
  session_.deliver(current_->outgoing, now());
  return true;
}

void Remote::tell_ended(std::unique_ptr<RemoteWork> work) {
  log_results(*work);
  ipc::RemoteMailEnded told{
      .remote = number_,
      .mail = work->mail,
      .is_free = !ended_ && !finishing_ && session_.is_ready(),
      .results = {}};
  for (const smtp::RecipientResult& result : work->results) {
    told.results.push_back(remote_result(result));
    switch (result.outcome) {
      case smtp::Outcome::delivered: role_.figures_.delivered += 1; break;
      case smtp::Outcome::refused: role_.figures_.refused += 1; break;
      default: role_.figures_.deferred += 1; break;
    }
  }
  role_.tell(std::move(told));
}

// One line for each reply that came: of many recipients most got the same.
void Remote::log_results(const RemoteWork& work) {
  std::map<std::pair<smtp::Outcome, std::string>, std::size_t> outcomes;
  for (const smtp::RecipientResult& result : work.results) {
    outcomes[{result.outcome, text_of(result)}] += 1;
  }
  for (const auto& [outcome, count] : outcomes) {
    role_.context_.log.line(Severity::info, "remote_mail",
                            {{"remote", number_},
                             {"queue_id", work.queue_id},
                             {"host", host_},
                             {"outcome", name(outcome.first)},
                             {"recipients", count},
                             {"why", outcome.second}});
  }
}

void Remote::put_off_all() {
  for (auto& work : std::exchange(waiting_, {})) tell_ended(std::move(work));
}

void Remote::act(smtp::SessionClosed& effect) {
  end(effect.because, effect.at, effect.reply);
}

void Remote::end(smtp::Because because, smtp::ClientState at,
                 const smtp::PeerReply& reply) {
  if (std::exchange(ended_, true)) return;
  PK_CHECK(!current_);
  put_off_all();
  role_.context_.log.line(Severity::info, "remote_ended",
                          {{"remote", number_},
                           {"host", host_},
                           {"address", address_},
                           {"because", name(because)},
                           {"at", name(at)},
                           {"why", why_},
                           {"reply", reply.code == 0 ? "" : write(reply)}});
  role_.tell(ipc::RemoteEnded{.remote = number_,
                              .was_ready = was_ready_,
                              .because = static_cast<std::uint8_t>(because),
                              .at = static_cast<std::uint8_t>(at),
                              .reply = remote_reply(reply),
                              .why = why_});
  peer_.close_when_sent();
  role_.context_.timers.cancel(std::exchange(timer_, {}));
  role_.forget(number_);
}

}  // namespace postkeep::role
