// The machine of smtp/data.h. Where mail data ends is said in
// grammar/rfc5321_data.rl: test proof_smtp_data_machine_is_the_grammar shows
// that main accepts exactly its profile_data_stream. What an action does is
// said in smtp/data.cc.

#include "smtp/data.h"

%%{
  machine smtp_data;
  alphtype unsigned char;

  include rfc5321_data "rfc5321_data.rl";

  action cr { cr(); }
  action line_end { line_end(); }
  action text { text(); fbreak; }
  action dot { dot(); }
  action data_end { data_end(); fbreak; }

  # The same lines as kept_line, octet by octet: a CR is held back until it is
  # known what comes after it.
  octet = no_cr @text | ( CR @cr )+ no_crlf @text;
  line = octet* ( CR @cr )+ LF @line_end;
  undotted = ( no_cr - "." ) @text line | ( CR @cr )+ no_crlf @text line |
             ( CR @cr )+ LF @line_end;
  dotted = octet line | ( CR @cr ){2,} LF @line_end;

  main := ( undotted | "." @dot dotted )* "." CR LF @data_end;
}%%

namespace postkeep::smtp {

%% write data noentry nofinal noerror;

void DataReader::start_machine() {
  int cs = 0;
  %% write init;
  machine_state_ = cs;
}

void DataReader::run() {
  int cs = machine_state_;
  const Octet*& p = at_;
  const Octet* const pe = end_;
  %% write exec;
  machine_state_ = cs;
}

}  // namespace postkeep::smtp
