// The second machine of imap/mailbox_name.h: whether a name is UTF_8_name of
// grammar/rfc3501_mailbox_name.rl.

#include "imap/mailbox_name.h"

%%{
  machine imap_utf_8_name;
  alphtype unsigned char;

  include rfc3501_mailbox_name "rfc3501_mailbox_name.rl";

  main := UTF_8_name;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool is_utf_8_name(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_utf_8_name_first_final;
}

}  // namespace postkeep::imap
