%%{
  # RFC 1939 Post Office Protocol - Version 3
  # Sections 3 to 7, with the commands of RFC 2449, 2595, 5034 and 6856
  # https://www.rfc-editor.org/rfc/rfc1939
  machine rfc1939_command;

  include rfc5234_core "rfc5234_core.rl";
  include rfc3629_utf8 "rfc3629_utf8.rl";
  include rfc4648_base64 "rfc4648_base64.rl";

  # msg = 1*DIGIT
  msg = DIGIT+;

  # lines = 1*DIGIT
  lines = DIGIT+;

  # name = 1*(VCHAR / UTF8-non-ascii)
  name = ( VCHAR | UTF8_non_ascii )+;

  # string = 1*(VCHAR / SP / UTF8-non-ascii)
  string = ( VCHAR | SP | UTF8_non_ascii )+;

  # alphanum = ALPHA / DIGIT
  alphanum = ALPHA | DIGIT;

  # language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*"
  language_range = ALPHA{1,8} ( "-" alphanum{1,8} )* | "*";

  # mech-char = ALPHA / DIGIT / "-" / "_"
  mech_char = ALPHA | DIGIT | "-" | "_";

  # sasl-mech = 1*20mech-char
  sasl_mech = mech_char{1,20};

  # initial-response = 1*base64-4 [base64-3 / base64-2] / base64-3 /
  #                    base64-2 / "="
  initial_response = base64_4+ ( base64_3 | base64_2 )? | base64_3 |
                     base64_2 | "=";

  # stat = "STAT" CRLF
  stat = "STAT"i CRLF;

  # list = "LIST" [SP msg] CRLF
  list = "LIST"i ( SP msg )? CRLF;

  # retr = "RETR" SP msg CRLF
  retr = "RETR"i SP msg CRLF;

  # dele = "DELE" SP msg CRLF
  dele = "DELE"i SP msg CRLF;

  # noop = "NOOP" CRLF
  noop = "NOOP"i CRLF;

  # rset = "RSET" CRLF
  rset = "RSET"i CRLF;

  # quit = "QUIT" CRLF
  quit = "QUIT"i CRLF;

  # top = "TOP" SP msg SP lines CRLF
  top = "TOP"i SP msg SP lines CRLF;

  # uidl = "UIDL" [SP msg] CRLF
  uidl = "UIDL"i ( SP msg )? CRLF;

  # user = "USER" SP name CRLF
  user = "USER"i SP name CRLF;

  # pass = "PASS" SP string CRLF
  pass = "PASS"i SP string CRLF;

  # capa = "CAPA" CRLF
  capa = "CAPA"i CRLF;

  # stls = "STLS" CRLF
  stls = "STLS"i CRLF;

  # utf8 = "UTF8" CRLF
  utf8 = "UTF8"i CRLF;

  # lang = "LANG" [SP language-range] CRLF
  lang = "LANG"i ( SP language_range )? CRLF;

  # auth = "AUTH" SP sasl-mech [SP initial-response] CRLF
  auth = "AUTH"i SP sasl_mech ( SP initial_response )? CRLF;

  # command = capa / stls / user / pass / auth / utf8 / lang / quit / stat /
  #           list / retr / dele / noop / rset / top / uidl
  command = capa | stls | user | pass | auth | utf8 | lang | quit | stat |
            list | retr | dele | noop | rset | top | uidl;

  # line-octet = %x01-09 / %x0B-0C / %x0E-FF
  line_octet = 0x01..0x09 | 0x0B..0x0C | 0x0E..0xFF;

  # line = *line-octet CRLF
  line = line_octet* CRLF;
}%%
