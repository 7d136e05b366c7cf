// The machine of message/received.h. Test
// proof_message_received_machine_is_the_grammar shows that main accepts
// exactly tolerated_received of grammar/rfc5322_received.rl. What an action
// does is said in message/received.cc.

#include "message/received.h"

%%{
  machine message_received;
  alphtype unsigned char;

  include rfc5322_received "rfc5322_received.rl";

  action gap         { gap(); }
  action token_octet { token_octet(fc); }
  action semicolon   { semicolon(); }
  action date_octet  { date_octet(fc); }

  angle = "<" ( tolerated_route? tolerated_addr_spec | tolerated_CFWS? ) ">";
  token_text = tolerated_received_octet | "," | tolerated_quoted |
               tolerated_literal | angle;

  main := ( tolerated_CFWS $gap | token_text $token_octet )*
          ( ";" @semicolon ( tolerated_date_time $date_octet )? )?;
}%%

namespace postkeep::message {

%% write data noentry;

bool ReceivedReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_received_first_final;
}

}  // namespace postkeep::message
