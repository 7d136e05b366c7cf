// The first machine of imap/mailbox_name.h: modified UTF-7. Which octets are a
// name is not said here but in grammar/rfc3501_mailbox_name.rl: test
// proof_imap_modified_utf_7_machine_is_the_grammar shows that main accepts
// exactly its modified_UTF_7. What an action does is said in
// imap/mailbox_name.cc.

#include "imap/mailbox_name.h"

%%{
  machine imap_modified_utf_7;
  alphtype unsigned char;

  include rfc3501_mailbox_name "rfc3501_mailbox_name.rl";

  action direct_octet { direct_octet(fc); }
  action ampersand    { ampersand(); }
  action sextet       { if (!sextet(fc)) fbreak; }
  action shift_end    { if (!shift_end()) fbreak; }

  main := ( direct $direct_octet | "&" ( "-" @ampersand |
          mbase64_char+ $sextet "-" @shift_end ) )* & modified_UTF_7;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool MailboxNameReader::run(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_modified_utf_7_first_final;
}

}  // namespace postkeep::imap
