// The machine of auth/plain.h. Which octets are a message is said in
// grammar/rfc4616_plain.rl: test proof_plain_machine_is_the_grammar shows that
// main accepts exactly its profile_message.

#include "auth/plain.h"

%%{
  machine auth_plain;
  alphtype unsigned char;

  include rfc4616_plain "rfc4616_plain.rl";

  action authzid_octet  { authzid_octet(fc); }
  action authcid_octet  { authcid_octet(fc); }
  action password_octet { password_octet(fc); }

  main := ( prepared_string $authzid_octet )? UTF8NUL
          prepared_string $authcid_octet UTF8NUL
          prepared_string $password_octet;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool PlainReader::run(Octets message) {
  int cs = 0;
  const Octet* p = message.data();
  const Octet* const pe = p + message.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_plain_first_final;
}

}  // namespace postkeep::auth
