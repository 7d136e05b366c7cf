#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <variant>

#include "role/smtp.h"
#include "role/smtp_offer.h"
#include "spool/entry.h"

namespace postkeep::role {
namespace {

// Replies that the client does not read: past this nothing more is read.
constexpr std::size_t waiting_octets_max = 256 * 1024;

smtp::TlsFacts facts_of(const ipc::TlsFacts& tls) {
  return {.version = tls.protocol, .cipher = tls.cipher, .bits = tls.bits};
}

Severity severity_of(smtp::Noted::What what) {
  switch (what) {
    case smtp::Noted::What::login_refused:
    case smtp::Noted::What::out_of_turn:
    case smtp::Noted::What::limit_reached: return Severity::notice;
    default: return Severity::info;
  }
}

}  // namespace

SmtpConnection::SmtpConnection(SmtpRole& role, std::uint64_t number,
                               std::string session, smtp::Service service,
                               std::unique_ptr<Connection> client)
    : role_(role),
      number_(number),
      session_id_(std::move(session)),
      service_(service),
      address_(client->peer().text),
      is_local_(address_.empty()),
      client_(std::move(client), role.context_.timers, *this) {}

SmtpConnection::~SmtpConnection() {
  role_.context_.timers.cancel(timer_);
  role_.context_.timers.cancel(greeting_timer_);
}

SteadyTime SmtpConnection::now() const { return role_.context_.clock.steady(); }

void SmtpConnection::start() {
  if (service_ == smtp::Service::submissions) {
    return client_.start_tls(
        role_.tls_.server(),
        std::chrono::seconds(role_.config_.timeouts.tls_handshake_seconds));
  }
  greet(std::nullopt);
}

void SmtpConnection::greet(std::optional<smtp::TlsFacts> tls) {
  session_.emplace(role_.options(service_, is_local_), session_id_,
                   smtp::Peer{.address = address_}, std::move(tls));
  const std::uint64_t wait = role_.config_.timeouts.greeting_milliseconds;
  if (service_ != smtp::Service::mx || wait == 0) {
    session_->start(now());
    return run();
  }
  greeting_timer_ =
      role_.context_.timers.after(std::chrono::milliseconds(wait), [this] {
        greeting_timer_ = TimerId::none;
        session_->start(now());
        run();
      });
}

void SmtpConnection::received(Octets plaintext) {
  if (!session_ || ended_) return;
  if (greeting_timer_ != TimerId::none) {
    // It talks before it was greeted: the session says so and closes.
    role_.context_.timers.cancel(std::exchange(greeting_timer_, {}));
    session_->received(plaintext, now());
    return run();
  }
  const std::uint64_t others = role_.octets_in_flight_ - held_octets_;
  const std::uint64_t most = role_.config_.limits.octets_in_flight_max;
  session_->set_room(most > others ? most - others : 0);
  session_->received(plaintext, now());
  run();
}

void SmtpConnection::tls_started() {
  if (!session_) return greet(facts_of(client_.tls_facts()));
  session_->tls_started(facts_of(client_.tls_facts()), now());
  run();
}

void SmtpConnection::sent_all() {
  if (session_ && !ended_) read_when_wanted();
}

void SmtpConnection::read_when_wanted() {
  client_.read_on(
      client_.is_shaking_hands() ||
      (session_->wants_octets() && client_.unsent() < waiting_octets_max));
}

void SmtpConnection::ended(std::string_view why) {
  if (session_) {
    session_->connection_lost();
    run();
  }
  end(why);
}

void SmtpConnection::drain() {
  if (!session_) return end("draining");
  session_->drain(now());
  run();
}

// Does all that the session wants, then sees when it wants to be asked again.
void SmtpConnection::run() {
  while (!ended_) {
    auto effect = session_->next_effect();
    if (!effect) break;
    std::visit([this](auto& one) { act(one); }, *effect);
  }
  if (ended_) return;
  role_.octets_in_flight_ -= held_octets_;
  held_octets_ = session_->held_octets();
  if (held_) held_octets_ += held_->effect.pieces.size();
  role_.octets_in_flight_ += held_octets_;
  read_when_wanted();
  set_timer();
}

// A timer that is early looks again: most deadlines move on before they come,
// and a timer for each would cost more than the commands themselves.
void SmtpConnection::set_timer() {
  const auto deadline = session_->deadline();
  if (!deadline) return;
  if (timer_ != TimerId::none && timer_at_ <= *deadline) return;
  role_.context_.timers.cancel(timer_);
  timer_at_ = *deadline;
  const Duration wait =
      std::max(*deadline - now(), Duration(std::chrono::milliseconds(1)));
  timer_ = role_.context_.timers.after(wait, [this] {
    timer_ = TimerId::none;
    const auto due = session_->deadline();
    if (due && *due <= now()) session_->timeout(now());
    run();
  });
}

void SmtpConnection::act(smtp::SendReply& effect) {
  client_.send(octets(effect.octets));
}

void SmtpConnection::act(smtp::StartTlsNow& /*effect*/) {
  client_.start_tls(
      role_.tls_.server(),
      std::chrono::seconds(role_.config_.timeouts.tls_handshake_seconds));
}

void SmtpConnection::act(smtp::AskRecipient& effect) {
  users_count_ = effect.users_count;
  const std::uint64_t asked = ++role_.last_number_;
  role_.recipients_asked_[asked] = {number_, effect.question};
  if (!role_.auth_ ||
      !role_.auth_->send(ipc::RecipientQuestion{
          .question = asked, .mailbox = write_unquoted(effect.mailbox)})) {
    role_.recipients_asked_.erase(asked);
    session_->recipient_answer(effect.question, {}, now());
  }
}

void SmtpConnection::answered(smtp::QuestionNumber question,
                              const ipc::RecipientAnswer& answer) {
  if (!session_ || ended_) return;
  smtp::RecipientAnswer verdict{
      .verdict = static_cast<smtp::RecipientVerdict>(answer.verdict),
      .users = {}};
  switch (answer.verdict) {
    case ipc::RecipientVerdict::local:
      verdict.verdict = smtp::RecipientVerdict::local;
      break;
    case ipc::RecipientVerdict::unknown:
      verdict.verdict = smtp::RecipientVerdict::unknown;
      break;
    case ipc::RecipientVerdict::not_local:
      verdict.verdict = smtp::RecipientVerdict::not_local;
      break;
    case ipc::RecipientVerdict::trouble:
      verdict.verdict = smtp::RecipientVerdict::trouble;
      break;
  }
  for (const ipc::ResolvedUser& user : answer.users) {
    verdict.users.push_back({user.user, user.detail});
  }
  // Aliases may lead one recipient to many: an offer holds only so many.
  const std::size_t places = std::max<std::size_t>(verdict.users.size(), 1);
  if (users_count_ + places > ipc::recipients_max) verdict = {};
  session_->recipient_answer(question, std::move(verdict), now());
  run();
}

void SmtpConnection::act(smtp::Authenticate& effect) {
  if (exchange_ == 0) {
    exchange_ = ++role_.last_number_;
    role_.exchanges_[exchange_] = number_;
  }
  auth_question_ = effect.question;
  const ipc::TlsFacts tls = client_.tls_facts();
  ipc::AuthStep step{.exchange = exchange_,
                     .session = session_id_,
                     .peer = address_,
                     .mechanism = effect.mechanism,
                     .has_response = effect.response.has_value(),
                     .response = effect.response.value_or(std::vector<Octet>{}),
                     .tls_exporter = tls.exporter,
                     .tls_end_point = tls.end_point};
  if (!role_.auth_ || !role_.auth_->send(std::move(step))) {
    role_.exchanges_.erase(std::exchange(exchange_, 0));
    session_->auth_answer(effect.question, {}, now());
  }
}

void SmtpConnection::answered(const ipc::AuthAnswer& answer) {
  if (!session_ || ended_ || answer.exchange != exchange_) return;
  smtp::AuthAnswer verdict{.octets = answer.octets, .login = answer.user};
  switch (answer.verdict) {
    case ipc::AuthVerdict::challenge:
      verdict.verdict = smtp::AuthVerdict::challenge;
      break;
    case ipc::AuthVerdict::success:
      verdict.verdict = smtp::AuthVerdict::success;
      break;
    case ipc::AuthVerdict::failure:
      verdict.verdict = smtp::AuthVerdict::failure;
      break;
    case ipc::AuthVerdict::trouble:
      verdict.verdict = smtp::AuthVerdict::trouble;
      break;
  }
  if (answer.verdict != ipc::AuthVerdict::challenge) {
    smtp::ForgetAuthentication over;
    act(over);
  }
  session_->auth_answer(auth_question_, std::move(verdict), now());
  run();
}

void SmtpConnection::act(smtp::ForgetAuthentication& /*effect*/) {
  if (exchange_ == 0) return;
  if (role_.auth_) {
    static_cast<void>(role_.auth_->send(ipc::AuthEnd{.exchange = exchange_}));
  }
  role_.exchanges_.erase(std::exchange(exchange_, 0));
}

void SmtpConnection::act(smtp::OfferMessage& effect) {
  if (smtp::wants_login(service_)) return submit(effect);
  offer(effect, {});
}

void SmtpConnection::offer(smtp::OfferMessage& effect,
                           const submission::Mending& mending) {
  const std::uint64_t number = ++role_.last_number_;
  const std::vector<Octets> text =
      submission::kept_views(mending, effect.pieces.views());
  auto offered =
      offered_message(effect.envelope, text, number,
                      write(spool::make_queue_id(role_.context_.random)),
                      role_.config_.hostname, role_.context_.clock.wall());
  offered.header_prefix += mending.added;
  std::vector<Descriptor> descriptors;
  if (!offered.inline_text) {
    auto sealed = role_.context_.memory.seal(text);
    if (!sealed) {
      role_.context_.log.line(
          Severity::warning, "no_memory_for_message",
          {{"session", session_id_}, {"why", name(sealed.error())}});
      return session_->message_answer(
          effect.question, {smtp::MessageVerdict::no_space, {}}, now());
    }
    descriptors.push_back(std::move(*sealed));
  }
  role_.offers_[number] = {number_, effect.question};
  if (!role_.spool_ ||
      !role_.spool_->send(std::move(offered), std::move(descriptors))) {
    role_.offers_.erase(number);
    session_->message_answer(effect.question, {smtp::MessageVerdict::busy, {}},
                             now());
  }
}

void SmtpConnection::answered(smtp::QuestionNumber question,
                              const ipc::OfferAnswer& answer) {
  if (!session_ || ended_) return;
  smtp::MessageAnswer verdict{.queue_id = answer.queue_id};
  switch (answer.verdict) {
    case ipc::OfferVerdict::durable:
      verdict.verdict = smtp::MessageVerdict::durable;
      break;
    case ipc::OfferVerdict::no_space:
      verdict.verdict = smtp::MessageVerdict::no_space;
      break;
    case ipc::OfferVerdict::busy:
      verdict.verdict = smtp::MessageVerdict::busy;
      break;
    case ipc::OfferVerdict::stopped:
      verdict.verdict = smtp::MessageVerdict::stopped;
      break;
    case ipc::OfferVerdict::malformed:
      verdict.verdict = smtp::MessageVerdict::refused;
      break;
  }
  session_->message_answer(question, std::move(verdict), now());
  run();
}

void SmtpConnection::act(smtp::Noted& effect) {
  role_.context_.log.line(
      severity_of(effect.what), smtp::name(effect.what),
      {{"session", session_id_}, {"detail", effect.detail}});
}

void SmtpConnection::act(smtp::Close& /*effect*/) {
  client_.close_when_sent();
  end("closed");
}

void SmtpConnection::end(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  role_.context_.log.line(Severity::info, "connection_ended",
                          {{"session", session_id_}, {"why", why}});
  smtp::ForgetAuthentication over;
  act(over);
  client_.close_when_sent();
  role_.context_.timers.cancel(std::exchange(timer_, {}));
  role_.context_.timers.cancel(std::exchange(greeting_timer_, {}));
  role_.octets_in_flight_ -= std::exchange(held_octets_, 0);
  role_.forget(number_);
}

}  // namespace postkeep::role
