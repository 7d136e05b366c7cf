#include "role/outbound_answer.h"

#include <string_view>
#include <utility>

namespace postkeep::role {
namespace {

using smtp::Because;

struct Words {
  std::string_view detail;  // Of the status, without its class.
  std::string_view text;
};

Words words_of(Because because) {
  switch (because) {
    case Because::reply: return {".0.0", "the host said no"};
    case Because::no_recipient_room: return {".5.3", "too many recipients"};
    case Because::eight_bit_unwanted:
      return {".6.3", "the host does not take 8-bit messages"};
    case Because::binary_unwanted:
      return {".6.3", "the host does not take binary messages"};
    case Because::smtputf8_unwanted:
      return {".6.7", "the host does not take addresses in UTF-8"};
    case Because::requiretls_unmet:
      return {".7.30", "the host does not promise TLS all the way"};
    case Because::deliver_by_unmet: return {".4.7", "it would come too late"};
    case Because::too_large:
      return {".3.4", "the host takes no message so large"};
    case Because::bare_cr_or_lf:
      return {".6.0", "the message has lines that cannot be sent"};
    case Because::quit: return {".4.2", "the session had ended"};
    case Because::peer_closed:
      return {".4.2", "the host closed the connection"};
    case Because::timed_out: return {".4.2", "the host did not answer in time"};
    case Because::closing: return {".3.2", "the host is closing"};
    case Because::reply_malformed:
    case Because::reply_unexpected:
    case Because::chunking_broken:
      return {".5.0", "the host does not speak SMTP as it should"};
    case Because::starttls_injection:
      return {".7.0", "something spoke before TLS had begun"};
    case Because::starttls_missing: return {".7.4", "the host offers no TLS"};
    case Because::tls_failed: return {".7.5", "TLS could not be begun"};
    case Because::auth_missing:
    case Because::auth_refused:
    case Because::auth_unproved: return {".7.8", "the login failed"};
    case Because::content_unavailable: break;
  }
  return {".3.0", "the message could not be read here"};
}

// The peer's own status where it gave one, else the class of its code.
std::string status_of(const smtp::PeerReply& reply, char kind,
                      std::string_view detail) {
  if (reply.enhanced && reply.enhanced->kind == kind - '0') {
    return smtp::write(*reply.enhanced);
  }
  return std::string(1, kind) + std::string(detail);
}

spool::Answer made(char kind, Because because, const smtp::PeerReply& reply,
                   const std::string& host) {
  const Words words = words_of(because);
  spool::Answer answer;
  if (reply.code != 0) {
    answer = {status_of(reply, kind, words.detail), host, smtp::write(reply)};
  } else {
    answer = {std::string(1, kind) + std::string(words.detail),
              {},
              host + ": " + std::string(words.text)};
  }
  return spool::printable(std::move(answer));
}

}  // namespace

spool::Answer answer_of(route::RouteFault fault) {
  using route::RouteFault;
  switch (fault) {
    case RouteFault::null_mx:
      return {"5.1.10", {}, "the domain takes no mail (RFC 7505)"};
    case RouteFault::no_domain: return {"5.1.2", {}, "there is no such domain"};
    case RouteFault::no_host:
      return {"5.4.4", {}, "the domain has no host for mail"};
    case RouteFault::loops_back:
      return {"5.4.6", {}, "mail for the domain would come back to us"};
    case RouteFault::addresses_refused:
      return {"5.4.4", {}, "no address of the domain's hosts is for mail"};
    case RouteFault::trouble: break;
  }
  return {"4.4.3", {}, "the DNS did not say where the domain's mail goes"};
}

spool::Answer answer_of(ipc::ConnectVerdict verdict, const std::string& host,
                        const std::string& why) {
  using ipc::ConnectVerdict;
  std::string_view text = "trouble of our own: ";
  switch (verdict) {
    case ConnectVerdict::connected: text = "connected"; break;
    case ConnectVerdict::not_allowed: text = "not to be connected to: "; break;
    case ConnectVerdict::refused: text = "nobody listens there"; break;
    case ConnectVerdict::unreachable: text = "no way leads there"; break;
    case ConnectVerdict::timed_out: text = "no answer in time"; break;
    case ConnectVerdict::busy: text = "too many connections of ours"; break;
    case ConnectVerdict::trouble: break;
  }
  const bool says_why = text.ends_with(' ');
  return spool::printable(
      {"4.4.1", {}, host + ": " + std::string(text) + (says_why ? why : "")});
}

spool::Answer answer_of(Because because, const smtp::PeerReply& reply,
                        const std::string& host) {
  return made('4', because, reply, host);
}

spool::CopyResult copy_result_of(const smtp::RecipientResult& result,
                                 const std::string& host) {
  using spool::CopyVerdict;
  switch (result.outcome) {
    case smtp::Outcome::delivered:
      return {CopyVerdict::delivered,
              made('2', result.because, result.reply, host)};
    case smtp::Outcome::refused:
      return {CopyVerdict::failed,
              made('5', result.because, result.reply, host)};
    case smtp::Outcome::put_off: return {CopyVerdict::put_off, {}};
    case smtp::Outcome::deferred:
    case smtp::Outcome::unanswered: break;
  }
  return {CopyVerdict::deferred, made('4', result.because, result.reply, host)};
}

spool::Reach reach_of(const smtp::RecipientResult& result) {
  const bool is_strain = result.because == Because::peer_closed ||
                         result.because == Because::timed_out ||
                         result.because == Because::closing;
  const bool is_well = result.outcome == smtp::Outcome::delivered ||
                       result.outcome == smtp::Outcome::refused;
  return is_strain && !is_well ? spool::Reach::strained : spool::Reach::fine;
}

}  // namespace postkeep::role
