// The grammar and nothing else: the oracle of
// proptests/message/modified_utf_7_laws.h.

#include "message/modified_utf_7_laws.h"

%%{
  machine message_modified_utf_7_reference;
  alphtype unsigned char;

  include rfc3501_mailbox_name "rfc3501_mailbox_name.rl";

  main := modified_UTF_7;
}%%

namespace postkeep::message {

%% write data noentry noerror;

bool reference_accepts_modified_utf_7(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= message_modified_utf_7_reference_first_final;
}

static int step(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %% write exec;
  return cs;
}

static bool is_final(int state) {
  return state >= message_modified_utf_7_reference_first_final;
}

Automaton modified_utf_7_automaton() {
  int cs = 0;
  %% write init;
  return {cs, step, is_final};
}

}  // namespace postkeep::message
