#include "smtp/envelope.h"

namespace postkeep::smtp {

std::string_view with_protocol(const Envelope& envelope) {
  if (!envelope.extended) return "SMTP";
  const bool login = !envelope.login.empty();
  if (envelope.lmtp) {
    if (envelope.parameters.smtputf8) {
      if (envelope.tls) return login ? "UTF8LMTPSA" : "UTF8LMTPS";
      return login ? "UTF8LMTPA" : "UTF8LMTP";
    }
    if (envelope.tls) return login ? "LMTPSA" : "LMTPS";
    return login ? "LMTPA" : "LMTP";
  }
  if (envelope.parameters.smtputf8) {
    if (envelope.tls) return login ? "UTF8SMTPSA" : "UTF8SMTPS";
    return login ? "UTF8SMTPA" : "UTF8SMTP";
  }
  if (envelope.tls) return login ? "ESMTPSA" : "ESMTPS";
  return login ? "ESMTPA" : "ESMTP";
}

}  // namespace postkeep::smtp
