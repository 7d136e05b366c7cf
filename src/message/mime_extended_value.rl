// The machine of ExtendedValueReader in message/mime.h. Test
// proof_message_mime_extended_value_machine_is_the_grammar shows that main
// accepts exactly tolerated_extended_value of grammar/rfc2045_mime.rl. What
// an action does is said in message/mime.cc.

#include "message/mime.h"

%%{
  machine message_mime_extended_value;
  alphtype unsigned char;

  include rfc2045_mime "rfc2045_mime.rl";

  action charset_octet { charset_octet(fc); }
  action value_octet   { value_octet(fc); }

  main := ( OCTET - "'" )* $charset_octet "'" ( OCTET - "'" )* "'"
          OCTET* $value_octet;
}%%

namespace postkeep::message {

%% write data noentry;

bool ExtendedValueReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_mime_extended_value_first_final;
}

}  // namespace postkeep::message
