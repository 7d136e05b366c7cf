%%{
  # RFC 5321 Simple Mail Transfer Protocol
  # Section 4.4. Trace Information: the fields that this server writes
  # https://www.rfc-editor.org/rfc/rfc5321#section-4.4
  machine rfc5321_trace;

  include rfc5321_address "rfc5321_address.rl";

  # ascii-label = Let-dig *( *"-" Let-dig )
  ascii_label = Let_dig ( "-"* Let_dig )*;

  # ascii-domain = ascii-label *( "." ascii-label )
  ascii_domain = ascii_label ( "." ascii_label )*;

  # comment-octet = %x21-27 / %x2A-5B / %x5D-7E
  comment_octet = 0x21..0x27 | 0x2A..0x5B | 0x5D..0x7E;

  # fold = CRLF HTAB
  fold = CRLF HTAB;

  # written-from = ( ascii-domain [ " (" address-literal ")" ] /
  #                address-literal " (" address-literal ")" )
  #                [ fold "(" ( "EHLO " / "LHLO " ) *comment-octet ")" ]
  written_from = ( ascii_domain ( " (" profile_address_literal ")" )? |
                   profile_address_literal
                   " (" profile_address_literal ")" )
                 ( fold "(" ( "EHLO "i | "LHLO "i ) comment_octet* ")" )?;

  # written-protocol = "SMTP" / ( "ESMTP" / "UTF8SMTP" / "LMTP" /
  #                    "UTF8LMTP" ) ["S"] ["A"]
  written_protocol = "SMTP"i | ( "ESMTP"i | "UTF8SMTP"i | "LMTP"i |
                                 "UTF8LMTP"i ) "S"i? "A"i?;

  # written-tls = fold "(" *comment-octet SP *comment-octet " bits=" 1*10DIGIT
  #               ")"
  written_tls = fold "(" comment_octet* SP comment_octet* " bits="i
                DIGIT{1,10} ")";

  # written-id = 1*( ALPHA / DIGIT / "-" / "_" / "?" )
  written_id = ( ALPHA | DIGIT | "-" | "_" | "?" )+;

  # written-day = "Mon" / "Tue" / "Wed" / "Thu" / "Fri" / "Sat" / "Sun"
  written_day = "Mon"i | "Tue"i | "Wed"i | "Thu"i | "Fri"i | "Sat"i | "Sun"i;

  # written-month = "Jan" / "Feb" / "Mar" / "Apr" / "May" / "Jun" / "Jul" /
  #                 "Aug" / "Sep" / "Oct" / "Nov" / "Dec"
  written_month = "Jan"i | "Feb"i | "Mar"i | "Apr"i | "May"i | "Jun"i |
                  "Jul"i | "Aug"i | "Sep"i | "Oct"i | "Nov"i | "Dec"i;

  # written-date = written-day ", " 1*2DIGIT SP written-month SP 4DIGIT SP
  #                2DIGIT ":" 2DIGIT ":" 2DIGIT " +0000"
  written_date = written_day ", " DIGIT{1,2} SP written_month SP DIGIT{4} SP
                 DIGIT{2} ":" DIGIT{2} ":" DIGIT{2} " +0000";

  # written-received = "Received: from " written-from
  #                    fold "by " ascii-domain " with " written-protocol
  #                    [ written-tls ] fold "id " written-id
  #                    [ fold "for <" Mailbox ">" ] ";" fold written-date CRLF
  written_received = "Received: from "i written_from
                     fold "by "i ascii_domain " with "i written_protocol
                     written_tls? fold "id "i written_id
                     ( fold "for <"i profile_Mailbox ">" )?
                     ";" fold written_date CRLF;

  # written-return-path = "Return-Path: <" [ Mailbox ] ">" CRLF
  written_return_path = "Return-Path: <"i profile_Mailbox? ">" CRLF;
}%%
