// The machine of imap/framer.h: one line, with the literal that its end may
// announce. Which octets are a line is not said here but in
// grammar/rfc9051_literal.rl: test proof_imap_framer_machine_is_the_grammar
// shows that main accepts exactly its line. What an action does is said in
// imap/framer.cc.

#include "imap/framer.h"

%%{
  machine imap_framer;
  alphtype unsigned char;

  include rfc9051_literal "rfc9051_literal.rl";

  action head_start       { head_start(); }
  action head_digit       { head_digit(fc); }
  action head_plus        { head_plus(); }
  action line_end         { line_end(); fbreak; }
  action literal_head_end { literal_head_end(); fbreak; }

  head = "{" @head_start number64 $head_digit ( "+" @head_plus )? "}";

  # Every line but those that announce a literal.
  plain = line_octet* - ( line_octet* literal_head );

  main := plain CRLF @line_end |
          line_octet* head CRLF @literal_head_end;
}%%

namespace postkeep::imap {

%% write data noentry nofinal;

void Framer::start_line() {
  int cs = 0;
  %% write init;
  machine_state_ = cs;
  line_octets_ = 0;
}

std::size_t Framer::run(Octets input) {
  int cs = machine_state_;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  machine_state_ = cs;
  if (cs == imap_framer_error) line_broken(*p);
  return static_cast<std::size_t>(p - input.data());
}

}  // namespace postkeep::imap
