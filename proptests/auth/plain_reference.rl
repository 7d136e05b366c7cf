// The grammar and nothing else: an oracle of proptests/auth/plain_laws.h.

#include "auth/plain_laws.h"

%%{
  machine plain_reference;
  alphtype unsigned char;

  include rfc4616_plain "rfc4616_plain.rl";

  main := profile_message;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool reference_accepts_plain(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= plain_reference_first_final;
}

}  // namespace postkeep::auth
