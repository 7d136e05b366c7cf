#include "smtp/client_server_laws.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace postkeep::smtp {
namespace {

constexpr std::size_t turns_max = 100000;

std::string text_of_pieces(const Pieces& pieces) {
  const auto octets = pieces.joined();
  return {octets.begin(), octets.end()};
}

// What the server's limits have to do with it is not said here.
bool is_expected(const std::string& local_part, const RecipientResult& result) {
  if (result.outcome == Outcome::put_off) return true;  // Not judged yet.
  const bool said =
      result.because == Because::reply && result.at == ClientState::rcpt;
  if (local_part.starts_with("nobody")) {
    return result.outcome != Outcome::delivered &&
           (!said || result.outcome == Outcome::refused);
  }
  if (local_part.starts_with("busy") || local_part.starts_with("full")) {
    return result.outcome != Outcome::delivered &&
           (!said || result.outcome == Outcome::deferred);
  }
  return true;
}

struct Copies {
  std::size_t count = 0;
  bool is_as_given = true;
};

bool is_content(const std::string& arrived, const std::string& given) {
  if (arrived == given) return true;
  return arrived == given + "\r\n" && !given.ends_with("\r\n");
}

Copies copies_of(const OutgoingRecipient& recipient, const ClientJob& job,
                 const ServerPeer& peer) {
  Copies copies;
  for (const ServerPeer::Arrived& each : peer.arrived) {
    for (const Recipient& arrived : each.envelope.recipients) {
      if (arrived.forward_path != recipient.forward_path) continue;
      copies.count += 1;
      const bool dsn = arrived.parameters == recipient.parameters ||
                       arrived.parameters == RcptParameters{};
      copies.is_as_given &= dsn && is_content(each.content, job.content) &&
                            each.envelope.reverse_path == job.mail.reverse_path;
    }
  }
  return copies;
}

}  // namespace

ServerPeer::ServerPeer(const ServerOptions& options,
                       std::vector<std::size_t> cuts)
    : session_(std::make_shared<const ServerOptions>(options), "s",
               Peer{"192.0.2.1"}),
      cuts_(std::move(cuts)) {}

void ServerPeer::start() {
  session_.start({});
  take_effects();
}

std::size_t ServerPeer::next_cut() { return cuts_[cut_++ % cuts_.size()]; }

std::string ServerPeer::take_said() { return std::exchange(said_, {}); }

void ServerPeer::received(std::string_view text) {
  while (!text.empty() && !closed_) {
    const std::string_view head = text.substr(0, next_cut());
    text.remove_prefix(head.size());
    session_.received(octets(head), {});
    take_effects();
  }
}

void ServerPeer::take_effects() {
  while (auto effect = session_.next_effect()) {
    std::visit([this](auto& each) { take(each); }, *effect);
  }
}

void ServerPeer::take(SendReply& send) { said_ += send.octets; }
void ServerPeer::take(StartTlsNow& /*now*/) {
  session_.tls_started({"TLSv1.3", "X", 128}, {});
}
void ServerPeer::take(AskSender& ask) {
  session_.sender_answer(ask.question, {SenderVerdict::permitted}, {});
}
void ServerPeer::take(AskRecipient& ask) {
  const std::string& local = ask.mailbox.local_part();
  RecipientAnswer answer{RecipientVerdict::local, {{local, ""}}};
  if (local.starts_with("nobody")) answer = {RecipientVerdict::unknown, {}};
  if (local.starts_with("busy")) answer = {RecipientVerdict::trouble, {}};
  if (local.starts_with("full")) answer = {RecipientVerdict::over_quota, {}};
  session_.recipient_answer(ask.question, answer, {});
}
void ServerPeer::take(Authenticate& step) {
  session_.auth_answer(step.question, {AuthVerdict::success, {}, "me"}, {});
}
void ServerPeer::take(ForgetAuthentication& /*forget*/) {}
void ServerPeer::take(OfferMessage& offer) {
  std::string content = text_of_pieces(offer.pieces);
  const bool refused = content.starts_with("refuse");
  if (!refused) arrived.push_back({offer.envelope, std::move(content)});
  session_.message_answer(
      offer.question,
      {refused ? MessageVerdict::refused : MessageVerdict::durable, "Q"}, {});
}
void ServerPeer::take(Noted& /*noted*/) {}
void ServerPeer::take(Close& /*close*/) { closed_ = true; }

void run_with_server(ClientDriver& driver, ServerPeer& peer) {
  peer.start();
  driver.start();
  std::string to_client;
  for (std::size_t i = 0; i < turns_max && !driver.closed; ++i) {
    to_client += peer.take_said();
    if (!to_client.empty()) {
      const std::size_t count = std::min(peer.next_cut(), to_client.size());
      const std::string head = to_client.substr(0, count);
      to_client.erase(0, count);
      driver.received(head);
      // A server whose limits are passed ends the connection with a 421.
    } else if (peer.closed()) {
      driver.peer_closed();
    } else if (driver.session().is_ready()) {
      driver.quit();
    } else {
      driver.timeout();
    }
    peer.received(driver.take_sent());
  }
}

bool law_server_has_what_was_given(const ClientDriver& driver,
                                   const ServerPeer& peer) {
  std::size_t delivered = 0;
  std::size_t arrived = 0;
  for (const ServerPeer::Arrived& each : peer.arrived) {
    arrived += each.envelope.recipients.size();
  }
  for (const ClientDriver::Ended& each : driver.ended) {
    for (std::size_t i = 0; i < each.results.size(); ++i) {
      const OutgoingRecipient& recipient = each.job.mail.recipients[i];
      const RecipientResult& result = each.results[i];
      if (!is_expected(recipient.forward_path.local_part(), result)) {
        return false;
      }
      // Nothing is lost on the way here, so nobody is left in doubt.
      if (result.outcome == Outcome::unanswered) return false;
      if (result.outcome != Outcome::delivered) continue;
      delivered += 1;
      const Copies copies = copies_of(recipient, each.job, peer);
      if (copies.count != 1 || !copies.is_as_given) return false;
    }
  }
  return delivered == arrived;
}

}  // namespace postkeep::smtp
