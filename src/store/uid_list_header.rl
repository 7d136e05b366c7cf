// The machine of ForeignLineReader::uid_list_header():
// proof_uid_list_header_machine_is_the_grammar shows that main accepts
// exactly uid_list_header of grammar/maildir_lists.rl.

#include "store/foreign_line.h"

%%{
  machine store_uid_list_header;
  alphtype unsigned char;

  include maildir_lists "maildir_lists.rl";

  action number_start { number_start(); }
  action number_digit { number_digit(fc); }
  action is_dovecots  { is_dovecots(); }
  action validity_end { validity_end(); }
  action next_end     { next_end(); }

  number_read = DIGIT{1,10} >number_start $number_digit;

  main := "3" @is_dovecots
            ( SP ( 0x56 number_read %validity_end | 0x4E number_read %next_end |
                   other_field ) )+ |
          "1" SP number_read %validity_end SP number_read %next_end;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool ForeignLineReader::run_uid_list_header(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  const Octet* const eof = pe;
  %% write init;
  %% write exec;
  return p == pe && cs >= store_uid_list_header_first_final;
}

}  // namespace postkeep::store
