// The machine of imap/command_head.h. Which octets are a head is not said here
// but in grammar/rfc9051_command.rl: test
// proof_imap_command_head_machine_is_the_grammar shows that main accepts
// exactly its command_head. What an action does is said in imap/command.cc.

#include "imap/command_head.h"

%%{
  machine imap_command_head;
  alphtype unsigned char;

  include rfc9051_command "rfc9051_command.rl";

  action tag_octet { tag_octet(fc); }
  action tag_end   { tag_end(); }
  action name_end  { name_end(); }

  main := tag $tag_octet
          ( SP @tag_end command_name ( SP | CR ) @name_end | CR @tag_end )
          OCTET*;
}%%

namespace postkeep::imap {

%% write data noentry noerror nofinal;

void CommandHead::run(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
}

}  // namespace postkeep::imap
