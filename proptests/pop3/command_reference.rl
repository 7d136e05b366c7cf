// The grammars of lines, commands and responses, and nothing else: the oracles
// of proptests/pop3/command_laws.h and response_laws.h.

#include "pop3/command_laws.h"
#include "pop3/response_laws.h"

%%{
  machine pop3_line_reference;
  alphtype unsigned char;
  include rfc1939_command "rfc1939_command.rl";
  main := line;
  write data noentry noerror;
}%%

%%{
  machine pop3_command_reference;
  alphtype unsigned char;
  include rfc1939_command "rfc1939_command.rl";
  main := command;
  write data noentry noerror;
}%%

%%{
  machine pop3_single_line_reference;
  alphtype unsigned char;
  include rfc2449_response "rfc2449_response.rl";
  main := single_line;
  write data noentry noerror;
}%%

%%{
  machine pop3_multi_line_reference;
  alphtype unsigned char;
  include rfc2449_response "rfc2449_response.rl";
  main := multi_line;
  write data noentry noerror;
}%%

%%{
  machine pop3_heard_reference;
  alphtype unsigned char;
  include rfc2449_response "rfc2449_response.rl";
  main := ( single_line | multi_line | continue_req )*;
  write data noentry noerror;
}%%

namespace postkeep::pop3 {

bool reference_accepts_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine pop3_line_reference; write init; write exec; }%%
  return p == pe && cs >= pop3_line_reference_first_final;
}

bool reference_accepts_command(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine pop3_command_reference; write init; write exec; }%%
  return p == pe && cs >= pop3_command_reference_first_final;
}

bool reference_accepts_single_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine pop3_single_line_reference; write init; write exec; }%%
  return p == pe && cs >= pop3_single_line_reference_first_final;
}

bool reference_accepts_multi_line(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine pop3_multi_line_reference; write init; write exec; }%%
  return p == pe && cs >= pop3_multi_line_reference_first_final;
}

bool reference_accepts_heard(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %%{ machine pop3_heard_reference; write init; write exec; }%%
  return p == pe && cs >= pop3_heard_reference_first_final;
}

static int step_command(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %%{ machine pop3_command_reference; write exec; }%%
  return cs;
}

static bool is_final_command(int state) {
  return state >= pop3_command_reference_first_final;
}

Automaton command_automaton() {
  int cs = 0;
  %%{ machine pop3_command_reference; write init; }%%
  return {cs, step_command, is_final_command};
}

}  // namespace postkeep::pop3
