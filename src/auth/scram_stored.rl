// The machine of StoredVerifierReader (auth/scram_reader.h): main accepts
// exactly scram_record of grammar/postkeep_records.rl (test
// proof_scram_stored_machine_is_the_grammar).

#include "auth/scram_reader.h"

%%{
  machine auth_scram_stored;
  alphtype unsigned char;

  include postkeep_records "postkeep_records.rl";

  action iterations_octet { iterations_octet(fc); }
  action salt_octet       { salt_octet(fc); }
  action stored_key_octet { stored_key_octet(fc); }
  action server_key_octet { server_key_octet(fc); }

  main := "SCRAM-SHA-256$" record_number $iterations_octet ":"
          canonical_base64 $salt_octet "$" scram_key $stored_key_octet ":"
          scram_key $server_key_octet;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool StoredVerifierReader::run(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_scram_stored_first_final;
}

}  // namespace postkeep::auth
