// The machine of smtp/sasl_line.h. Which octets are a response is said in
// grammar/rfc5321_command.rl: test proof_smtp_sasl_line_machine_is_the_grammar
// shows that main accepts exactly its auth_response.

#include "smtp/sasl_line_machine.h"

%%{
  machine smtp_sasl_line;
  alphtype unsigned char;

  include rfc5321_command "rfc5321_command.rl";

  action cancel { cancel(); }
  action upper_case { upper_case(fc); }
  action lower_case { lower_case(fc); }
  action digit { digit(fc); }
  action plus { plus(); }
  action slash { slash(); }

  sextets = ( 0x41..0x5A @upper_case | 0x61..0x7A @lower_case |
              DIGIT @digit | "+" @plus | "/" @slash | "=" )*;

  main := ( ( base64 & sextets )? | cancel_response @cancel ) CRLF;
}%%

namespace postkeep::smtp {

%% write data noentry noerror;

bool SaslLineMachine::run(std::string_view text) {
  int cs = 0;
  const Octets whole = octets(text);
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= smtp_sasl_line_first_final;
}

}  // namespace postkeep::smtp
