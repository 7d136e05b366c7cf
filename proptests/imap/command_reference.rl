// The grammar and nothing else: the oracle of proptests/imap/command_laws.h.

#include "imap/command_laws.h"

%%{
  machine imap_command_reference;
  alphtype unsigned char;

  include rfc9051_command "rfc9051_command.rl";

  main := command;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool reference_accepts_command(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_command_reference_first_final;
}

static int step(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %% write exec;
  return cs;
}

static bool is_final(int state) {
  return state >= imap_command_reference_first_final;
}

Automaton command_automaton() {
  int cs = 0;
  %% write init;
  return {cs, step, is_final};
}

}  // namespace postkeep::imap
