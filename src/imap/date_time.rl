// The second machine of imap/date.h: APPEND's date-time. Which octets are one
// is not said here but in grammar/rfc9051_date.rl: test
// proof_imap_date_time_machine_is_the_grammar shows that main accepts exactly
// its date_time. What an action does is said in imap/date.cc.

#include "imap/date.h"

%%{
  machine imap_date_time;
  alphtype unsigned char;

  include rfc9051_date "rfc9051_date.rl";

  action day_digit         { day_digit(fc); }
  action month_letter      { month_letter(fc); }
  action year_digit        { year_digit(fc); }
  action hour_digit        { hour_digit(fc); }
  action minute_digit      { minute_digit(fc); }
  action second_digit      { second_digit(fc); }
  action zone_sign         { zone_sign(fc); }
  action zone_hour_digit   { zone_hour_digit(fc); }
  action zone_minute_digit { zone_minute_digit(fc); }

  two = DIGIT{2};
  day = SP DIGIT $day_digit | two $day_digit;

  main := DQUOTE day "-" date_month $month_letter "-" date_year $year_digit
          SP two $hour_digit ":" two $minute_digit ":" two $second_digit
          SP ( "+" | "-" ) $zone_sign two $zone_hour_digit
          two $zone_minute_digit DQUOTE;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool DateReader::run_date_time(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_date_time_first_final;
}

}  // namespace postkeep::imap
