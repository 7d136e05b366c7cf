#include "smtp/trace.h"

#include <chrono>

#include "message/date_time.h"
#include "smtp/path.h"

namespace postkeep::smtp {
namespace {

// Whether `client`, EHLO's argument, can stand in the field as it is: EHLO
// bears more than Domain and address literals ("_", a dot at the end, octets
// beyond ASCII).
bool is_domain_or_literal(std::string_view client) {
  const auto mailbox = read_mailbox("a@" + std::string{client});
  return mailbox && mailbox->is_ascii();
}

// What a comment can hold without quoting; the rest is shown as "?".
std::string comment_text(std::string_view text) {
  std::string shown{text};
  for (char& c : shown) {
    if (c < '!' || c > '~' || c == '(' || c == ')' || c == '\\') c = '?';
  }
  return shown;
}

// Atom of RFC 5321 section 4.1.2, or less.
std::string atom(std::string_view text) {
  std::string shown{text};
  for (char& c : shown) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                      (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    if (!kept) c = '?';
  }
  return shown.empty() ? "?" : shown;
}

std::string from_clause(const Envelope& envelope) {
  const std::string& client = envelope.client;
  const std::string literal = '[' + envelope.peer.address + ']';
  const bool known = !envelope.peer.address.empty();
  const bool sayable = is_domain_or_literal(client);
  if (sayable && known) return "from " + client + " (" + literal + ')';
  if (sayable && client.front() != '[') return "from " + client;
  const std::string name = known ? literal + " (" + literal + ')' : "localhost";
  if (client.empty()) return "from " + name;
  const std::string verb = envelope.lmtp ? "LHLO" : "EHLO";
  return "from " + name + "\r\n\t(" + verb + ' ' + comment_text(client) + ')';
}

std::string date_clause(WallTime when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  return ";\r\n\t" +
         message::write(message::DateTime{seconds.time_since_epoch().count()}) +
         "\r\n";
}

}  // namespace

std::string received_field(const Envelope& envelope, std::string_view hostname,
                           std::string_view id, WallTime when) {
  std::string field = "Received: " + from_clause(envelope);
  field += "\r\n\tby " + std::string{hostname} + " with ";
  field += with_protocol(envelope);
  if (envelope.tls) {
    field += "\r\n\t(" + comment_text(envelope.tls->version) + ' ' +
             comment_text(envelope.tls->cipher) +
             " bits=" + std::to_string(envelope.tls->bits) + ')';
  }
  field += "\r\n\tid " + atom(id);
  if (envelope.recipients.size() == 1) {
    const Mailbox& only = envelope.recipients.front().forward_path;
    if (!only.domain().empty()) field += "\r\n\tfor <" + write(only) + '>';
  }
  return field + date_clause(when);
}

std::string local_received_field(std::string_view hostname, std::uint32_t uid,
                                 std::string_view id, WallTime when) {
  return "Received: by " + std::string{hostname} + " (Postkeep, from userid " +
         std::to_string(uid) + ")\r\n\tid " + atom(id) + date_clause(when);
}

std::string return_path_field(std::string_view reverse_path) {
  if (reverse_path.empty()) return "Return-Path: <>\r\n";
  const auto mailbox = read_mailbox(reverse_path);
  if (!mailbox) return "Return-Path: <>\r\n";
  return "Return-Path: <" + write(*mailbox) + ">\r\n";
}

}  // namespace postkeep::smtp
