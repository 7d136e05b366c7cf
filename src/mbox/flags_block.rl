// The machine of FlagsBlockMachine in mbox/message.h: test
// proof_mbox_flags_block_machine_is_the_grammar shows that main accepts exactly
// flags_block of grammar/rfc4155_mbox.rl.

#include "mbox/message.h"

%%{
  machine mbox_flags_block;
  alphtype unsigned char;

  include rfc4155_mbox "rfc4155_mbox.rl";

  action crlf_end { crlf_end(); }
  action octets_digit { octets_digit(fc); }
  action seen { seen(); }
  action answered { answered(); }
  action flagged { flagged(); }
  action draft { draft(); }
  action deleted { deleted(); }
  action keyword_start { keyword_start(); }
  action keyword_octet { keyword_octet(fc); }
  action block_end { block_end(); fbreak; }

  main := "X-Postkeep-Text: " ( "crlf" @crlf_end | "as-is" ) SP
          ( DIGIT{1,18} $octets_digit ) LF
          "Status: " ( "R" @seen )? "O" LF
          "X-Status: " ( "A" @answered )? ( "F" @flagged )? ( "D" @deleted )?
          ( "T" @draft )? LF
          "X-Keywords:" ( SP ( keyword >keyword_start $keyword_octet ) )*
          LF @block_end;
}%%

namespace postkeep::mbox {

%% write data noentry nofinal noerror;

std::size_t FlagsBlockMachine::run(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return complete_ ? static_cast<std::size_t>(p - text.data()) : 0;
}

}  // namespace postkeep::mbox
