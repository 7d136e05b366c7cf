#include "smtp/client_driver.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace postkeep::smtp {

ClientJob job_of(std::string content,
                 const std::vector<std::string>& recipients) {
  ClientJob job;
  ContentScan scan;
  scan.read(octets(content));
  job.mail.content = scan.facts();
  job.mail.reverse_path = read_mailbox("from@example.net").value();
  for (const std::string& each : recipients) {
    job.mail.recipients.push_back({read_mailbox(each).value(), {}});
  }
  job.content = std::move(content);
  return job;
}

ClientDriver::ClientDriver(const ClientOptions& options, bool has_tls)
    : session_(std::make_shared<const ClientOptions>(options), has_tls) {}

void ClientDriver::act(std::optional<ClientEvent> event,
                       const std::function<void()>& session_call) {
  const ClientState before = session_.state();
  session_call();
  if (event && observe) observe(before, *event, session_.state());
}

void ClientDriver::start() {
  act(ClientEvent::started, [&] { session_.start(now); });
  take_effects();
}

void ClientDriver::received(std::string_view text,
                            std::optional<ClientEvent> event) {
  act(event, [&] { session_.received(octets(text), now); });
  take_effects();
}

void ClientDriver::peer_closed() {
  act(ClientEvent::peer_closed, [&] { session_.peer_closed(now); });
  take_effects();
}

void ClientDriver::timeout() {
  if (!session_.deadline()) return;
  now = std::max(now, *session_.deadline());
  act(ClientEvent::timeout, [&] { session_.timeout(now); });
  take_effects();
}

void ClientDriver::quit() {
  act(ClientEvent::quit, [&] { session_.quit(now); });
  take_effects();
}

void ClientDriver::content_lost() {
  wanted_ = 0;
  act(ClientEvent::content_lost, [&] { session_.content_lost(now); });
  take_effects();
}

void ClientDriver::give_piece() {
  if (wanted_ == 0 || !under_way_) return;
  const std::size_t count = std::min(
      {wanted_, piece_octets_max, under_way_->content.size() - given_octets_});
  wanted_ = 0;
  const Octets piece = octets(
      std::string_view{under_way_->content}.substr(given_octets_, count));
  given_octets_ += count;
  pieces_given_ += 1;
  act(ClientEvent::content, [&] { session_.give(piece, now); });
  take_effects();
}

std::string ClientDriver::take_sent() { return std::exchange(sent_, {}); }

void ClientDriver::take_effects() {
  while (auto effect = session_.next_effect()) {
    if (closed) broken = true;
    std::visit([this](auto& each) { take(each); }, *effect);
  }
  const bool open = session_.state() != ClientState::closed;
  // Something happens by itself, sooner or later, as long as it is open.
  if (open != session_.deadline().has_value()) broken = true;
  if (open == closed.has_value()) broken = true;
}

void ClientDriver::take(SendOctets& send) {
  if (send.octets.empty()) broken = true;
  sent_ += send.octets;
  log += "C: " + send.octets;
}

void ClientDriver::take(TlsWanted& /*wanted*/) {
  log += "tls\n";
  tls_count += 1;
  if (tls == Tls::starts) {
    act(ClientEvent::tls_started, [&] { session_.tls_started(now); });
  } else if (tls == Tls::fails) {
    act(ClientEvent::tls_failed, [&] { session_.tls_failed(now); });
  }
}

void ClientDriver::take(SaslWanted& wanted) {
  log += "sasl " + wanted.mechanism + '\n';
  if (!answers_sasl) return;
  SaslAnswer answer{logs_in, {}};
  const bool start = wanted.step == SaslWanted::Step::start;
  if (!start || initial_response) {
    answer.response.emplace(response.begin(), response.end());
  }
  act(ClientEvent::sasl_answer, [&] { session_.sasl_answer(answer, now); });
}

void ClientDriver::take(SessionReady& up) {
  log += "ready\n";
  if (ready) broken = true;
  ready = up;
  deliver_next();
}

void ClientDriver::take(ContentWanted& wanted) {
  if (!under_way_ || wanted_ != 0 || wanted.octets_max == 0) broken = true;
  wanted_ = wanted.octets_max;
  if (pieces_given_ < pieces_given_max) give_piece();
}

void ClientDriver::take(TransactionEnded& end) {
  wanted_ = 0;
  if (!under_way_) {
    broken = true;
    return;
  }
  const auto& recipients = under_way_->mail.recipients;
  if (end.results.size() != recipients.size()) broken = true;
  ClientJob again{under_way_->mail, under_way_->content};
  again.mail.recipients.clear();
  for (std::size_t i = 0; i < end.results.size(); ++i) {
    const RecipientResult& result = end.results[i];
    log += write(recipients[i].forward_path) + ' ' +
           std::string{name(result.outcome)} + ' ' +
           std::string{name(result.because)} + ' ' +
           std::string{name(result.at)} + ' ' + write(result.reply) + '\n';
    if (result.outcome == Outcome::put_off) {
      again.mail.recipients.push_back(recipients[i]);
    }
  }
  // What is put off every time would never end.
  if (again.mail.recipients.size() == recipients.size()) broken = true;
  if (requeues && !again.mail.recipients.empty()) jobs.push_front(again);
  ended.push_back({std::move(*under_way_), std::move(end.results)});
  under_way_.reset();
  deliver_next();
}

void ClientDriver::take(SessionClosed& end) {
  log += "closed " + std::string{name(end.because)} + ' ' +
         std::string{name(end.at)} + ' ' + write(end.reply) + '\n';
  if (under_way_) broken = true;
  closed = end;
}

void ClientDriver::deliver_next() {
  if (!session_.is_ready() || jobs.empty()) return;
  under_way_ = std::move(jobs.front());
  jobs.pop_front();
  given_octets_ = 0;
  pieces_given_ = 0;
  act(ClientEvent::deliver, [&] { session_.deliver(under_way_->mail, now); });
}

}  // namespace postkeep::smtp
