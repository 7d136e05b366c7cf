// What must hold of imap::LoginSession, whatever a client says and whenever
// the server answers. Most of it holds of every login::Session.
#pragma once

#include "tests/imap/login_script.h"
#include "tests/imap/response_syntax.h"

namespace postkeep::imap {

// Each question to `auth` ends, by an answer or by SaslCancel, before the next
// is asked, and nobody is handed over without a yes.
inline bool law_one_question_at_a_time(const LoginOutcome& outcome) {
  bool asked = false;     // An answer is due.
  bool exchange = false;  // A SASL exchange is open.
  bool accepted = false;
  for (const LoginStep& step : outcome) {
    if (const auto* happening = std::get_if<LoginHappening>(&step)) {
      if (!asked) continue;
      switch (*happening) {
        case LoginHappening::refuse: asked = exchange = false; break;
        case LoginHappening::challenge: asked = false; break;
        case LoginHappening::accept:
        case LoginHappening::accept_with_more:
          asked = false;
          accepted = true;
          break;
        default: break;
      }
      continue;
    }
    const login::Effect& effect = std::get<login::Effect>(step);
    if (std::holds_alternative<login::CheckPassword>(effect) ||
        std::holds_alternative<login::SaslStart>(effect)) {
      if (asked || exchange) return false;
      asked = exchange = true;
    } else if (std::holds_alternative<login::SaslNext>(effect)) {
      if (asked || !exchange || accepted) return false;
      asked = true;
    } else if (std::holds_alternative<login::SaslCancel>(effect)) {
      if (asked || !exchange) return false;
      exchange = accepted = false;
    } else if (std::holds_alternative<login::HandOver>(effect)) {
      if (asked || !accepted) return false;
    }
  }
  return true;
}

// Nothing comes after the end, and the end comes once.
inline bool law_the_end_is_the_end(const LoginOutcome& outcome) {
  bool over = false;
  for (const LoginStep& step : outcome) {
    const auto* effect = std::get_if<login::Effect>(&step);
    if (effect == nullptr) continue;
    if (over) return false;
    over = std::holds_alternative<login::HandOver>(*effect) ||
           std::holds_alternative<login::CloseConnection>(*effect);
  }
  return true;
}

// No password is asked about before TLS.
inline bool law_tls_before_passwords(const LoginOutcome& outcome, bool tls) {
  bool begun = false;
  for (const LoginStep& step : outcome) {
    if (const auto* happening = std::get_if<LoginHappening>(&step)) {
      if (begun && *happening == LoginHappening::start_tls) tls = true;
      continue;
    }
    const login::Effect& effect = std::get<login::Effect>(step);
    begun = begun || std::holds_alternative<login::BeginTls>(effect);
    const bool is_secret =
        std::holds_alternative<login::CheckPassword>(effect) ||
        std::holds_alternative<login::SaslStart>(effect) ||
        std::holds_alternative<login::SaslNext>(effect);
    if (is_secret && !tls) return false;
  }
  return true;
}

// Everything sent.
inline std::string sent_in(const LoginOutcome& outcome) {
  std::string sent;
  for (const LoginStep& step : outcome) {
    const auto* effect = std::get_if<login::Effect>(&step);
    const auto* octets =
        effect != nullptr ? std::get_if<login::SendOctets>(effect) : nullptr;
    if (octets != nullptr) sent += octets->octets;
  }
  return sent;
}

// It keeps to the formal syntax of responses.
inline bool law_login_answers_are_responses(const LoginOutcome& outcome) {
  return !syntax_fault(sent_in(outcome));
}

inline bool ends_for_octets_after_starttls(const LoginOutcome& outcome) {
  if (outcome.empty()) return false;
  for (const LoginStep& step : outcome) {
    const auto* effect = std::get_if<login::Effect>(&step);
    const auto* close = effect != nullptr
                            ? std::get_if<login::CloseConnection>(effect)
                            : nullptr;
    if (close != nullptr) return close->why == "octets_after_starttls";
  }
  return false;
}

// How the network cuts what is said changes nothing; but octets after STARTTLS
// in its own packet are refused before its OK, and later ones after it.
inline bool law_login_cuts_do_not_matter(
    const login::Configuration& configuration, const LoginScript& script,
    LoginMaker make = make_imap_login) {
  const LoginOutcome whole =
      run_login_script(configuration, script, std::size_t{1} << 20, make);
  const LoginOutcome cut = run_login_script(configuration, script, 1, make);
  if (ends_for_octets_after_starttls(whole)) {
    return ends_for_octets_after_starttls(cut);
  }
  return text(whole) == text(cut);
}

}  // namespace postkeep::imap
