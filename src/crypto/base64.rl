// The machine of crypto/base64.h. Which texts are base64 is not said here but
// in grammar/rfc4648_base64.rl: test proof_base64_machine_is_the_grammar shows
// that main accepts exactly its canonical_base64.

#include "crypto/base64.h"

%%{
  machine crypto_base64;
  alphtype unsigned char;

  include rfc4648_base64 "rfc4648_base64.rl";

  action octet { octet(fc); }

  main := canonical_base64 $octet;
}%%

namespace postkeep::crypto {

%% write data noentry noerror;

bool Base64Reader::run(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= crypto_base64_first_final;
}

}  // namespace postkeep::crypto
