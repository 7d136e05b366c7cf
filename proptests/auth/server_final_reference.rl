// The grammar and nothing else: an oracle of proptests/auth/scram_laws.h.

#include "auth/scram_laws.h"

%%{
  machine server_final_reference;
  alphtype unsigned char;

  include rfc5802_scram "rfc5802_scram.rl";

  main := profile_server_final_message;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool reference_accepts_server_final(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= server_final_reference_first_final;
}

}  // namespace postkeep::auth
