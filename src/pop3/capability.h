// Capabilities and languages: what CAPA and LANG list (RFC 2449 section 5, RFC
// 6856 section 3).
//
// Here:      write_capabilities(), answer_lang().
// Not here:  what may be said when (pop3/login_session.h, pop3/session.h).
// Grammar:   grammar/rfc2449_response.rl, rule multi_line.
// Laws:      tests/dialogs/pop3.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace postkeep::pop3 {

struct Offers {
  bool stls = false;
  // Whether USER, PASS and AUTH are let through. RFC 2449 section 5 has what
  // is announced before login announced after it too.
  bool login = false;
  std::span<const std::string> mechanisms;
};
// The whole answer to CAPA.
void write_capabilities(std::string& out, const Offers& offers);

// The whole answer to LANG. There is one language: English.
void answer_lang(std::string& out, std::string_view range);

}  // namespace postkeep::pop3
