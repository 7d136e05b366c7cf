#include "smtp/server_session_laws.h"

#include <algorithm>
#include <set>
#include <utility>

#include "smtp/reply.h"

namespace postkeep::smtp {
namespace {

std::string_view text_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

bool is_lines(Octets octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const bool cr_before = i > 0 && octets[i - 1] == '\r';
    if (octets[i] == '\0' || (octets[i] == '\n') != cr_before) return false;
  }
  return octets.empty() || octets.back() != '\r';
}

// Plays the role and watches.
class Watcher {
 public:
  explicit Watcher(const ServerOptions& options)
      : options_(options),
        session_(std::make_shared<const ServerOptions>(options), "s",
                 Peer{"192.0.2.1"}, tls_of(options)) {
    session_.start({});
    take_effects();
  }

  void feed(Octets octets) {
    session_.received(octets, {});
    take_effects();
    if (session_.held_octets() > options_.limits.message_octets_max) broken();
  }

  SessionRun result() {
    run_.closed = session_.state() == ServerState::closed;
    return std::move(run_);
  }

 private:
  static std::optional<TlsFacts> tls_of(const ServerOptions& options) {
    if (options.service != Service::submissions) return std::nullopt;
    return TlsFacts{"TLSv1.3", "X", 128};
  }

  void broken() { run_.broken = true; }

  void take_effects() {
    while (auto effect = session_.next_effect()) {
      if (closed_) broken();
      std::visit([this](auto& each) { take(each); }, *effect);
    }
  }

  void take(const SendReply& send) {
    run_.replies += send.octets;
    std::string_view rest = send.octets;
    while (!rest.empty()) {
      run_.accepted_count +=
          rest.starts_with("250 2.0.0 Message acc") ? 1U : 0U;
      rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
    }
    if (run_.accepted_count > run_.durable_count) broken();
  }
  void take(const StartTlsNow& /*effect*/) {
    session_.tls_started({"TLSv1.3", "X", 128}, {});
  }
  void take(const AskSender& ask) {
    if (ask.login != "good" || !wants_login(options_.service)) broken();
    SenderAnswer answer{SenderVerdict::permitted};
    if (ask.reverse_path) {
      const std::string& local = ask.reverse_path->local_part();
      if (local == "other") answer.verdict = SenderVerdict::refused;
      if (local == "often") answer = {SenderVerdict::limited, "\r\n250 x"};
      if (local == "busy") answer.verdict = SenderVerdict::trouble;
      if (local == "few") answer.recipients_max = 1;
    }
    permitted_ = answer.verdict == SenderVerdict::permitted;
    session_.sender_answer(ask.question + 1, answer, {});  // Not awaited.
    session_.sender_answer(ask.question, answer, {});
  }
  void take(const AskRecipient& ask) {
    if (wants_login(options_.service) && !permitted_) broken();
    const std::string& local = ask.mailbox.local_part();
    RecipientAnswer answer{RecipientVerdict::local, {{local, ""}}};
    if (local == "nobody") answer = {RecipientVerdict::unknown, {}};
    if (local == "far") answer = {RecipientVerdict::not_local, {}};
    if (local == "busy") answer = {RecipientVerdict::trouble, {}};
    if (answer.verdict == RecipientVerdict::local) {
      local_.insert(write(ask.mailbox));
    }
    // Never an open relay: the peer is a stranger to the services that want no
    // login.
    if (answer.verdict == RecipientVerdict::not_local &&
        wants_login(options_.service)) {
      local_.insert(write(ask.mailbox));
    }
    session_.recipient_answer(ask.question + 1, answer, {});  // Not awaited.
    session_.recipient_answer(ask.question, answer, {});
  }
  void take(const Authenticate& step) {
    AuthAnswer answer;
    if (step.response) {
      const bool good =
          text_of(*step.response).find("good") != std::string_view::npos;
      answer.verdict = good ? AuthVerdict::success : AuthVerdict::failure;
      if (good) answer.login = "good";
      if (good && step.mechanism.empty()) answer.octets = {'v'};
    } else {
      answer.verdict = AuthVerdict::challenge;
    }
    session_.auth_answer(step.question, answer, {});
  }
  void take(const ForgetAuthentication& /*effect*/) {}
  void take(const OfferMessage& offer) {
    const Envelope& envelope = offer.envelope;
    const auto octets = offer.pieces.joined();
    if (envelope.recipients.empty()) broken();
    if (envelope.recipients.size() > options_.limits.recipients_max) broken();
    for (const Recipient& recipient : envelope.recipients) {
      if (!local_.contains(write(recipient.forward_path))) broken();
    }
    if (octets.size() > options_.limits.message_octets_max) broken();
    const bool binary = envelope.parameters.body == BodyType::binary_mime;
    if (!binary && !is_lines(octets)) broken();
    if (wants_login(options_.service) &&
        (envelope.login.empty() || !envelope.tls)) {
      broken();
    }
    std::string text = write(envelope.reverse_path);
    for (const Recipient& recipient : envelope.recipients) {
      text += ' ' + write(recipient.forward_path);
    }
    run_.offers.push_back(text + '\n' + std::string{text_of(octets)});
    MessageAnswer answer{MessageVerdict::durable, "Q"};
    if (text_of(octets).starts_with("refuse")) {
      answer = {MessageVerdict::refused, {}};
    } else {
      // RFC 2033 section 4.2: one reply a recipient.
      run_.durable_count +=
          options_.service == Service::lmtp ? envelope.recipients.size() : 1;
    }
    session_.message_answer(offer.question, answer, {});
  }
  void take(const Noted& noted) {
    if (noted.what == Noted::What::out_of_turn) run_.out_of_turn = true;
  }
  void take(const Close& /*effect*/) { closed_ = true; }

  ServerOptions options_;
  ServerSession session_;
  SessionRun run_;
  std::set<std::string> local_;
  bool permitted_ = false;  // The last sender that was asked about.
  bool closed_ = false;
};

}  // namespace

ServerOptions law_options(Service service) {
  ServerOptions options;
  options.hostname = "mx.example.org";
  options.service = service;
  if (wants_login(service)) options.auth_mechanisms = {"PLAIN", "LOGIN"};
  options.relays = true;
  options.limits.message_octets_max = 300;
  options.limits.refused_octets_max = 300;
  options.limits.recipients_max = 3;
  options.limits.transactions_max = 5;
  options.limits.chunks_max = 5;
  options.limits.received_fields_max = 3;
  return options;
}

SessionRun run_session(Octets input, std::size_t piece,
                       const ServerOptions& options) {
  Watcher watcher{options};
  while (!input.empty()) {
    const Octets head = input.first(std::min(piece, input.size()));
    watcher.feed(head);
    input = input.subspan(head.size());
  }
  return watcher.result();
}

SessionRuns run_both(Octets input, Service service) {
  const ServerOptions options = law_options(service);
  return {run_session(input, input.size() + 1, options),
          run_session(input, 1, options)};
}

bool law_all_that_is_sent_is_replies(const SessionRun& run) {
  Octets rest = octets(run.replies);
  while (!rest.empty()) {
    ReplyReader reader;
    const auto reply = reader.read(rest);
    if (!reply || !*reply) return false;
  }
  return true;
}

bool law_offers_are_sound(const SessionRun& run) {
  return !run.broken && run.accepted_count == run.durable_count;
}

bool law_session_cuts_do_not_matter(const SessionRuns& runs) {
  const auto& [whole, cut] = runs;
  if (cut.out_of_turn) return false;  // Who sends single octets waits.
  if (whole.out_of_turn) {
    return whole.closed && cut.offers.size() >= whole.offers.size();
  }
  return whole.replies == cut.replies && whole.offers == cut.offers &&
         whole.closed == cut.closed;
}

}  // namespace postkeep::smtp
