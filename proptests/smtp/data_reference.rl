// The grammars of mail data and nothing else: the oracles of
// proptests/smtp/data_laws.h.

#include "smtp/data_laws.h"

%%{
  machine data_reference;
  alphtype unsigned char;
  include rfc5321_data "rfc5321_data.rl";
  main := profile_data_stream;
  write data noentry noerror;
}%%

%%{
  machine text_reference;
  alphtype unsigned char;
  include rfc5321_data "rfc5321_data.rl";
  main := profile_text;
  write data noentry noerror;
}%%

namespace postkeep::smtp {

bool reference_accepts_data(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine data_reference; write init; write exec; }%%
  return p == pe && cs >= data_reference_first_final;
}

bool reference_accepts_text(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine text_reference; write init; write exec; }%%
  return p == pe && cs >= text_reference_first_final;
}

}  // namespace postkeep::smtp
