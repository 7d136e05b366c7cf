// The machine of ForeignLineReader::uid_list_record():
// proof_uid_list_record_machine_is_the_grammar shows that main accepts
// exactly uid_list_record of grammar/maildir_lists.rl.

#include "store/foreign_line.h"

%%{
  machine store_uid_list_record;
  alphtype unsigned char;

  include maildir_lists "maildir_lists.rl";

  action number_start { number_start(); }
  action number_digit { number_digit(fc); }
  action uid_end      { uid_end(); }
  action text_start   { text_start(); }
  action text_octet   { text_octet(fc); }

  uid = ( DIGIT{1,10} >number_start $number_digit ) %uid_end;

  # Until the line shows which of the two it is, both are read: the name that
  # is begun last is the one.
  main := uid ( SP record_field )* SP ":" ( base_name >text_start $text_octet )
          ( ":" info_octet* )? |
          uid SP ( plain_name >text_start $text_octet ) ( ":" field_octet* )?;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool ForeignLineReader::run_uid_list_record(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= store_uid_list_record_first_final;
}

}  // namespace postkeep::store
