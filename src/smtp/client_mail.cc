#include "smtp/client_mail.h"

#include <algorithm>

namespace postkeep::smtp {
namespace {

// RFC 5321 section 4.1.2: xchar of RFC 3461 section 4.
bool is_xchar(char c) { return c >= '!' && c <= '~' && c != '+' && c != '='; }

// RFC 6531 section 3.4: said once an address or the header is beyond ASCII.
bool says_smtputf8(const OutgoingMail& mail) {
  const auto is_utf8 = [](const OutgoingRecipient& each) {
    return !each.forward_path.is_ascii();
  };
  return mail.needs_smtputf8 ||
         (mail.reverse_path && !mail.reverse_path->is_ascii()) ||
         std::ranges::any_of(mail.recipients, is_utf8);
}

std::string_view body_parameter(const OutgoingMail& mail,
                                const Capabilities& offered) {
  if (mail.is_binary) return offered.binarymime ? " BODY=BINARYMIME" : "";
  // RFC 6531 section 3.1: what needs SMTPUTF8 is 8-bit by nature.
  const bool eight_bit = mail.content.is_eight_bit || mail.needs_smtputf8;
  return eight_bit && offered.eight_bit_mime ? " BODY=8BITMIME" : "";
}

std::string by_parameter(const DeliverBy& by) {
  return " BY=" + std::to_string(by.seconds) +
         (by.returns_message ? ";R" : ";N") + (by.trace ? "T" : "");
}

void append_dsn(const OutgoingMail& mail, std::string& line) {
  if (mail.ret == Ret::full) line += " RET=FULL";
  if (mail.ret == Ret::headers) line += " RET=HDRS";
  if (mail.envid) line += " ENVID=" + write_xtext(*mail.envid);
}

std::string notify_parameter(std::uint8_t bits) {
  struct Word {
    Notify bit;
    std::string_view word;
  };
  constexpr Word words[] = {{Notify::never, "NEVER"},
                            {Notify::success, "SUCCESS"},
                            {Notify::failure, "FAILURE"},
                            {Notify::delay, "DELAY"}};
  std::string list;
  for (const Word& each : words) {
    if ((bits & static_cast<unsigned>(each.bit)) == 0) continue;
    if (!list.empty()) list += ',';
    list += each.word;
    // RFC 3461 section 4.1: NEVER stands alone.
    if (each.bit == Notify::never) break;
  }
  return list.empty() ? list : " NOTIFY=" + list;
}

// RFC 3461 section 4.2; RFC 6533 section 3, where the address is of the type
// "utf-8" and the server may see it as it is.
std::string orcpt_parameter(const std::string& orcpt, bool smtputf8) {
  const std::size_t type_end = orcpt.find(';');
  if (type_end == std::string::npos) return {};
  std::string line = " ORCPT=" + orcpt.substr(0, type_end + 1);
  for (const char c : orcpt.substr(type_end + 1)) {
    const bool beyond_ascii = static_cast<unsigned char>(c) > 127;
    if (beyond_ascii && smtputf8) {
      line += c;
    } else {
      line += write_xtext({&c, 1});
    }
  }
  return line;
}

}  // namespace

std::string write_xtext(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string xtext;
  for (const char c : text) {
    if (is_xchar(c)) {
      xtext += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    xtext += '+';
    xtext += digits[octet / 16U];
    xtext += digits[octet % 16U];
  }
  return xtext;
}

std::string write_mail(const OutgoingMail& mail, const Capabilities& offered,
                       bool logged_in) {
  std::string line = "MAIL FROM:<" + write(mail.reverse_path) + '>';
  if (offered.size) {
    const std::uint64_t end = mail.content.ends_with_crlf ? 0 : 2;
    line += " SIZE=" + std::to_string(mail.content.octets + end);
  }
  line += body_parameter(mail, offered);
  if (offered.smtputf8 && says_smtputf8(mail)) line += " SMTPUTF8";
  if (offered.requiretls && mail.requiretls) line += " REQUIRETLS";
  if (offered.dsn) append_dsn(mail, line);
  if (logged_in && mail.auth) {
    line += " AUTH=" + (*mail.auth ? write_xtext(write(**mail.auth)) : "<>");
  }
  if (offered.deliver_by && mail.deliver_by) {
    line += by_parameter(*mail.deliver_by);
  }
  if (offered.mt_priority && mail.mt_priority) {
    line += " MT-PRIORITY=" + std::to_string(*mail.mt_priority);
  }
  // RFC 4865 section 4: never longer than the server can hold it.
  if (offered.future_release && mail.hold_seconds &&
      *mail.hold_seconds <= offered.hold_seconds_max.value_or(0)) {
    line += " HOLDFOR=" + std::to_string(*mail.hold_seconds);
  }
  return line + "\r\n";
}

std::string write_rcpt(const OutgoingRecipient& recipient,
                       const Capabilities& offered) {
  std::string line = "RCPT TO:<" + write(recipient.forward_path) + '>';
  if (offered.dsn) {
    line += notify_parameter(recipient.parameters.notify);
    if (recipient.parameters.orcpt) {
      line += orcpt_parameter(*recipient.parameters.orcpt, offered.smtputf8);
    }
  }
  return line + "\r\n";
}

}  // namespace postkeep::smtp
