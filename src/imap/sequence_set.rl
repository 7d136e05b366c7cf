// The machine of imap/sequence_set.h. Which octets are a set is not said here
// but in grammar/rfc9051_sequence_set.rl: test
// proof_imap_sequence_set_machine_is_the_grammar shows that main accepts
// exactly its sequence_set. What an action does is said in
// imap/sequence_set.cc.

#include "imap/sequence_set.h"

%%{
  machine imap_sequence_set;
  alphtype unsigned char;

  include rfc9051_sequence_set "rfc9051_sequence_set.rl";

  action range_start  { if (!range_start()) fbreak; }
  action last_start   { last_start(); }
  action digit        { if (!digit(fc)) fbreak; }
  action saved_result { saved_result(); }

  # A "*" has no digits, and so leaves sequence_star.
  value = nz_number $digit | "*";
  range = value >range_start ( ":" value >last_start )?;

  main := range ( "," range )* | seq_last_command @saved_result;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool SequenceSetReader::run(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_sequence_set_first_final;
}

}  // namespace postkeep::imap
