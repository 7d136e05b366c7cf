#include "tests/imap/dialog_client.h"

#include <algorithm>
#include <sstream>

#include "imap/login_session.h"
#include "imap/session.h"
#include "tests/imap/response_syntax.h"

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
  const bool rev2 = heard_.find("* ENABLED IMAP4rev2") != std::string::npos;
  if (const auto wrong = syntax_fault(heard_, rev2)) fail(*wrong);
}

namespace {

class SessionClient final : public DialogClient {
 public:
  SessionClient(store::MailStore& store, ManualClock& clock, PlayHow how,
                int number)
      : how_(how),
        session_(store, clock,
                 {"L" + std::to_string(number), "fred@example.org", true}) {
    while (run()) {
    }
    expected_ = heard_.size();  // The answer to LOGIN.
  }

  bool run() override {
    bool worked = false;
    if (!unsent_.empty() && session_.wants_input()) {
      const std::string now = unsent_.substr(0, how_.octets_at_once);
      unsent_.erase(0, now.size());
      session_.received(octets(now));
      worked = true;
    }
    while (session_.has_work() || !session_.output().empty()) {
      if (session_.has_work()) session_.step();
      take();
      worked = true;
    }
    if (session_.wants_close()) unsent_.clear();
    return worked;
  }

  void tick() override { session_.tick(); }

  void must_be_closed() override {
    if (!session_.wants_close()) fail("the session goes on");
  }

  bool event(const std::string& line) override {
    if (line != "shut_down") return false;
    session_.shut_down();
    return true;
  }

 private:
  void take() {
    const Octets all = session_.output();
    const std::size_t count = std::min(how_.taken_at_once, all.size());
    heard_.append(reinterpret_cast<const char*>(all.data()), count);
    session_.output_taken(count);
  }

  PlayHow how_;
  Session session_;
};

class LoginClient final : public DialogClient {
 public:
  LoginClient(LoginConfiguration configuration, ManualClock& clock, PlayHow how)
      : how_(how), session_(std::move(configuration), clock) {}

  bool run() override {
    bool worked = false;
    if (!unsent_.empty() && session_.wants_input()) {
      const std::string now = unsent_.substr(0, how_.octets_at_once);
      unsent_.erase(0, now.size());
      session_.received(octets(now));
      worked = true;
    }
    while (const auto effect = session_.next_effect()) {
      std::visit([this](const auto& it) { note(it); }, *effect);
      worked = true;
    }
    if (closed_) unsent_.clear();
    return worked;
  }

  void tick() override { session_.tick(); }

  void must_be_closed() override {
    if (!closed_) fail("the session goes on");
  }

  bool event(const std::string& line) override {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string what = line.substr(0, space);
    const std::string text = line.substr(std::min(space + 1, line.size()));
    if (what == "tls_started") {
      session_.tls_started();
    } else if (what == "challenge") {
      session_.challenge(octets(text));
    } else if (what == "accept") {
      session_.accepted(text.empty() ? std::nullopt : std::optional(text));
    } else if (what == "refuse") {
      session_.refused(text == "unavailable" ? Refusal::unavailable
                       : text == "too_many"  ? Refusal::too_many
                                             : Refusal::credentials);
    } else if (what == "shut_down") {
      session_.shut_down();
    } else {
      return false;
    }
    return true;
  }

 private:
  void note(const SendOctets& it) { heard_ += it.octets; }
  void note(const BeginTls& it) {
    effects_.push_back("begin_tls " + std::to_string(it.octets_taken));
  }
  void note(const CheckPassword& it) {
    effects_.push_back("check_password " + it.user_name + " " + it.password);
  }
  void note(const SaslStart& it) {
    effects_.push_back("sasl_start " + it.mechanism +
                       (it.initial ? " =" + *it.initial : ""));
  }
  void note(const SaslNext& it) {
    effects_.push_back("sasl_next " + it.response);
  }
  void note(const SaslCancel& /*it*/) { effects_.push_back("sasl_cancel"); }
  void note(const HandOver& it) {
    // What was not given yet travels through the socket.
    effects_.push_back("hand_over " + it.tag + (it.tls ? " tls " : " plain ") +
                       it.unread + std::exchange(unsent_, {}));
    closed_ = true;
  }
  void note(const CloseConnection& it) {
    effects_.push_back("close " + std::string(it.why));
    closed_ = true;
  }

  PlayHow how_;
  LoginSession session_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<DialogClient> make_session_client(store::MailStore& store,
                                                  ManualClock& clock,
                                                  PlayHow how, int number) {
  return std::make_unique<SessionClient>(store, clock, how, number);
}

std::unique_ptr<DialogClient> make_login_client(const std::string& words,
                                                ManualClock& clock,
                                                PlayHow how) {
  LoginConfiguration configuration;
  std::vector<std::string> mechanisms;
  std::istringstream stream(words);
  std::string word;
  while (stream >> word) {
    if (word == "tls") {
      configuration.tls = true;
    } else if (word == "plaintext") {
      configuration.plaintext_login = true;
    } else if (word == "no_starttls") {
      configuration.offers_starttls = false;
    } else {
      mechanisms.push_back(word);
    }
  }
  if (!mechanisms.empty()) configuration.mechanisms = mechanisms;
  return std::make_unique<LoginClient>(std::move(configuration), clock, how);
}

}  // namespace postkeep::imap
