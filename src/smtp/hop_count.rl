// The machine of smtp/hop_count.h. Where a header section ends is said in
// grammar/rfc5321_data.rl: test proof_smtp_hop_count_machine_is_the_grammar
// shows that main accepts exactly its header_scan.

#include "smtp/hop_count.h"

%%{
  machine smtp_hop_count;
  alphtype unsigned char;

  include rfc5321_data "rfc5321_data.rl";

  action received_field_end { received_field_end(); }
  action header_end { header_end(); fbreak; }

  main := ( received_field @received_field_end | header_line )*
          CR? LF @header_end;
}%%

namespace postkeep::smtp {

%% write data noentry nofinal noerror;

void HopCount::start_machine() {
  int cs = 0;
  %% write init;
  machine_state_ = cs;
}

void HopCount::run(Octets octets) {
  int cs = machine_state_;
  const Octet* p = octets.data();
  const Octet* const pe = p + octets.size();
  %% write exec;
  machine_state_ = cs;
}

}  // namespace postkeep::smtp
