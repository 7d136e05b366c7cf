%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: atoms, strings and numbers
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  machine rfc9051_string;

  include rfc5234_core "rfc5234_core.rl";
  include rfc3629_utf8 "rfc3629_utf8.rl";

  # TEXT-CHAR = <any CHAR except CR and LF>
  # CHAR = %x01-7F (RFC 5234 appendix B.1)
  TEXT_CHAR = 0x01..0x7F - ( CR | LF );

  # quoted-specials = DQUOTE / "\"
  quoted_specials = DQUOTE | "\\";

  # resp-specials = "]"
  resp_specials = "]";

  # list-wildcards = "%" / "*"
  list_wildcards = "%" | "*";

  # atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards /
  #                 quoted-specials / resp-specials
  # CTL = %x00-1F / %x7F (RFC 5234 appendix B.1)
  atom_specials = "(" | ")" | "{" | SP | 0x00..0x1F | 0x7F | list_wildcards |
                  quoted_specials | resp_specials;

  # ATOM-CHAR = <any CHAR except atom-specials>
  ATOM_CHAR = 0x01..0x7F - atom_specials;

  # atom = 1*ATOM-CHAR
  atom = ATOM_CHAR+;

  # ASTRING-CHAR = ATOM-CHAR / resp-specials
  ASTRING_CHAR = ATOM_CHAR | resp_specials;

  # QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> /
  #               "\" quoted-specials / UTF8-2 / UTF8-3 / UTF8-4
  QUOTED_CHAR = ( TEXT_CHAR - quoted_specials ) |
                "\\" quoted_specials | UTF8_2 | UTF8_3 | UTF8_4;

  # quoted = DQUOTE *QUOTED-CHAR DQUOTE
  quoted = DQUOTE QUOTED_CHAR* DQUOTE;

  # literal = "{" number64 ["+"] "}" CRLF *CHAR8
  # imap/framer.h cuts literals out and leaves one octet NUL for each, which
  # stands nowhere else (section 9, note 3).
  literal = 0x00;

  # literal8 = "~{" number64 ["+"] "}" CRLF *OCTET
  literal8 = "~" 0x00;

  # string = quoted / literal
  string = quoted | literal;

  # astring = 1*ASTRING-CHAR / string
  astring = ASTRING_CHAR+ | string;

  # nil = "NIL"
  nil = "NIL"i;

  # nstring = string / nil
  nstring = string | nil;

  # digit-nz = %x31-39
  digit_nz = 0x31..0x39;

  # number = 1*DIGIT
  number = DIGIT+;

  # nz-number = digit-nz *DIGIT
  nz_number = digit_nz DIGIT*;

  # number64 = 1*DIGIT
  number64 = DIGIT+;

  # nz-number64 = digit-nz *DIGIT
  nz_number64 = digit_nz DIGIT*;

  # tag = 1*<any ASTRING-CHAR except "+">
  tag = ( ASTRING_CHAR - "+" )+;

  # mailbox = "INBOX" / astring
  mailbox = "INBOX"i | astring;

  # list-char = ATOM-CHAR / list-wildcards / resp-specials
  list_char = ATOM_CHAR | list_wildcards | resp_specials;

  # list-mailbox = 1*list-char / string
  list_mailbox = list_char+ | string;

  # header-fld-name = astring
  header_fld_name = astring;

  # base64-char = ALPHA / DIGIT / "+" / "/"
  base64_char = ALPHA | DIGIT | "+" | "/";

  # base64-terminal = (2base64-char "==") / (3base64-char "=")
  base64_terminal = base64_char{2} "==" | base64_char{3} "=";

  # base64 = *(4base64-char) [base64-terminal]
  base64 = ( base64_char{4} )* base64_terminal?;
}%%
