// The grammar and nothing else: the oracle of proptests/imap/search_laws.h.

#include "imap/search_laws.h"

%%{
  machine imap_search_reference;
  alphtype unsigned char;

  include rfc9051_search "rfc9051_search.rl";

  main := search_key_2 ( SP search_key_2 )*;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool reference_accepts_search_nested_twice(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_search_reference_first_final;
}

}  // namespace postkeep::imap
