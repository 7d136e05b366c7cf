#include "smtp/client_event.h"

#include "base/check.h"

namespace postkeep::smtp {

PeerReply peer_reply(const Reply& reply) {
  PeerReply kept{
      .code = reply.code, .enhanced = read_enhanced_code(reply), .text = {}};
  for (const std::string& line : reply.lines) {
    if (!kept.text.empty()) kept.text += '\n';
    for (const char c : line) {
      if (kept.text.size() >= peer_text_octets_max) return kept;
      kept.text += c == '\t' ? ' ' : c >= ' ' && c <= '~' ? c : '?';
    }
    if (kept.text.size() >= peer_text_octets_max) return kept;
  }
  return kept;
}

std::string write(const PeerReply& reply) {
  if (reply.code == 0) return {};
  std::string line = std::to_string(reply.code);
  if (!reply.text.empty()) line += ' ';
  for (const char c : reply.text) line += c == '\n' ? ' ' : c;
  return line;
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::delivered: return "delivered";
    case Outcome::deferred: return "deferred";
    case Outcome::refused: return "refused";
    case Outcome::unanswered: return "unanswered";
    case Outcome::put_off: return "put_off";
  }
  check_failed("Outcome holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view name(Because because) {
  switch (because) {
    case Because::reply: return "reply";
    case Because::no_recipient_room: return "no_recipient_room";
    case Because::eight_bit_unwanted: return "eight_bit_unwanted";
    case Because::binary_unwanted: return "binary_unwanted";
    case Because::smtputf8_unwanted: return "smtputf8_unwanted";
    case Because::requiretls_unmet: return "requiretls_unmet";
    case Because::deliver_by_unmet: return "deliver_by_unmet";
    case Because::too_large: return "too_large";
    case Because::bare_cr_or_lf: return "bare_cr_or_lf";
    case Because::quit: return "quit";
    case Because::peer_closed: return "peer_closed";
    case Because::timed_out: return "timed_out";
    case Because::closing: return "closing";
    case Because::reply_malformed: return "reply_malformed";
    case Because::reply_unexpected: return "reply_unexpected";
    case Because::chunking_broken: return "chunking_broken";
    case Because::starttls_injection: return "starttls_injection";
    case Because::starttls_missing: return "starttls_missing";
    case Because::tls_failed: return "tls_failed";
    case Because::auth_missing: return "auth_missing";
    case Because::auth_refused: return "auth_refused";
    case Because::auth_unproved: return "auth_unproved";
    case Because::content_unavailable: return "content_unavailable";
  }
  check_failed("Because holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::smtp
