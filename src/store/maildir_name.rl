// The machine of store/maildir_name.h. Which octets are a name is said in
// grammar/maildir_file_name.rl: test
// proof_maildir_name_machine_is_the_grammar. What an action does is said in
// store/maildir_name.cc. Keys and stems of ours are
// names that others might have chosen too, so what they hold counts only once
// they have ended as ours.

#include "store/maildir_name.h"

%%{
  machine store_maildir_name;
  alphtype unsigned char;

  include maildir_file_name "maildir_file_name.rl";

  action number_start     { number_start(); }
  action number_octet     { number_octet(fc); }
  action hex_octet        { hex_octet(fc); }
  action seconds_end      { seconds_end(); }
  action id_octet         { id_octet(fc); }
  action own_stem_end     { own_stem_end(); }
  action octets_key_end   { octets_key_end(); }
  action folder_key_end   { folder_key_end(); }
  action uid_key_end      { uid_key_end(); }
  action checksum_key_end { checksum_key_end(); }
  action info_start       { info_start(); }
  action info_octet       { info_octet(fc); }

  own_stem_read = ( seconds >number_start $number_octet %seconds_end "."
                    id $id_octet ".pk" ) %own_stem_end;
  octets_read = ( "S=" ( DIGIT{1,18} >number_start $number_octet ) )
                %octets_key_end;
  folder_read = ( "F=" ( lower_hex{16} >number_start $hex_octet ) )
                %folder_key_end;
  uid_read = ( "I=" ( DIGIT{1,10} >number_start $number_octet ) )
             %uid_key_end;
  checksum_read = ( "C=" ( lower_hex{8} >number_start $hex_octet ) )
                  %checksum_key_end;
  key_read = octets_read | folder_read | uid_read | checksum_read | other_key;
  info_read = ":2," >info_start ( ALPHA $info_octet )*;

  main := ( own_stem_read | other_stem ) ( "," key_read )* info_read?;
}%%

namespace postkeep::store {

%% write data noentry noerror;

bool MaildirNameReader::run(Octets name) {
  int cs = 0;
  const Octet* p = name.data();
  const Octet* const pe = p + name.size();
  const Octet* const eof = pe;
  %% write init;
  %% write exec;
  return cs >= store_maildir_name_first_final;
}

}  // namespace postkeep::store
