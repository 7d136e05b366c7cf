// The machine of message/date_time.h. Which octets are a date is not said
// here but in grammar/rfc5322_date_time.rl: test
// proof_message_date_time_machine_is_the_grammar shows that main accepts
// exactly its tolerated_date_time. What an action does is said in
// message/date_time.cc.

#include "message/date_time.h"

%%{
  machine message_date_time;
  alphtype unsigned char;

  include rfc5322_date_time "rfc5322_date_time.rl";

  action weekday_letter { weekday_letter(fc); }
  action day_digit      { day_digit(fc); }
  action month_letter   { month_letter(fc); }
  action year_digit     { year_digit(fc); }
  action gap            { gap(); }
  action hour_digit     { hour_digit(fc); }
  action minute_digit   { minute_digit(fc); }
  action second_digit   { second_digit(fc); }
  action zone_octet     { zone_octet(fc); }

  cfws = tolerated_CFWS?;
  zone_text = ( "+" | "-" ) $zone_octet DIGIT{4} $zone_octet |
              ALPHA{1,5} $zone_octet;

  # Between year and hour no white space need stand: what digits belong to
  # which is decided by the actions.
  main := ( cfws day_name $weekday_letter cfws "," )?
          cfws DIGIT{1,2} $day_digit cfws month $month_letter
          cfws DIGIT{2,} $year_digit ( cfws $gap )
          ( cfws $gap ) DIGIT{1,2} $hour_digit ( cfws $gap )
          ":" cfws DIGIT{2} $minute_digit cfws
          ( ":" cfws DIGIT{2} $second_digit cfws )?
          ( cfws zone_text )? cfws;
}%%

namespace postkeep::message {

%% write data noentry;

bool DateTimeReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_date_time_first_final;
}

}  // namespace postkeep::message
