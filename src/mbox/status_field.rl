// The machine of StatusFieldMachine in mbox/message.h: test
// proof_mbox_status_field_machine_is_the_grammar shows that main accepts
// exactly status_field of grammar/rfc4155_mbox.rl.

#include "mbox/message.h"

%%{
  machine mbox_status_field;
  alphtype unsigned char;

  include rfc4155_mbox "rfc4155_mbox.rl";

  action is_status { is_status(); }
  action is_x_status { is_x_status(); }
  action is_x_keywords { is_x_keywords(); }
  action is_note { is_note(); }
  action is_internal { is_internal(); }
  action is_mozilla { is_mozilla(); }
  action value_octet { value_octet(fc); }
  action mozilla_digit { mozilla_digit(fc); }

  main := ( "Status:"i @is_status | "X-Status:"i @is_x_status |
            ( "X-Keywords:"i | "X-Mozilla-Keys:"i ) @is_x_keywords |
            ( "X-UID:"i | "X-IMAPbase:"i | "X-Mozilla-Status2:"i ) @is_note |
            "X-IMAP:"i @is_internal )
          ( value_octet* $value_octet ) CR? LF |
          "X-Mozilla-Status:"i @is_mozilla WSP* ( HEXDIG{4} $mozilla_digit )
          WSP* CR? LF;
}%%

namespace postkeep::mbox {

%% write data noentry noerror;

StatusField StatusFieldMachine::run(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  %% write init;
  %% write exec;
  const bool whole = p == pe && cs >= mbox_status_field_first_final;
  return whole ? field_ : StatusField::none;
}

}  // namespace postkeep::mbox
