// The grammar and nothing else: an oracle of proptests/auth/scram_laws.h.

#include "auth/scram_laws.h"

%%{
  machine scram_record_reference;
  alphtype unsigned char;

  include postkeep_records "postkeep_records.rl";

  main := scram_record;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool reference_accepts_scram_record(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= scram_record_reference_first_final;
}

}  // namespace postkeep::auth
