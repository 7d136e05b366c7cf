// The grammar and nothing else: the oracle of
// proptests/store/foreign_line_laws.h.

#include "store/foreign_line_laws.h"

%%{
  machine keyword_list_line_reference;
  alphtype unsigned char;

  include maildir_lists "maildir_lists.rl";

  main := keyword_list_line;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool reference_accepts_keyword_list_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= keyword_list_line_reference_first_final;
}

}  // namespace postkeep::store
