// The machine of smtp/line.h. Which octets are a line is said in
// grammar/rfc5321_command.rl: test proof_smtp_line_machine_is_the_grammar shows
// that main accepts exactly its profile_command_line. A verb is what stands
// before the first white space; what an action does is said in smtp/line.cc.

#include "smtp/line.h"

%%{
  machine smtp_line;
  alphtype unsigned char;

  include rfc5321_command "rfc5321_command.rl";

  action line_octet { line_octet(fc); }
  action line_end { line_end(); fbreak; }
  action verb_ehlo { verb_ehlo(); }
  action verb_helo { verb_helo(); }
  action verb_lhlo { verb_lhlo(); }
  action verb_mail { verb_mail(); }
  action verb_rcpt { verb_rcpt(); }
  action verb_data { verb_data(); }
  action verb_bdat { verb_bdat(); }
  action verb_rset { verb_rset(); }
  action verb_vrfy { verb_vrfy(); }
  action verb_expn { verb_expn(); }
  action verb_help { verb_help(); }
  action verb_noop { verb_noop(); }
  action verb_quit { verb_quit(); }
  action verb_starttls { verb_starttls(); }
  action verb_auth { verb_auth(); }
  action verb_etrn { verb_etrn(); }
  action verb_turn { verb_turn(); }
  action verb_send { verb_send(); }
  action verb_soml { verb_soml(); }
  action verb_saml { verb_saml(); }
  action verb_http { verb_http(); }

  verb = "EHLO"i %verb_ehlo |
           "HELO"i %verb_helo |
           "LHLO"i %verb_lhlo |
           "MAIL"i %verb_mail |
           "RCPT"i %verb_rcpt |
           "DATA"i %verb_data |
           "BDAT"i %verb_bdat |
           "RSET"i %verb_rset |
           "VRFY"i %verb_vrfy |
           "EXPN"i %verb_expn |
           "HELP"i %verb_help |
           "NOOP"i %verb_noop |
           "QUIT"i %verb_quit |
           "STARTTLS"i %verb_starttls |
           "AUTH"i %verb_auth |
           "ETRN"i %verb_etrn |
           "TURN"i %verb_turn |
           "SEND"i %verb_send |
           "SOML"i %verb_soml |
           "SAML"i %verb_saml |
           ( "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" |
             "OPTIONS" | "TRACE" | "PATCH" | "Host:"i | "User-Agent:"i )
           %verb_http;

  main := ( ( verb ( WSP profile_line_octet* )? | profile_line_octet* )
            CRLF ) $line_octet @line_end;
}%%

namespace postkeep::smtp {

%% write data noentry nofinal;

LineReader::LineReader() { start_line(); }

void LineReader::start_line() {
  int cs = 0;
  %% write init;
  machine_state_ = cs;
  line_.verb = Verb::unknown;
  line_.text.clear();
  line_octets_ = 0;
  complete_ = false;
}

std::size_t LineReader::run(Octets input) {
  int cs = machine_state_;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  machine_state_ = cs;
  if (cs == smtp_line_error) refuse(*p);
  return static_cast<std::size_t>(p - input.data());
}

}  // namespace postkeep::smtp
