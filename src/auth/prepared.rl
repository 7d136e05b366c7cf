// is_prepared() of auth/plain.h: a machine without actions. Test
// proof_prepared_machine_is_the_grammar shows that main accepts exactly
// prepared_string of grammar/rfc4616_plain.rl.

#include "auth/plain.h"

%%{
  machine auth_prepared;
  alphtype unsigned char;

  include rfc4616_plain "rfc4616_plain.rl";

  main := prepared_string;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool is_prepared(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_prepared_first_final;
}

}  // namespace postkeep::auth
