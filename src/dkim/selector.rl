// The machine of is_in_selector_grammar() in dkim/name.h: main accepts exactly
// selector of grammar/rfc6376_dkim.rl (test
// proof_dkim_selector_machine_is_the_grammar).

#include "dkim/name.h"

%%{
  machine dkim_selector;
  alphtype unsigned char;

  include rfc6376_dkim "rfc6376_dkim.rl";

  main := selector;
}%%

namespace postkeep::dkim {

%% write data noentry noerror;

bool is_in_selector_grammar(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= dkim_selector_first_final;
}

}  // namespace postkeep::dkim
