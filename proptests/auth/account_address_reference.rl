// The grammar and nothing else: an oracle of proptests/auth/account_laws.h.

#include "auth/account_laws.h"

%%{
  machine account_address_reference;
  alphtype unsigned char;

  include postkeep_accounts "postkeep_accounts.rl";

  main := account_address;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool reference_accepts_account_address(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= account_address_reference_first_final;
}

}  // namespace postkeep::auth
