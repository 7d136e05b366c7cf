#include "pop3/capability.h"

#include "pop3/responses.h"

namespace postkeep::pop3 {

void write_capabilities(std::string& out, const Offers& offers) {
  write_ok(out, "Capabilities follow");
  out += "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n";
  if (offers.stls) out += "STLS\r\n";
  if (offers.login) {
    out += "USER\r\nSASL";
    for (const std::string& mechanism : offers.mechanisms) {
      out += ' ';
      out += mechanism;
    }
    out += "\r\n";
  }
  // Nothing is ever deleted that no client deleted.
  out += "EXPIRE NEVER\r\nUTF8 USER\r\nLANG\r\nIMPLEMENTATION Postkeep\r\n";
  write_end(out);
}

// RFC 4647 section 3.3.1: a range matches a tag that is the same or begins
// with it and "-". So of all ranges "en" alone matches our tag.
void answer_lang(std::string& out, std::string_view range) {
  if (range.empty()) {
    write_ok(out, "Languages follow");
    out += "en English\r\n";
    write_end(out);
  } else if (range == "*" || (range.size() == 2 && (range[0] | 0x20) == 'e' &&
                              (range[1] | 0x20) == 'n')) {
    write_ok(out, "en It is English");
  } else {
    write_error(out, ResponseCode::none, "There is English only");
  }
}

}  // namespace postkeep::pop3
