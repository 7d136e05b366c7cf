// The grammar and nothing else: the oracle of proptests/crypto/base64_laws.h.

#include "crypto/base64_laws.h"

%%{
  machine base64_reference;
  alphtype unsigned char;

  include rfc4648_base64 "rfc4648_base64.rl";

  main := canonical_base64;
}%%

namespace postkeep::crypto {

%% write data noentry noerror;

bool reference_accepts_canonical_base64(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= base64_reference_first_final;
}

}  // namespace postkeep::crypto
