// The machine of message/message_id.h. Test
// proof_message_message_id_machine_is_the_grammar shows that main accepts
// exactly tolerated_msg_ids of grammar/rfc5322_message_id.rl. What an action
// does is said in message/message_id.cc.

#include "message/message_id.h"

%%{
  machine message_message_id;
  alphtype unsigned char;

  include rfc5322_message_id "rfc5322_message_id.rl";

  action id_start { id_start(); }
  action id_octet { id_octet(fc); }

  id = "<" @id_start
       ( ( tolerated_id_octet | tolerated_id_quoted ) $id_octet )* ">";

  main := ( tolerated_CFWS | tolerated_atext | "." | "," | "@" |
            tolerated_quoted | id )*;
}%%

namespace postkeep::message {

%% write data noentry;

bool MessageIdReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_message_id_first_final;
}

}  // namespace postkeep::message
