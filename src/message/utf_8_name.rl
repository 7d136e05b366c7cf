// The second machine of message/modified_utf_7.h: whether a name is UTF_8_name
// of grammar/rfc3501_mailbox_name.rl.

#include "message/modified_utf_7.h"

%%{
  machine message_utf_8_name;
  alphtype unsigned char;

  include rfc3501_mailbox_name "rfc3501_mailbox_name.rl";

  main := UTF_8_name;
}%%

namespace postkeep::message {

%% write data noentry noerror;

bool is_utf_8_name(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= message_utf_8_name_first_final;
}

}  // namespace postkeep::message
