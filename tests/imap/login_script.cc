#include "tests/imap/login_script.h"

#include "tests/imap/manual_clock.h"

namespace postkeep::imap {
namespace {

class Runner {
 public:
  Runner(const login::Configuration& configuration, std::size_t octets_at_once,
         LoginMaker make)
      : session_(make(configuration, clock_)), octets_at_once_(octets_at_once) {
    drain();
  }

  void event(const LoginEvent& event) {
    if (event.what == LoginHappening::say) {
      say(event.octets);
      return;
    }
    outcome_.emplace_back(event.what);
    switch (event.what) {
      case LoginHappening::say: break;
      case LoginHappening::refuse:
        session_->refused(login::Refusal::credentials);
        break;
      case LoginHappening::challenge:
        session_->challenge(octets("go on"));
        break;
      case LoginHappening::accept: session_->accepted(); break;
      case LoginHappening::accept_with_more: session_->accepted("v=1"); break;
      case LoginHappening::start_tls: session_->tls_started(); break;
      case LoginHappening::pass:
        clock_.pass(std::chrono::seconds(31));
        session_->tick();
        break;
      case LoginHappening::shut_down: session_->shut_down(); break;
    }
    drain();
  }

  LoginOutcome outcome() { return std::move(outcome_); }

 private:
  void say(std::string_view said) {
    while (!said.empty() && session_->wants_input()) {
      const std::string_view now = said.substr(0, octets_at_once_);
      said.remove_prefix(now.size());
      session_->received(octets(now));
      unread_ = said;
      drain();
    }
    unread_ = {};
  }

  void drain() {
    while (auto effect = session_->next_effect()) {
      if (auto* sent = std::get_if<login::SendOctets>(&*effect)) {
        auto* step = outcome_.empty()
                         ? nullptr
                         : std::get_if<login::Effect>(&outcome_.back());
        auto* before =
            step != nullptr ? std::get_if<login::SendOctets>(step) : nullptr;
        if (before != nullptr) {
          before->octets += sent->octets;
          continue;
        }
      }
      // What was not given yet travels through the socket.
      if (auto* hand_over = std::get_if<login::HandOver>(&*effect)) {
        hand_over->unread += unread_;
      }
      outcome_.emplace_back(std::move(*effect));
    }
  }

  ManualClock clock_;
  std::unique_ptr<login::Session> session_;
  std::size_t octets_at_once_;
  std::string_view unread_;
  LoginOutcome outcome_;
};

std::string text(const LoginHappening& happening) {
  return "happening " + std::to_string(static_cast<int>(happening));
}
std::string text(const login::SendOctets& it) { return "send " + it.octets; }
std::string text(const login::BeginTls& it) {
  return "begin_tls " + std::to_string(it.octets_taken);
}
std::string text(const login::CheckPassword& it) {
  return "check_password " + it.user_name + ' ' + it.password;
}
std::string text(const login::SaslStart& it) {
  return "sasl_start " + it.mechanism + ' ' + it.initial.value_or("none");
}
std::string text(const login::SaslNext& it) {
  return "sasl_next " + it.response;
}
std::string text(const login::SaslCancel& /*it*/) { return "sasl_cancel"; }
std::string text(const login::HandOver& it) {
  return "hand_over " + it.tag + ' ' + it.unread;
}
std::string text(const login::CloseConnection& it) {
  return "close " + std::string(it.why);
}
std::string text(const login::Effect& effect) {
  return std::visit([](const auto& it) { return text(it); }, effect);
}

}  // namespace

std::unique_ptr<login::Session> make_imap_login(
    const login::Configuration& configuration, const Clock& clock) {
  return std::make_unique<LoginSession>(configuration, clock);
}

LoginOutcome run_login_script(const login::Configuration& configuration,
                              const LoginScript& script,
                              std::size_t octets_at_once, LoginMaker make) {
  Runner runner(configuration, octets_at_once, make);
  for (const LoginEvent& event : script) runner.event(event);
  return runner.outcome();
}

LoginScript read_login_script(Octets octets) {
  LoginScript script;
  for (const Octet octet : octets) {
    if (octet >= 0xF8) {
      script.push_back({static_cast<LoginHappening>(octet - 0xF8), {}});
      continue;
    }
    if (script.empty() || script.back().what != LoginHappening::say) {
      script.push_back({LoginHappening::say, {}});
    }
    script.back().octets += static_cast<char>(octet);
  }
  return script;
}

std::string text(const LoginOutcome& outcome) {
  std::string all;
  for (const LoginStep& step : outcome) {
    all += std::visit([](const auto& it) { return text(it); }, step) + '\n';
  }
  return all;
}

}  // namespace postkeep::imap
