// The machine behind is_account_address() of auth/account.h: main accepts
// exactly account_address of grammar/postkeep_accounts.rl (test
// proof_account_address_machine_is_the_grammar).

#include "auth/account_line.h"

%%{
  machine auth_account_address;
  alphtype unsigned char;

  include postkeep_accounts "postkeep_accounts.rl";

  main := account_address;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool is_in_address_grammar(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_account_address_first_final;
}

}  // namespace postkeep::auth
