// The machine of pop3/line.h. Which octets are a line is said in
// grammar/rfc1939_command.rl: test proof_pop3_line_machine_is_the_grammar shows
// that main accepts exactly its line.

#include "pop3/line.h"

%%{
  machine pop3_line;
  alphtype unsigned char;

  include rfc1939_command "rfc1939_command.rl";

  action line_octet { line_octet(fc); }
  action line_end { line_end(); fbreak; }

  main := line_octet* $line_octet CRLF @line_end;
}%%

namespace postkeep::pop3 {

%% write data noentry nofinal;

LineReader::LineReader() { start_line(); }

void LineReader::start_line() {
  int cs = 0;
  %% write init;
  machine_state_ = cs;
  text_.clear();
  octets_ = 0;
  complete_ = false;
}

std::size_t LineReader::run(Octets input) {
  int cs = machine_state_;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  machine_state_ = cs;
  if (cs == pop3_line_error) refuse(*p);
  return static_cast<std::size_t>(p - input.data());
}

}  // namespace postkeep::pop3
