// The machine of smtp/capability.h. Which octets are a line of an answer to
// EHLO is said in grammar/rfc5321_ehlo.rl: test
// proof_smtp_ehlo_line_machine_is_the_grammar shows that main accepts exactly
// its tolerated_ehlo_line.

#include "smtp/capability.h"

%%{
  machine smtp_capability;
  alphtype unsigned char;

  include rfc5321_ehlo "rfc5321_ehlo.rl";

  action keyword_octet { keyword_octet(fc); }
  action parameter_start { parameter_start(); }
  action parameter_octet { parameter_octet(fc); }

  keyword = ehlo_keyword $keyword_octet;
  parameter = ehlo_param >parameter_start $parameter_octet;

  main := keyword ( SP+ parameter )* SP*;
}%%

namespace postkeep::smtp {

%% write data noentry noerror;

bool EhloLineReader::run(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= smtp_capability_first_final;
}

}  // namespace postkeep::smtp
