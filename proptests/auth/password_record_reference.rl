// The grammar and nothing else: an oracle of proptests/auth/verifier_laws.h.

#include "auth/verifier_laws.h"

%%{
  machine password_record_reference;
  alphtype unsigned char;

  include postkeep_records "postkeep_records.rl";

  main := password_record;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool reference_accepts_password_record(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= password_record_reference_first_final;
}

}  // namespace postkeep::auth
