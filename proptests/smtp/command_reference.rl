// The grammars of lines, commands, addresses, parameters and SASL lines, and
// nothing else: the oracles of proptests/smtp/command_laws.h.

#include "smtp/command_laws.h"

%%{
  machine line_reference;
  alphtype unsigned char;
  include rfc5321_command "rfc5321_command.rl";
  main := profile_command_line;
  write data noentry noerror;
}%%

%%{
  machine command_reference;
  alphtype unsigned char;
  include rfc5321_command "rfc5321_command.rl";
  main := profile_command;
  write data noentry noerror;
}%%

%%{
  machine mailbox_reference;
  alphtype unsigned char;
  include rfc5321_address "rfc5321_address.rl";
  main := profile_Mailbox;
  write data noentry noerror;
}%%

%%{
  machine parameter_reference;
  alphtype unsigned char;
  include rfc5321_parameter "rfc5321_parameter.rl";
  main := parameter;
  write data noentry noerror;
}%%

%%{
  machine sasl_line_reference;
  alphtype unsigned char;
  include rfc5321_command "rfc5321_command.rl";
  main := auth_response;
  write data noentry noerror;
}%%

namespace postkeep::smtp {

bool reference_accepts_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine line_reference; write init; write exec; }%%
  return p == pe && cs >= line_reference_first_final;
}

bool reference_accepts_command(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine command_reference; write init; write exec; }%%
  return p == pe && cs >= command_reference_first_final;
}

bool reference_accepts_mailbox(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine mailbox_reference; write init; write exec; }%%
  return p == pe && cs >= mailbox_reference_first_final;
}

bool reference_accepts_parameter(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine parameter_reference; write init; write exec; }%%
  return p == pe && cs >= parameter_reference_first_final;
}

bool reference_accepts_sasl_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine sasl_line_reference; write init; write exec; }%%
  return p == pe && cs >= sasl_line_reference_first_final;
}

}  // namespace postkeep::smtp
