// The grammars and nothing else: the oracles of proptests/smtp/
// capability_laws.h.

#include "smtp/capability_laws.h"

%%{
  machine ehlo_line_reference;
  alphtype unsigned char;
  include rfc5321_ehlo "rfc5321_ehlo.rl";
  main := tolerated_ehlo_line;
  write data noentry noerror;
}%%

%%{
  machine status_text_reference;
  alphtype unsigned char;
  include rfc3463_status_code "rfc3463_status_code.rl";
  main := tolerated_status_text;
  write data noentry noerror;
}%%

namespace postkeep::smtp {

bool reference_accepts_ehlo_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine ehlo_line_reference; write init; write exec; }%%
  return p == pe && cs >= ehlo_line_reference_first_final;
}

bool reference_accepts_status_text(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine status_text_reference; write init; write exec; }%%
  return p == pe && cs >= status_text_reference_first_final;
}

}  // namespace postkeep::smtp
