// -bs: SMTP on standard input and output, for programs that want to be told of
// each recipient. The session is the server's own (smtp/server_session.h).

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "cli/sendmail.h"
#include "io/clock.h"
#include "smtp/server_session.h"

namespace postkeep::cli {
namespace {

constexpr std::size_t read_octets = 4096;

class LocalSession {
 public:
  explicit LocalSession(const Departure& departure)
      : departure_(departure), session_(options(departure.config), "", {}) {}

  int run();

 private:
  static std::shared_ptr<const smtp::ServerOptions> options(
      const config::Config& config);
  bool act();
  bool act(smtp::SendReply& effect);
  bool act(smtp::AskRecipient& effect);
  bool act(smtp::OfferMessage& effect);
  bool act(smtp::Close& /*effect*/) { return false; }
  // TLS and logins are not offered here; there is no log.
  template <class Other>
  bool act(Other& /*effect*/) {
    return true;
  }
  [[nodiscard]] SteadyTime now() const { return clock_.steady(); }

  const Departure& departure_;
  io::SystemClock clock_;
  smtp::ServerSession session_;
};

std::shared_ptr<const smtp::ServerOptions> LocalSession::options(
    const config::Config& config) {
  smtp::ServerOptions options;
  options.hostname = config.hostname;
  options.service = smtp::Service::mx;
  options.starttls = false;
  // Octets are read line by line.
  options.chunking = false;
  options.binarymime = false;
  options.limits.message_octets_max = config.limits.message_octets_max;
  return std::make_shared<const smtp::ServerOptions>(std::move(options));
}

bool LocalSession::act(smtp::SendReply& effect) {
  return std::fwrite(effect.octets.data(), 1, effect.octets.size(), stdout) ==
             effect.octets.size() &&
         std::fflush(stdout) == 0;
}

// The server will find out: who cannot get it is named in a notice.
bool LocalSession::act(smtp::AskRecipient& effect) {
  session_.recipient_answer(
      effect.question,
      {.verdict = smtp::RecipientVerdict::local, .users = {{"local", ""}}},
      now());
  return true;
}

bool LocalSession::act(smtp::OfferMessage& effect) {
  const std::vector<Octet> joined = effect.pieces.joined();
  LocalSender sender = departure_.sender;
  sender.unique += "-" + std::to_string(effect.envelope.number);
  const CompletedMessage made = complete_message(
      {reinterpret_cast<const char*>(joined.data()), joined.size()}, sender);
  smtp::OutgoingMail mail;
  mail.reverse_path = effect.envelope.reverse_path;
  mail.ret = effect.envelope.parameters.ret;
  mail.envid = effect.envelope.parameters.envid;
  mail.needs_smtputf8 = effect.envelope.parameters.smtputf8 || made.is_utf8;
  for (const smtp::Recipient& one : effect.envelope.recipients) {
    mail.recipients.push_back({one.forward_path, one.parameters});
  }
  const bool left = leave(departure_, std::move(mail), made.text) == 0;
  session_.message_answer(effect.question,
                          {.verdict = left ? smtp::MessageVerdict::durable
                                           : smtp::MessageVerdict::busy,
                           .queue_id = left ? sender.unique : ""},
                          now());
  return true;
}

bool LocalSession::act() {
  while (auto effect = session_.next_effect()) {
    if (!std::visit([this](auto& one) { return act(one); }, *effect)) {
      return false;
    }
  }
  return true;
}

int LocalSession::run() {
  session_.start(now());
  std::array<Octet, read_octets> room{};
  std::size_t used = 0;
  while (act()) {
    // A line at a time: the program waits for its answer.
    const int c = std::getc(stdin);
    if (c == EOF) return std::ferror(stdin) != 0 ? exit_io : 0;
    room[used++] = static_cast<Octet>(c);
    if (c != '\n' && used < room.size()) continue;
    session_.received(Octets(room).first(used), now());
    used = 0;
  }
  return 0;
}

}  // namespace

int speak_smtp(const Departure& departure) {
  return LocalSession(departure).run();
}

}  // namespace postkeep::cli
