// The grammars of the mbox format, and nothing else: the oracles of
// proptests/mbox/mbox_laws.h.

#include "mbox/mbox_laws.h"

%%{
  machine from_line_reference;
  alphtype unsigned char;
  include rfc4155_mbox "rfc4155_mbox.rl";
  main := tolerated_any_From_line;
  write data noentry noerror;
}%%

%%{
  machine status_field_reference;
  alphtype unsigned char;
  include rfc4155_mbox "rfc4155_mbox.rl";
  main := status_field;
  write data noentry noerror;
}%%

namespace postkeep::mbox {

bool reference_accepts_from_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine from_line_reference; write init; write exec; }%%
  return p == pe && cs >= from_line_reference_first_final;
}

bool reference_accepts_status_field(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine status_field_reference; write init; write exec; }%%
  return p == pe && cs >= status_field_reference_first_final;
}

}  // namespace postkeep::mbox
