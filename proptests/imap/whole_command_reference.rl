// The grammar and nothing else: the oracle of proptests/imap/command_laws.h for
// whole commands, search keys nested twice.

#include "imap/command_laws.h"

%%{
  machine imap_whole_command_reference;
  alphtype unsigned char;

  include rfc9051_whole_command "rfc9051_whole_command.rl";

  main := whole_command;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool reference_accepts_whole_command(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_whole_command_reference_first_final;
}

}  // namespace postkeep::imap
