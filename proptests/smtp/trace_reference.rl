// The grammar of the trace fields that are written, and nothing else: the
// oracle of proptests/smtp/trace_laws.h.

#include "smtp/trace_laws.h"

%%{
  machine received_reference;
  alphtype unsigned char;
  include rfc5321_trace "rfc5321_trace.rl";
  main := written_received;
  write data noentry noerror;
}%%

%%{
  machine return_path_reference;
  alphtype unsigned char;
  include rfc5321_trace "rfc5321_trace.rl";
  main := written_return_path;
  write data noentry noerror;
}%%

namespace postkeep::smtp {

bool reference_accepts_received(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine received_reference; write init; write exec; }%%
  return p == pe && cs >= received_reference_first_final;
}

bool reference_accepts_return_path(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine return_path_reference; write init; write exec; }%%
  return p == pe && cs >= return_path_reference_first_final;
}

}  // namespace postkeep::smtp
