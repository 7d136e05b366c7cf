#include "smtp/trace.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "smtp/path.h"

namespace postkeep::smtp {
namespace {

using std::chrono::floor;

// date-time of RFC 5322 section 3.3, always in UTC.
std::string date_time(WallTime when) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<std::chrono::days>(when);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{floor<std::chrono::seconds>(when - day)};
  const auto digits = [](auto number, std::size_t width) {
    std::string text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), '0') + text;
  };
  return std::string{days.at(std::chrono::weekday{day}.c_encoding())} + ", " +
         digits(static_cast<unsigned>(date.day()), 1) + ' ' +
         months.at(static_cast<unsigned>(date.month()) - 1) + ' ' +
         digits(static_cast<int>(date.year()), 4) + ' ' +
         digits(time.hours().count(), 2) + ':' +
         digits(time.minutes().count(), 2) + ':' +
         digits(time.seconds().count(), 2) + " +0000";
}

bool is_let_dig(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z');
}

// Letters, digits, "-" and "." as EHLO's grammar let them pass are a Domain,
// but for the dot at the end that is tolerated there.
bool is_domain(std::string_view text) {
  return !text.empty() && text.back() != '.' &&
         std::ranges::all_of(text, [](char c) {
           return is_let_dig(c) || c == '-' || c == '.';
         });
}

// What a comment can hold without quoting; the rest is shown as "?".
std::string comment_text(std::string_view text) {
  std::string shown{text};
  for (char& c : shown) {
    if (c < '!' || c > '~' || c == '(' || c == ')' || c == '\\') c = '?';
  }
  return shown;
}

// Atom of RFC 5321 section 4.1.2.
std::string atom(std::string_view text) {
  std::string shown{text};
  for (char& c : shown) {
    if (!is_let_dig(c) && c != '-' && c != '_') c = '?';
  }
  return shown.empty() ? "?" : shown;
}

std::string from_clause(const Envelope& envelope) {
  const std::string& client = envelope.client;
  const std::string literal = '[' + envelope.peer.address + ']';
  const bool known = !envelope.peer.address.empty();
  const bool sayable =
      is_domain(client) || (!client.empty() && client.front() == '[');
  if (sayable && known) return "from " + client + " (" + literal + ')';
  if (is_domain(client)) return "from " + client;
  const std::string name = known ? literal + " (" + literal + ')' : "localhost";
  if (client.empty()) return "from " + name;
  return "from " + name + "\r\n\t(EHLO " + comment_text(client) + ')';
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
  return field + ";\r\n\t" + date_time(when) + "\r\n";
}

std::string return_path_field(std::string_view reverse_path) {
  if (reverse_path.empty()) return "Return-Path: <>\r\n";
  const auto mailbox = read_mailbox(reverse_path);
  if (!mailbox) return "Return-Path: <>\r\n";
  return "Return-Path: <" + write(*mailbox) + ">\r\n";
}

}  // namespace postkeep::smtp
