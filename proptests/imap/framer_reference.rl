// The grammar and nothing else: the oracle of proptests/imap/framer_laws.h.

#include "imap/framer_laws.h"

%%{
  machine imap_framer_reference;
  alphtype unsigned char;

  include rfc9051_literal "rfc9051_literal.rl";

  main := line;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool reference_accepts_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_framer_reference_first_final;
}

}  // namespace postkeep::imap
