#include "smtp/server_model.h"

#include <array>

namespace postkeep::smtp {
namespace {

using S = ServerState;

bool is_command_state(S state) {
  return state == S::unidentified || state == S::idle || state == S::mail ||
         state == S::recipients || state == S::chunks;
}

// RSET and all that is like it.
void forget(Model& model, S state) {
  model.state = state;
  model.binary = model.recipient = model.refused = model.bad = model.last =
      false;
  model.accepted = 0;
}

// At the end of a message: RFC 2033 section 4.2.
std::vector<int> at_end(const Model& model, int code) {
  const int count = model.accepted > 0 ? model.accepted : 1;
  return std::vector<int>(static_cast<std::size_t>(count), code);
}

ModelStep leave(Model model, std::vector<int> codes) {
  forget(model, S::closed);
  return {model, std::move(codes)};
}

ModelStep stay(const Model& model, int code) { return {model, {code}}; }

S resting(const Model& model) {
  return model.recipient ? S::recipients : S::mail;
}

ModelStep greet(Model model, bool extended) {
  forget(model, S::idle);
  model.extended = extended;
  return {model, {250}};
}

ModelStep mail(Model model, bool binary, const ServerOptions& options) {
  if (model.state != S::idle) return stay(model, 503);
  if (wants_login(options.service) && !(model.tls && model.login)) {
    return stay(model, 530);
  }
  if (binary && (!model.extended || !options.chunking)) return stay(model, 555);
  model.binary = binary;
  if (wants_login(options.service)) {
    model.state = S::sender_wait;
    return {model, {}};
  }
  model.state = S::mail;
  return {model, {250}};
}

ModelStep pass_over(Model model, int code, S after, std::size_t replies = 1) {
  model.state = S::skip;
  model.skip_code = code;
  model.skip_replies = static_cast<int>(replies);
  model.skip_after = after;
  return {model, {}};
}

int no_recipients(const ServerOptions& options) {
  return options.service == Service::lmtp ? 503 : 554;
}

ModelStep bdat(Model model, bool last, bool large,
               const ServerOptions& options) {
  if (model.state == S::unidentified) return pass_over(model, 503, model.state);
  if (!options.chunking || !model.extended) {
    return pass_over(model, 502, model.state);
  }
  if (model.state == S::idle) return pass_over(model, 503, S::idle);
  if (model.state == S::mail) {
    return pass_over(model, no_recipients(options), S::mail);
  }
  if (large) {
    const std::size_t replies = at_end(model, 552).size();
    forget(model, S::idle);
    return pass_over(model, 552, S::idle, replies);
  }
  model.state = S::chunk;
  model.last = last;
  return {model, {}};
}

// Octets of a chunk, or passed over.
ModelStep chunk(Model model, bool bare_lf, bool all) {
  if (model.state == S::skip) {
    if (!all) return {model, {}};
    const std::vector<int> codes(static_cast<std::size_t>(model.skip_replies),
                                 model.skip_code);
    model.state = model.skip_after;
    model.skip_code = 0;
    model.skip_replies = 1;
    model.skip_after = S::idle;
    return {model, codes};
  }
  if (bare_lf && !model.binary) {
    const std::vector<int> codes =
        model.last ? at_end(model, 550) : std::vector{550};
    forget(model, S::idle);
    return {model, codes};
  }
  if (!model.last) {
    model.state = S::chunks;
    return {model, {250}};
  }
  model.state = S::message_wait;
  return {model, {}, true};
}

ModelStep starttls(Model model, const ServerOptions& options) {
  if (model.state != S::unidentified && model.state != S::idle) {
    return stay(model, 503);
  }
  if (model.tls) return stay(model, 503);
  if (!options.starttls) return stay(model, 502);
  model.state = S::tls_wait;
  return {model, {220}};
}

ModelStep auth(Model model, const ServerOptions& options) {
  if (model.state != S::idle) return stay(model, 503);
  if (options.auth_mechanisms.empty()) return stay(model, 502);
  if (!model.extended) return stay(model, 503);
  if (!model.tls) return stay(model, 530);
  if (model.login) return stay(model, 503);
  model.state = S::auth_wait;
  return {model, {}};
}

ModelStep end_message(Model model, int code) {
  const std::vector<int> codes = at_end(model, code);
  forget(model, S::idle);
  return {model, codes};
}

ModelStep timeout(Model model) {
  switch (model.state) {
    case S::sender_wait: forget(model, S::idle); return {model, {451}};
    case S::recipient_wait:
      model.state = resting(model);
      model.refused = true;
      return {model, {451}};
    case S::message_wait: return end_message(model, 451);
    case S::auth_wait: model.state = S::idle; return {model, {454}};
    case S::tls_wait: return leave(model, {});
    default: return leave(model, {421});
  }
}

ModelStep answer(Model model, Action action, const ServerOptions& options) {
  switch (action) {
    case Action::answer_permitted:
      if (model.state != S::sender_wait) return {model, {}};
      model.state = S::mail;
      return {model, {250}};
    case Action::answer_not_his:
      if (model.state != S::sender_wait) return {model, {}};
      forget(model, S::idle);
      return {model, {550}};
    case Action::answer_local:
      if (model.state != S::recipient_wait) return {model, {}};
      model.recipient = true;
      if (options.service == Service::lmtp) model.accepted += 1;
      model.state = S::recipients;
      return {model, {250}};
    case Action::answer_unknown:
      if (model.state != S::recipient_wait) return {model, {}};
      model.refused = true;
      model.state = resting(model);
      return {model, {550}};
    case Action::answer_challenge:
      if (model.state != S::auth_wait) return {model, {}};
      model.state = S::auth_line;
      return {model, {334}};
    case Action::answer_login:
      if (model.state != S::auth_wait) return {model, {}};
      model.login = true;
      model.state = S::idle;
      return {model, {235}};
    case Action::answer_refused:
      if (model.state != S::auth_wait) return {model, {}};
      model.state = S::idle;
      return {model, {535}};
    case Action::answer_durable:
    case Action::answer_stopped:
      if (model.state != S::message_wait) return {model, {}};
      return end_message(model, action == Action::answer_durable ? 250 : 451);
    default:  // tls_up
      if (model.state != S::tls_wait) return {model, {}};
      forget(model, S::unidentified);
      model.tls = true;
      model.login = model.extended = false;
      return {model, {}};
  }
}

ModelStep without_drain(const Model& model, Action action,
                        const ServerOptions& options) {
  const bool greeted = model.state != S::unidentified;
  if (action >= Action::answer_permitted && action <= Action::tls_up) {
    return answer(model, action, options);
  }
  // Whoever talks while a login or TLS is awaited talks out of turn.
  if ((model.state == S::auth_wait || model.state == S::tls_wait) &&
      action < Action::answer_permitted) {
    return leave(model, {554});
  }
  Model next = model;
  switch (action) {
    case Action::ehlo: return greet(model, true);
    case Action::helo:
      if (options.service == Service::lmtp) return stay(model, 500);
      return greet(model, false);
    case Action::mail: return mail(model, false, options);
    case Action::mail_binary: return mail(model, true, options);
    case Action::rcpt:
      if (model.state != S::mail && model.state != S::recipients) {
        return stay(model, 503);
      }
      if (next.accepted == model_recipients_max) return stay(model, 452);
      next.state = S::recipient_wait;
      return {next, {}};
    case Action::rcpt_utf8:
      if (model.state != S::mail && model.state != S::recipients) {
        return stay(model, 503);
      }
      next.refused = true;
      return {next, {553}};
    case Action::data:
      if (model.state == S::mail && model.refused) {
        return stay(model, no_recipients(options));
      }
      if (model.state != S::recipients || model.binary) return stay(model, 503);
      next.state = S::data;
      return {next, {354}};
    case Action::data_end:
      if (model.bad) return end_message(model, 550);
      next.state = S::message_wait;
      return {next, {}, true};
    case Action::bdat: return bdat(model, false, false, options);
    case Action::bdat_last: return bdat(model, true, false, options);
    case Action::bdat_large: return bdat(model, true, true, options);
    case Action::bare_lf:
      if (is_command_state(model.state) || model.state == S::auth_line) {
        return leave(model, {500});
      }
      if (model.state != S::data) return chunk(model, true, true);
      next.bad = true;
      return {next, {}};
    case Action::octet:
      if (model.state != S::data) return chunk(model, false, true);
      return {next, {}};
    case Action::octets_1001: return chunk(model, false, true);
    case Action::rset:
      if (!greeted) return stay(model, 250);
      forget(next, S::idle);
      return {next, {250}};
    case Action::vrfy: return stay(model, 252);
    case Action::expn: return stay(model, 502);
    case Action::help: return stay(model, 214);
    case Action::noop: return stay(model, 250);
    case Action::quit: return leave(model, {221});
    case Action::starttls: return starttls(model, options);
    case Action::auth: return auth(model, options);
    case Action::sasl_line: next.state = S::auth_wait; return {next, {}};
    case Action::sasl_star: next.state = S::idle; return {next, {501}};
    case Action::garbage: return stay(model, 500);
    case Action::two_noops:
      if (!model.extended) return leave(model, {554});
      return {model, {250, 250}};
    case Action::timeout: return timeout(model);
    default: break;
  }
  next.draining = true;
  return {next, {}};
}

}  // namespace

bool may_happen(const Model& model, Action action) {
  if (action == Action::timeout || action == Action::drain ||
      (action >= Action::answer_permitted && action <= Action::tls_up)) {
    return true;
  }
  switch (model.state) {
    case S::data:
      return action == Action::data_end || action == Action::bare_lf ||
             action == Action::octet;
    case S::chunk: return action == Action::octet || action == Action::bare_lf;
    case S::skip:  // One large chunk, else of one octet.
      return action ==
             (model.skip_code == 552 ? Action::octets_1001 : Action::octet);
    case S::auth_line:
      return action == Action::sasl_line || action == Action::sasl_star ||
             action == Action::bare_lf;
    case S::sender_wait:
    case S::recipient_wait:
    case S::message_wait: return false;  // Octets wait; tried by dialogues.
    default:
      // A large chunk where none is allowed is passed over as a small one is.
      if (action == Action::bdat_large) {
        return model.extended &&
               (model.state == S::recipients || model.state == S::chunks);
      }
      return action != Action::octet && action != Action::octets_1001 &&
             action != Action::data_end && action != Action::sasl_line &&
             action != Action::sasl_star;
  }
}

ModelStep expected(const Model& model, Action action,
                   const ServerOptions& options) {
  if (model.state == S::closed) return {model, {}};
  ModelStep step = without_drain(model, action, options);
  if (step.after.draining &&
      (step.after.state == S::idle || step.after.state == S::unidentified)) {
    step.codes.push_back(421);
    forget(step.after, S::closed);
  }
  return step;
}

std::string_view name(Action action) {
  constexpr std::array<std::string_view, 38> names{"ehlo",
                                                   "helo",
                                                   "mail",
                                                   "mail_binary",
                                                   "rcpt",
                                                   "rcpt_utf8",
                                                   "data",
                                                   "data_end",
                                                   "bare_lf",
                                                   "bdat",
                                                   "bdat_last",
                                                   "bdat_large",
                                                   "octet",
                                                   "octets_1001",
                                                   "rset",
                                                   "vrfy",
                                                   "expn",
                                                   "help",
                                                   "noop",
                                                   "quit",
                                                   "starttls",
                                                   "auth",
                                                   "sasl_line",
                                                   "sasl_star",
                                                   "garbage",
                                                   "two_noops",
                                                   "answer_permitted",
                                                   "answer_not_his",
                                                   "answer_local",
                                                   "answer_unknown",
                                                   "answer_challenge",
                                                   "answer_login",
                                                   "answer_refused",
                                                   "answer_durable",
                                                   "answer_stopped",
                                                   "tls_up",
                                                   "timeout",
                                                   "drain"};
  static_assert(names.size() == static_cast<std::size_t>(Action::count));
  return names.at(static_cast<std::size_t>(action));
}

}  // namespace postkeep::smtp
