#include "tests/imap/dialog_client.h"

#include <algorithm>
#include <sstream>

namespace postkeep::imap {

void DialogClient::hear(const std::string& line) {
  const std::size_t end = heard_.find("\r\n", expected_);
  if (end == std::string::npos) {
    return fail("expected \"" + line + "\", heard \"" +
                heard_.substr(expected_) + "\"");
  }
  const std::string actual = heard_.substr(expected_, end - expected_);
  expected_ = end + 2;
  const bool any_rest = line.ends_with(" ...");
  const bool fits = any_rest
                        ? actual.starts_with(line.substr(0, line.size() - 3))
                        : actual == line;
  if (!fits) fail("expected \"" + line + "\", heard \"" + actual + "\"");
}

void DialogClient::hear_effect(const std::string& effect) {
  if (effects_.empty()) return fail("expected " + effect + ", nothing came");
  const std::string actual = effects_.front();
  effects_.pop_front();
  if (actual != effect) fail("expected " + effect + ", came " + actual);
}

void DialogClient::must_be_silent() {
  if (expected_ < heard_.size()) {
    fail("also heard \"" + heard_.substr(expected_) + "\"");
  }
  if (!effects_.empty()) fail("also came " + effects_.front());
}

namespace {

class LoginClient final : public DialogClient {
 public:
  LoginClient(std::unique_ptr<login::Session> session, PlayHow how)
      : how_(how), session_(std::move(session)) {}

  bool run() override {
    bool worked = false;
    if (!unsent_.empty() && session_->wants_input()) {
      const std::string now = unsent_.substr(0, how_.octets_at_once);
      unsent_.erase(0, now.size());
      session_->received(octets(now));
      worked = true;
    }
    while (const auto effect = session_->next_effect()) {
      std::visit([this](const auto& it) { note(it); }, *effect);
      worked = true;
    }
    if (closed_) unsent_.clear();
    return worked;
  }

  void tick() override { session_->tick(); }

  void must_be_closed() override {
    if (!closed_) fail("the session goes on");
  }

  bool event(const std::string& line) override {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string what = line.substr(0, space);
    const std::string text = line.substr(std::min(space + 1, line.size()));
    if (what == "tls_started") {
      session_->tls_started();
    } else if (what == "challenge") {
      session_->challenge(octets(text));
    } else if (what == "accept") {
      session_->accepted(text.empty() ? std::nullopt : std::optional(text));
    } else if (what == "refuse") {
      session_->refused(text == "unavailable" ? login::Refusal::unavailable
                        : text == "too_many"  ? login::Refusal::too_many
                                              : login::Refusal::credentials);
    } else if (what == "shut_down") {
      session_->shut_down();
    } else {
      return false;
    }
    return true;
  }

 private:
  void note(const login::SendOctets& it) { heard_ += it.octets; }
  void note(const login::BeginTls& it) {
    effects_.push_back("begin_tls " + std::to_string(it.octets_taken));
  }
  void note(const login::CheckPassword& it) {
    effects_.push_back("check_password " + it.user_name + " " + it.password);
  }
  void note(const login::SaslStart& it) {
    effects_.push_back("sasl_start " + it.mechanism +
                       (it.initial ? " =" + *it.initial : ""));
  }
  void note(const login::SaslNext& it) {
    effects_.push_back("sasl_next " + it.response);
  }
  void note(const login::SaslCancel& /*it*/) {
    effects_.push_back("sasl_cancel");
  }
  void note(const login::HandOver& it) {
    // What was not given yet travels through the socket.
    effects_.push_back("hand_over " + it.tag + (it.tls ? " tls " : " plain ") +
                       (it.utf8 ? "utf8 " : "") + it.unread +
                       std::exchange(unsent_, {}));
    closed_ = true;
  }
  void note(const login::CloseConnection& it) {
    effects_.push_back("close " + std::string(it.why));
    closed_ = true;
  }

  PlayHow how_;
  std::unique_ptr<login::Session> session_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<DialogClient> make_login_client(DialogProtocol& protocol,
                                                const std::string& words,
                                                ManualClock& clock,
                                                PlayHow how) {
  login::Configuration configuration;
  std::vector<std::string> mechanisms;
  std::istringstream stream(words);
  std::string word;
  while (stream >> word) {
    if (word == "tls") {
      configuration.tls = true;
    } else if (word == "plaintext") {
      configuration.plaintext_login = true;
    } else if (word.starts_with("wait=")) {
      configuration.wait = std::chrono::seconds(std::stoi(word.substr(5)));
    } else if (word == "no_starttls") {
      configuration.offers_starttls = false;
    } else {
      mechanisms.push_back(word);
    }
  }
  if (!mechanisms.empty()) configuration.mechanisms = mechanisms;
  return std::make_unique<LoginClient>(
      protocol.make_login(configuration, clock), how);
}

}  // namespace postkeep::imap
