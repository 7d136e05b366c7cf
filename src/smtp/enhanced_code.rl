// The machine of smtp/enhanced_code.h. Which octets begin with a status code is
// said in grammar/rfc3463_status_code.rl: test
// proof_smtp_enhanced_code_machine_is_the_grammar shows that main accepts
// exactly its tolerated_status_text.

#include "smtp/enhanced_code.h"

%%{
  machine smtp_enhanced_code;
  alphtype unsigned char;

  include rfc3463_status_code "rfc3463_status_code.rl";

  action kind_digit { kind_digit(fc); }
  action subject_digit { subject_digit(fc); }
  action detail_digit { detail_digit(fc); }

  code = class $kind_digit "." subject $subject_digit "." detail $detail_digit;

  main := code ( SP ( 9 | 32..126 | 128..255 )* )?;
}%%

namespace postkeep::smtp {

%% write data noentry noerror;

bool EnhancedCodeReader::run(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= smtp_enhanced_code_first_final;
}

}  // namespace postkeep::smtp
