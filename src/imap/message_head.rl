// The second machine of imap/command_head.h: an APPEND up to a message, as
// grammar/rfc9051_command.rl has it in message_head.

#include "imap/command_head.h"

%%{
  machine imap_message_head;
  alphtype unsigned char;

  include rfc9051_command "rfc9051_command.rl";

  main := message_head;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool is_message_head(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_message_head_first_final;
}

}  // namespace postkeep::imap
