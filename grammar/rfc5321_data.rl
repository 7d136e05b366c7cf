%%{
  # RFC 5321 Simple Mail Transfer Protocol
  # Sections 4.1.1.4, 4.5.2 and 2.3.8: mail data
  # https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2
  machine rfc5321_data;

  include rfc5234_core "rfc5234_core.rl";

  # text-octet = %x01-09 / %x0B-0C / %x0E-FF
  text_octet = 0x01..0x09 | 0x0B..0x0C | 0x0E..0xFF;

  # profile-text = *( text-octet / CRLF )
  profile_text = ( text_octet | CRLF )*;

  # no-cr = %x00-0C / %x0E-FF
  no_cr = 0x00..0x0C | 0x0E..0xFF;

  # no-crlf = %x00-09 / %x0B-0C / %x0E-FF
  no_crlf = 0x00..0x09 | 0x0B..0x0C | 0x0E..0xFF;

  # run-octet = no-cr / 1*CR no-crlf
  run_octet = no_cr | CR+ no_crlf;

  # any-line = *run-octet 1*CR LF
  any_line = run_octet* CR+ LF;

  # nonempty-line = run-octet any-line / 2*CR LF
  nonempty_line = run_octet any_line | CR{2,} LF;

  # undotted-line = CRLF / 2*CR LF /
  #                 ( %x00-0C / %x0E-2D / %x2F-FF / 1*CR no-crlf ) any-line
  undotted_line = CR+ LF |
                  ( 0x00..0x0C | 0x0E..0x2D | 0x2F..0xFF | CR+ no_crlf )
                  any_line;

  # kept-line = undotted-line / "." nonempty-line
  kept_line = undotted_line | "." nonempty_line;

  # profile-data-stream = *kept-line "." CRLF
  profile_data_stream = kept_line* "." CRLF;

  # header-octet = %x00-09 / %x0B-39 / %x3B-FF
  header_octet = 0x00..0x09 | 0x0B..0x39 | 0x3B..0xFF;

  # received-field = "Received" *WSP ":" *( %x00-09 / %x0B-FF ) LF
  received_field = "Received"i WSP* ":" ( 0x00..0x09 | 0x0B..0xFF )* LF;

  # header-line = *( %x00-09 / %x0B-FF ) LF, but not [ CR ] LF
  header_line = ( ( 0x00..0x09 | 0x0B..0xFF )* LF ) - ( CR? LF );

  # header-scan = *header-line [ CR ] LF
  header_scan = header_line* CR? LF;
}%%
