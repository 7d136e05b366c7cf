// The machine of ForeignLineReader::subscription_line():
// proof_subscription_line_machine_is_the_grammar shows that main accepts
// exactly subscription_line of grammar/maildir_lists.rl.

#include "store/foreign_line.h"

%%{
  machine store_subscription_line;
  alphtype unsigned char;

  include maildir_lists "maildir_lists.rl";

  action text_octet { text_octet(fc); }
  action level_end  { level_end(); }

  level_read = ( level $text_octet ) %level_end;

  main := level_read ( HTAB level_read )*;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool ForeignLineReader::run_subscription_line(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  const Octet* const eof = pe;
  %% write init;
  %% write exec;
  return p == pe && cs >= store_subscription_line_first_final;
}

}  // namespace postkeep::store
