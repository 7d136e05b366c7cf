// The machine of is_in_domain_grammar() in dkim/name.h: main accepts exactly
// domain_name of grammar/rfc6376_dkim.rl (test
// proof_dkim_domain_name_machine_is_the_grammar).

#include "dkim/name.h"

%%{
  machine dkim_domain_name;
  alphtype unsigned char;

  include rfc6376_dkim "rfc6376_dkim.rl";

  main := domain_name;
}%%

namespace postkeep::dkim {

%% write data noentry noerror;

bool is_in_domain_grammar(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= dkim_domain_name_first_final;
}

}  // namespace postkeep::dkim
