// The machine of ClientFinalReader (auth/scram_reader.h): main accepts exactly
// profile_client_final_message of grammar/rfc5802_scram.rl (test
// proof_scram_final_machine_is_the_grammar).

#include "auth/scram_reader.h"

%%{
  machine auth_scram_final;
  alphtype unsigned char;

  include rfc5802_scram "rfc5802_scram.rl";

  action binding_octet { binding_octet(fc); }
  action nonce_octet   { nonce_octet(fc); }
  action proof_octet   { proof_octet(fc); }

  main := "c=" canonical_base64 $binding_octet ",r=" printable+ $nonce_octet
          ( "," extension )* ",p=" canonical_base64 $proof_octet;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool ClientFinalReader::run(Octets message) {
  int cs = 0;
  const Octet* p = message.data();
  const Octet* const pe = p + message.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_scram_final_first_final;
}

}  // namespace postkeep::auth
