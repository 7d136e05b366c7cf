// The machine of ForeignLineReader::keyword_file_name():
// proof_keyword_file_name_machine_is_the_grammar shows that main accepts
// exactly keyword_file_name of grammar/maildir_lists.rl.

#include "store/foreign_line.h"

%%{
  machine store_keyword_file_name;
  alphtype unsigned char;

  include maildir_lists "maildir_lists.rl";

  action number_start { number_start(); }
  action number_digit { number_digit(fc); }
  action index_end    { index_end(); }
  action text_octet   { text_octet(fc); }

  time_read = DIGIT{1,18} >number_start $number_digit;

  main := ( "." time_read "." @index_end )? ( base_name $text_octet );
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool ForeignLineReader::run_keyword_file_name(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= store_keyword_file_name_first_final;
}

}  // namespace postkeep::store
