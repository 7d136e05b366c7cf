// The first machine of imap/date.h: SEARCH's date. Which octets are one is not
// said here but in grammar/rfc9051_date.rl: test
// proof_imap_date_machine_is_the_grammar shows that main accepts exactly its
// date. What an action does is said in imap/date.cc.

#include "imap/date.h"

%%{
  machine imap_date;
  alphtype unsigned char;

  include rfc9051_date "rfc9051_date.rl";

  action day_digit    { day_digit(fc); }
  action month_letter { month_letter(fc); }
  action year_digit   { year_digit(fc); }

  text = date_day $day_digit "-" date_month $month_letter "-"
         date_year $year_digit;

  main := text | DQUOTE text DQUOTE;
}%%

namespace postkeep::imap {

%% write data noentry noerror;

bool DateReader::run_date(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= imap_date_first_final;
}

}  // namespace postkeep::imap
