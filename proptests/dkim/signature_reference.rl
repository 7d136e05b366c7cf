// The grammar of what is written, and nothing else: the oracles of
// proptests/dkim/signature_laws.h.

#include "dkim/signature_laws.h"

%%{
  machine dkim_signature_reference;
  alphtype unsigned char;
  include rfc6376_dkim "rfc6376_dkim.rl";
  main := written_signature;
  write data noentry noerror;
}%%

%%{
  machine dkim_record_reference;
  alphtype unsigned char;
  include rfc6376_dkim "rfc6376_dkim.rl";
  main := written_key_record;
  write data noentry noerror;
}%%

namespace postkeep::dkim {

bool reference_accepts_signature(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine dkim_signature_reference; write init; write exec; }%%
  return p == pe && cs >= dkim_signature_reference_first_final;
}

bool reference_accepts_key_record(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine dkim_record_reference; write init; write exec; }%%
  return p == pe && cs >= dkim_record_reference_first_final;
}

}  // namespace postkeep::dkim
