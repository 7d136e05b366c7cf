// The first machine of message/modified_utf_7.h: modified UTF-7. Which octets
// are a name is not said here but in grammar/rfc3501_mailbox_name.rl: test
// proof_message_modified_utf_7_machine_is_the_grammar shows that main accepts
// exactly its modified_UTF_7. What an action does is said in
// message/modified_utf_7.cc.

#include "message/modified_utf_7.h"

%%{
  machine message_modified_utf_7;
  alphtype unsigned char;

  include rfc3501_mailbox_name "rfc3501_mailbox_name.rl";

  action direct_octet { if (!direct_octet(fc)) fbreak; }
  action ampersand    { ampersand(); }
  action sextet       { if (!sextet(fc)) fbreak; }
  action shift_end    { if (!shift_end()) fbreak; }

  main := ( direct $direct_octet | "&" ( "-" @ampersand |
          mbase64_char+ $sextet "-" @shift_end ) )* & modified_UTF_7;
}%%

namespace postkeep::message {

%% write data noentry noerror;

bool ModifiedUtf7Reader::run(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= message_modified_utf_7_first_final;
}

}  // namespace postkeep::message
