%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 4.3. String, and section 9: how a literal is announced
  # https://www.rfc-editor.org/rfc/rfc9051#section-4.3
  machine rfc9051_literal;

  include rfc5234_core "rfc5234_core.rl";

  # number64 = 1*DIGIT
  number64 = DIGIT+;

  # literal-head = "{" number64 ["+"] "}"
  # The front of RFC 9051's literal, which goes on with CRLF *CHAR8. RFC 7888
  # section 3: the end of every received line MUST be checked for it.
  literal_head = "{" number64 "+"? "}";

  # line-octet = %x00-09 / %x0B-0C / %x0E-FF
  # Whatever a line may hold before the grammar of commands judges it.
  line_octet = 0x00..0x09 | 0x0B..0x0C | 0x0E..0xFF;

  # announcing-line = *line-octet literal-head CRLF
  announcing_line = line_octet* literal_head CRLF;

  # line = *line-octet CRLF
  line = line_octet* CRLF;
}%%
