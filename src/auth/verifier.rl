// The machine of PasswordRecordReader (auth/verifier.h): main accepts exactly
// password_record of grammar/postkeep_records.rl (test
// proof_password_record_machine_is_the_grammar).

#include "auth/verifier.h"

%%{
  machine auth_verifier;
  alphtype unsigned char;

  include postkeep_records "postkeep_records.rl";

  action memory_octet { memory_octet(fc); }
  action passes_octet { passes_octet(fc); }
  action salt_octet   { salt_octet(fc); }
  action hash_octet   { hash_octet(fc); }

  main := "$argon2id$v=19$m=" record_number $memory_octet
          ",t=" record_number $passes_octet ",p=1$" record_salt $salt_octet
          "$" record_hash $hash_octet;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool PasswordRecordReader::run(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_verifier_first_final;
}

}  // namespace postkeep::auth
