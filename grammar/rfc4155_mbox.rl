%%{
  # RFC 4155 The application/mbox Media Type
  # Appendix A. The "default" mbox Database Format
  # https://www.rfc-editor.org/rfc/rfc4155#appendix-A
  machine rfc4155_mbox;

  include rfc5234_core "rfc5234_core.rl";

  # day-name = %s"Mon" / %s"Tue" / %s"Wed" / %s"Thu" / %s"Fri" / %s"Sat" /
  #            %s"Sun"
  day_name = "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun";

  # month = %s"Jan" / %s"Feb" / %s"Mar" / %s"Apr" / %s"May" / %s"Jun" /
  #         %s"Jul" / %s"Aug" / %s"Sep" / %s"Oct" / %s"Nov" / %s"Dec"
  month = "Jan" | "Feb" | "Mar" | "Apr" | "May" | "Jun" | "Jul" | "Aug" |
          "Sep" | "Oct" | "Nov" | "Dec";

  # sender-octet = %x21-7E / %x80-FF
  sender_octet = 0x21..0x7E | 0x80..0xFF;

  # quoted-sender = DQUOTE *( %x20-21 / %x23-5B / %x5D-7E / %x80-FF /
  #                 "\" %x20-7E ) DQUOTE "@" 1*sender-octet
  quoted_sender = DQUOTE ( 0x20..0x21 | 0x23..0x5B | 0x5D..0x7E | 0x80..0xFF |
                           "\\" 0x20..0x7E )* DQUOTE "@" sender_octet+;

  # sender = 1*sender-octet / quoted-sender
  sender = sender_octet+ | quoted_sender;

  # From-line = %s"From " sender SP day-name SP month SP
  #             ( SP DIGIT / 2DIGIT ) SP 2DIGIT ":" 2DIGIT ":" 2DIGIT SP
  #             4DIGIT LF
  From_line = "From " sender SP day_name SP month SP ( SP DIGIT | DIGIT{2} )
              SP DIGIT{2} ":" DIGIT{2} ":" DIGIT{2} SP DIGIT{4} LF;

  # zone = 1*5ALPHA / ( "+" / "-" ) 4DIGIT
  zone = ALPHA{1,5} | ( "+" | "-" ) DIGIT{4};

  # any-timestamp = day-name 1*SP month 1*SP 1*2DIGIT 1*SP 2DIGIT ":" 2DIGIT
  #                 [ ":" 2DIGIT ] 1*SP [ zone 1*SP ] 4DIGIT [ 1*SP zone ]
  any_timestamp = day_name SP+ month SP+ DIGIT{1,2} SP+ DIGIT{2} ":" DIGIT{2}
                  ( ":" DIGIT{2} )? SP+ ( zone SP+ )? DIGIT{4} ( SP+ zone )?;

  # any-From-line = %s"From " *SP [ sender 1*SP ] any-timestamp
  #                 [ 1*SP %s"remote from " 1*sender-octet ] *SP [ CR ] LF
  tolerated_any_From_line = "From " SP* ( sender SP+ )? any_timestamp
                            ( SP+ "remote from " sender_octet+ )? SP* CR? LF;

  # keyword = 1*%x21-7E
  keyword = ( 0x21..0x7E )+;

  # flags-block = %s"X-Postkeep-Text: " ( %s"crlf" / %s"as-is" ) SP 1*18DIGIT
  #               LF %s"Status: " [ %s"R" ] %s"O" LF
  #               %s"X-Status: " [ %s"A" ] [ %s"F" ] [ %s"D" ] [ %s"T" ] LF
  #               %s"X-Keywords:" *( SP keyword ) LF
  flags_block = "X-Postkeep-Text: " ( "crlf" | "as-is" ) SP DIGIT{1,18} LF
                "Status: " "R"? "O" LF
                "X-Status: " "A"? "F"? "D"? "T"? LF
                "X-Keywords:" ( SP keyword )* LF;

  # value-octet = HTAB / %x20-7E / %x80-FF
  value_octet = HTAB | 0x20..0x7E | 0x80..0xFF;

  # status-field = ( "Status" / "X-Status" / "X-Keywords" / "X-UID" /
  #                "X-IMAPbase" / "X-IMAP" / "X-Mozilla-Keys" /
  #                "X-Mozilla-Status2" ) ":" *value-octet [ CR ] LF /
  #                "X-Mozilla-Status:" *WSP 4HEXDIG *WSP [ CR ] LF
  status_field = ( "Status"i | "X-Status"i | "X-Keywords"i | "X-UID"i |
                   "X-IMAPbase"i | "X-IMAP"i | "X-Mozilla-Keys"i |
                   "X-Mozilla-Status2"i ) ":" value_octet* CR? LF |
                 "X-Mozilla-Status:"i WSP* HEXDIG{4} WSP* CR? LF;
}%%
