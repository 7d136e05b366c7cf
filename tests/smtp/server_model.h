// A second opinion on smtp/server_session.h: what each event does, written as
// one function of a small state, without the session's code or table.
#pragma once

#include <compare>
#include <string_view>
#include <vector>

#include "smtp/server_session.h"

namespace postkeep::smtp {

enum class Action : std::uint8_t {
  ehlo,
  helo,
  mail,
  mail_binary,
  rcpt,
  rcpt_utf8,  // Beyond ASCII, without SMTPUTF8.
  data,
  data_end,  // "x CRLF . CRLF".
  bare_lf,   // The octet alone.
  bdat,      // "BDAT 1", its octet comes by itself.
  bdat_last,
  bdat_large,  // "BDAT 1001 LAST" where 1000 is the limit.
  octet,       // "x".
  octets_1001,
  rset,
  vrfy,
  expn,
  help,
  noop,
  quit,
  starttls,
  auth,
  sasl_line,
  sasl_star,
  garbage,
  two_noops,  // In one piece.
  answer_permitted,
  answer_not_his,
  answer_local,
  answer_unknown,
  answer_challenge,
  answer_login,
  answer_refused,
  answer_durable,
  answer_stopped,
  tls_up,
  timeout,
  drain,
  count,
};

[[nodiscard]] std::string_view name(Action action);

// Where the service is LMTP: how many recipients are told apart.
inline constexpr int model_recipients_max = 2;

struct Model {
  ServerState state = ServerState::unidentified;
  bool tls = false;
  bool login = false;
  bool extended = false;
  bool binary = false;     // BODY=BINARYMIME.
  bool recipient = false;  // There is one.
  bool refused = false;    // One was refused.
  int accepted = 0;        // Recipients, where the service is LMTP.
  bool bad = false;        // The message has a bare LF.
  bool last = false;       // The chunk is.
  bool draining = false;
  int skip_code = 0;
  int skip_replies = 1;
  ServerState skip_after = ServerState::idle;

  auto operator<=>(const Model&) const = default;
};

struct ModelStep {
  Model after;
  std::vector<int> codes;  // Of the replies, in their order.
  bool offers = false;
};

// Which actions make sense in a state: in `data` a command is text.
[[nodiscard]] bool may_happen(const Model& model, Action action);

[[nodiscard]] ModelStep expected(const Model& model, Action action,
                                 const ServerOptions& options);

}  // namespace postkeep::smtp
