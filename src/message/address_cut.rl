// The machine of AddressListCutter in message/address.h. Test
// proof_message_address_cut_machine_is_the_grammar shows that main accepts
// exactly tolerated_elements of grammar/rfc5322_address.rl. What an action
// does is said in message/address.cc.

#include "message/address.h"

%%{
  machine message_address_cut;
  alphtype unsigned char;

  include rfc5322_address "rfc5322_address.rl";

  action octet { octet(); }
  action comma { comma(); }

  main := tolerated_element $octet
          ( "," $octet @comma tolerated_element $octet )*;
}%%

namespace postkeep::message {

%% write data noentry;

// False: a quote or an angle bracket is not closed.
bool AddressListCutter::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_address_cut_first_final;
}

}  // namespace postkeep::message
