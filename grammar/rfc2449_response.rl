%%{
  # RFC 2449 POP3 Extension Mechanism
  # Section 3. General Command and Response Grammar
  # https://www.rfc-editor.org/rfc/rfc2449#section-3
  machine rfc2449_response;

  include rfc5234_core "rfc5234_core.rl";
  include rfc4648_base64 "rfc4648_base64.rl";

  # rchar = %x21-2E / %x30-5B / %x5E-7E
  rchar = 0x21..0x2E | 0x30..0x5B | 0x5E..0x7E;

  # resp-level = 1*rchar
  resp_level = rchar+;

  # resp-code = "[" resp-level *("/" resp-level) "]"
  resp_code = "[" resp_level ( "/" resp_level )* "]";

  # tchar = %x20-7E
  tchar = 0x20..0x7E;

  # schar = %x20-5A / %x5C-7E
  schar = 0x20..0x5A | 0x5C..0x7E;

  # text = resp-code *tchar / schar *tchar
  text = resp_code tchar* | schar tchar*;

  # status = "+OK" / "-ERR"
  status = "+OK"i | "-ERR"i;

  # single-line = status [SP text] CRLF
  single_line = status ( SP text )? CRLF;

  # ok-line = "+OK" [SP text] CRLF
  ok_line = "+OK"i ( SP text )? CRLF;

  # line-octet = %x00-09 / %x0B-FF
  line_octet = 0x00..0x09 | 0x0B..0xFF;

  # first-octet = %x00-09 / %x0B-2D / %x2F-FF
  first_octet = 0x00..0x09 | 0x0B..0x2D | 0x2F..0xFF;

  # stuffed-first = "." line-octet / first-octet
  stuffed_first = "." line_octet | first_octet;

  # stuffed-line = [stuffed-first *line-octet] CRLF
  stuffed_line = ( stuffed_first line_octet* )? CRLF;

  # multi-line = ok-line *stuffed-line "." CRLF
  multi_line = ok_line stuffed_line* "." CRLF;

  # continue-req = "+" SP [base64] CRLF
  continue_req = "+" SP base64? CRLF;
}%%
