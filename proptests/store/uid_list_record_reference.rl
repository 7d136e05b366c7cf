// The grammar and nothing else: the oracle of
// proptests/store/foreign_line_laws.h.

#include "store/foreign_line_laws.h"

%%{
  machine uid_list_record_reference;
  alphtype unsigned char;

  include maildir_lists "maildir_lists.rl";

  main := uid_list_record;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool reference_accepts_uid_list_record(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= uid_list_record_reference_first_final;
}

}  // namespace postkeep::store
