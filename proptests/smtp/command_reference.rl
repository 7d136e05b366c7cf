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

static int step_line(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %%{ machine line_reference; write exec; }%%
  return cs;
}

static bool is_final_line(int state) {
  return state >= line_reference_first_final;
}

Automaton line_automaton() {
  int cs = 0;
  %%{ machine line_reference; write init; }%%
  return {cs, step_line, is_final_line};
}

static int step_command(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %%{ machine command_reference; write exec; }%%
  return cs;
}

static bool is_final_command(int state) {
  return state >= command_reference_first_final;
}

Automaton command_automaton() {
  int cs = 0;
  %%{ machine command_reference; write init; }%%
  return {cs, step_command, is_final_command};
}

static int step_mailbox(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %%{ machine mailbox_reference; write exec; }%%
  return cs;
}

static bool is_final_mailbox(int state) {
  return state >= mailbox_reference_first_final;
}

Automaton mailbox_automaton() {
  int cs = 0;
  %%{ machine mailbox_reference; write init; }%%
  return {cs, step_mailbox, is_final_mailbox};
}

static int step_parameter(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %%{ machine parameter_reference; write exec; }%%
  return cs;
}

static bool is_final_parameter(int state) {
  return state >= parameter_reference_first_final;
}

Automaton parameter_automaton() {
  int cs = 0;
  %%{ machine parameter_reference; write init; }%%
  return {cs, step_parameter, is_final_parameter};
}

static int step_sasl_line(int state, Octet octet) {
  int cs = state;
  const Octet* p = &octet;
  const Octet* const pe = p + 1;
  %%{ machine sasl_line_reference; write exec; }%%
  return cs;
}

static bool is_final_sasl_line(int state) {
  return state >= sasl_line_reference_first_final;
}

Automaton sasl_line_automaton() {
  int cs = 0;
  %%{ machine sasl_line_reference; write init; }%%
  return {cs, step_sasl_line, is_final_sasl_line};
}

}  // namespace postkeep::smtp
