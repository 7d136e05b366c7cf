// The grammar and nothing else: an oracle of proptests/auth/scram_laws.h.

#include "auth/scram_laws.h"

%%{
  machine client_first_reference;
  alphtype unsigned char;

  include rfc5802_scram "rfc5802_scram.rl";

  main := profile_client_first_message;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool reference_accepts_client_first(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= client_first_reference_first_final;
}

}  // namespace postkeep::auth
