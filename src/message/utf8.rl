// The machine of Utf8Reader in message/charset.h. Test
// proof_message_utf8_machine_is_the_grammar shows that main accepts exactly
// UTF8_octets of grammar/rfc3629_utf8.rl. What an action does is said in
// message/charset.cc.

#include "message/charset.h"

%%{
  machine message_utf8;
  alphtype unsigned char;

  include rfc3629_utf8 "rfc3629_utf8.rl";

  action octet     { octet(); }
  action character { character(); }

  main := ( UTF8_char $octet @character )*;
}%%

namespace postkeep::message {

%% write data noentry;

bool Utf8Reader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_utf8_first_final;
}

}  // namespace postkeep::message
