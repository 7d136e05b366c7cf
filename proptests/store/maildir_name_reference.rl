// The grammar and nothing else: the oracle of
// proptests/store/maildir_name_laws.h.

#include "store/maildir_name_laws.h"

%%{
  machine maildir_name_reference;
  alphtype unsigned char;

  include maildir_file_name "maildir_file_name.rl";

  main := maildir_name;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool reference_accepts_maildir_name(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= maildir_name_reference_first_final;
}

}  // namespace postkeep::store
