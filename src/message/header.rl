// The machine of FieldStart in message/header.h. Test
// proof_message_header_machine_is_the_grammar shows that main accepts exactly
// field_start of grammar/rfc5322_header.rl. What an action does is said in
// message/header.cc.

#include "message/header.h"

%%{
  machine message_header;
  alphtype unsigned char;

  include rfc5322_header "rfc5322_header.rl";

  action name_octet  { name_octet(); }
  action space_octet { space_octet(); }
  action colon       { colon(); fbreak; }

  main := field_name $name_octet WSP* $space_octet ":" @colon;
}%%

namespace postkeep::message {

%% write data noentry;

bool FieldStart::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_header_first_final;
}

}  // namespace postkeep::message
