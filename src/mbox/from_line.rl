// The machine of mbox/from_line.h. Which octets are a From_ line is not said
// here but in grammar/rfc4155_mbox.rl: test
// proof_mbox_from_line_machine_is_the_grammar shows that main accepts exactly
// its tolerated_any_From_line. Two readings of a line (a sender that is quoted
// or not) may be alive at once, but only one of them reaches its end: the
// timestamp of that one was begun last.

#include "mbox/from_line.h"

%%{
  machine mbox_from_line;
  alphtype unsigned char;

  include rfc4155_mbox "rfc4155_mbox.rl";

  action timestamp_start { timestamp_start(); }
  action month_letter { month_letter(fc); }
  action day_digit { day_digit(fc); }
  action hour_digit { hour_digit(fc); }
  action minute_digit { minute_digit(fc); }
  action second_digit { second_digit(fc); }
  action year_digit { year_digit(fc); }
  action zone_start { zone_start(); }
  action zone_octet { zone_octet(fc); }

  zone_text = zone >zone_start $zone_octet;
  timestamp = day_name >timestamp_start SP+ month $month_letter SP+
              DIGIT{1,2} $day_digit SP+ DIGIT{2} $hour_digit ":"
              DIGIT{2} $minute_digit ( ":" DIGIT{2} $second_digit )? SP+
              ( zone_text SP+ )? DIGIT{4} $year_digit ( SP+ zone_text )?;

  main := "From " SP* ( sender SP+ )?
          timestamp ( SP+ "remote from " sender_octet+ )? SP* CR? LF;
}%%

namespace postkeep::mbox {

%% write data noentry noerror;

bool FromLineMachine::run(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= mbox_from_line_first_final;
}

}  // namespace postkeep::mbox
