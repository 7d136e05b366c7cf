// The machine of ClientFirstReader (auth/scram_reader.h): main accepts exactly
// profile_client_first_message of grammar/rfc5802_scram.rl (test
// proof_scram_first_machine_is_the_grammar).

#include "auth/scram_reader.h"

%%{
  machine auth_scram_first;
  alphtype unsigned char;

  include rfc5802_scram "rfc5802_scram.rl";

  action flag_octet    { flag_octet(fc); }
  action binding_octet { binding_octet(fc); }
  action header_octet  { header_octet(fc); }
  action bare_octet    { bare_octet(fc); }
  action authzid_octet { authzid_octet(fc); }
  action authzid_comma { authzid_comma(); }
  action authzid_equal { authzid_equal(); }
  action user_octet    { user_octet(fc); }
  action user_comma    { user_comma(); }
  action user_equal    { user_equal(); }
  action nonce_octet   { nonce_octet(fc); }

  flag   = "p" $flag_octet "=" cb_name $binding_octet |
           ( "n" | "y" ) $flag_octet;
  other  = ( name_char $authzid_octet | "=2C" @authzid_comma |
             "=3D" @authzid_equal )+;
  user   = ( name_char $user_octet | "=2C" @user_comma | "=3D" @user_equal )+;
  header = ( flag "," ( "a=" other )? "," ) $header_octet;
  bare   = ( "n=" user ",r=" printable+ $nonce_octet ( "," extension )* )
           $bare_octet;

  main := header bare;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool ClientFirstReader::run(Octets message) {
  int cs = 0;
  const Octet* p = message.data();
  const Octet* const pe = p + message.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_scram_first_first_final;
}

}  // namespace postkeep::auth
