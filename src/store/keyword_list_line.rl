// The machine of ForeignLineReader::keyword_list_line():
// proof_keyword_list_line_machine_is_the_grammar shows that main accepts
// exactly keyword_list_line of grammar/maildir_lists.rl.

#include "store/foreign_line.h"

%%{
  machine store_keyword_list_line;
  alphtype unsigned char;

  include maildir_lists "maildir_lists.rl";

  action number_start { number_start(); }
  action number_digit { number_digit(fc); }
  action index_end    { index_end(); }
  action text_octet   { text_octet(fc); }

  index_read = ( keyword_index >number_start $number_digit ) %index_end;

  main := base_name $text_octet ":" ( index_read ( SP index_read )* )?;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool ForeignLineReader::run_keyword_list_line(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  const Octet* const eof = pe;
  %% write init;
  %% write exec;
  return p == pe && cs >= store_keyword_list_line_first_final;
}

}  // namespace postkeep::store
