%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: date and date-time
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  machine rfc9051_date;

  include rfc5234_core "rfc5234_core.rl";

  # date-day = 1*2DIGIT
  date_day = DIGIT{1,2};

  # date-day-fixed = (SP DIGIT) / 2DIGIT
  date_day_fixed = SP DIGIT | DIGIT{2};

  # date-month = "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" /
  #              "Jul" / "Aug" / "Sep" / "Oct" / "Nov" / "Dec"
  date_month = "Jan"i | "Feb"i | "Mar"i | "Apr"i | "May"i | "Jun"i |
               "Jul"i | "Aug"i | "Sep"i | "Oct"i | "Nov"i | "Dec"i;

  # date-year = 4DIGIT
  date_year = DIGIT{4};

  # date-text = date-day "-" date-month "-" date-year
  date_text = date_day "-" date_month "-" date_year;

  # date = date-text / DQUOTE date-text DQUOTE
  date = date_text | DQUOTE date_text DQUOTE;

  # time = 2DIGIT ":" 2DIGIT ":" 2DIGIT
  time = DIGIT{2} ":" DIGIT{2} ":" DIGIT{2};

  # zone = ("+" / "-") 4DIGIT
  zone = ( "+" | "-" ) DIGIT{4};

  # date-time = DQUOTE date-day-fixed "-" date-month "-" date-year
  #             SP time SP zone DQUOTE
  date_time = DQUOTE date_day_fixed "-" date_month "-" date_year
              SP time SP zone DQUOTE;
}%%
