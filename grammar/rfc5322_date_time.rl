%%{
  # RFC 5322 Internet Message Format
  # Section 3.3. Date and Time Specification; section 4.3, the obsolete forms
  # https://www.rfc-editor.org/rfc/rfc5322#section-3.3
  machine rfc5322_date_time;

  include rfc5322_lexical "rfc5322_lexical.rl";

  # day-name = "Mon" / "Tue" / "Wed" / "Thu" / "Fri" / "Sat" / "Sun"
  day_name = "Mon"i | "Tue"i | "Wed"i | "Thu"i | "Fri"i | "Sat"i | "Sun"i;

  # obs-day-of-week = [CFWS] day-name [CFWS]
  obs_day_of_week = CFWS? day_name CFWS?;

  # day-of-week = ([FWS] day-name) / obs-day-of-week
  day_of_week = FWS? day_name | obs_day_of_week;

  # obs-day = [CFWS] 1*2DIGIT [CFWS]
  obs_day = CFWS? DIGIT{1,2} CFWS?;

  # day = ([FWS] 1*2DIGIT FWS) / obs-day
  day = FWS? DIGIT{1,2} FWS | obs_day;

  # month = "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" / "Jul" / "Aug" /
  #         "Sep" / "Oct" / "Nov" / "Dec"
  month = "Jan"i | "Feb"i | "Mar"i | "Apr"i | "May"i | "Jun"i | "Jul"i |
          "Aug"i | "Sep"i | "Oct"i | "Nov"i | "Dec"i;

  # obs-year = [CFWS] 2*DIGIT [CFWS]
  obs_year = CFWS? DIGIT{2,} CFWS?;

  # year = (FWS 4*DIGIT FWS) / obs-year
  year = FWS DIGIT{4,} FWS | obs_year;

  # date = day month year
  date = day month year;

  # obs-hour = [CFWS] 2DIGIT [CFWS]
  obs_hour = CFWS? DIGIT{2} CFWS?;

  # hour = 2DIGIT / obs-hour
  hour = DIGIT{2} | obs_hour;

  # obs-minute = [CFWS] 2DIGIT [CFWS]
  obs_minute = CFWS? DIGIT{2} CFWS?;

  # minute = 2DIGIT / obs-minute
  minute = DIGIT{2} | obs_minute;

  # obs-second = [CFWS] 2DIGIT [CFWS]
  obs_second = CFWS? DIGIT{2} CFWS?;

  # second = 2DIGIT / obs-second
  second = DIGIT{2} | obs_second;

  # time-of-day = hour ":" minute [ ":" second ]
  time_of_day = hour ":" minute ( ":" second )?;

  # obs-zone = "UT" / "GMT" / "EST" / "EDT" / "CST" / "CDT" / "MST" / "MDT" /
  #            "PST" / "PDT" / %d65-73 / %d75-90 / %d97-105 / %d107-122
  obs_zone = "UT"i | "GMT"i | "EST"i | "EDT"i | "CST"i | "CDT"i | "MST"i |
             "MDT"i | "PST"i | "PDT"i | 65..73 | 75..90 | 97..105 | 107..122;

  # zone = (FWS ( "+" / "-" ) 4DIGIT) / obs-zone
  zone = FWS ( "+" | "-" ) DIGIT{4} | obs_zone;

  # time = time-of-day zone
  time = time_of_day zone;

  # date-time = [ day-of-week "," ] date time [CFWS]
  date_time = ( day_of_week "," )? date time CFWS?;

  # Tolerated, measured in archives of mail: a one-digit hour ("9:15:00"), a
  # zone that is missing, that follows without white space, that is a name of
  # up to 5 letters ("CEST": of no meaning, section 4.3), and comments with
  # octets above %d127.
  tolerated_hour = tolerated_CFWS? DIGIT{1,2} tolerated_CFWS?;
  tolerated_two = tolerated_CFWS? DIGIT{2} tolerated_CFWS?;
  tolerated_zone = ( "+" | "-" ) DIGIT{4} | ALPHA{1,5};
  tolerated_date_time =
      ( tolerated_CFWS? day_name tolerated_CFWS? "," )?
      tolerated_CFWS? DIGIT{1,2} tolerated_CFWS? month
      tolerated_CFWS? DIGIT{2,} tolerated_CFWS?
      tolerated_hour ":" tolerated_two ( ":" tolerated_two )?
      ( tolerated_CFWS? tolerated_zone )? tolerated_CFWS?;
}%%
