// The grammar of drop heads, and nothing else: the oracle of
// proptests/smtp/drop_head_laws.h.

#include "smtp/drop_head_laws.h"

%%{
  machine drop_head_reference;
  alphtype unsigned char;
  include postkeep_drop "postkeep_drop.rl";
  main := drop_head;
  write data noentry noerror;
}%%

namespace postkeep::smtp {

bool reference_accepts_drop_head(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= drop_head_reference_first_final;
}

}  // namespace postkeep::smtp
