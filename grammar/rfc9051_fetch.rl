%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: what FETCH asks for
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  # With the items that RFC 3501 section 9 and RFC 7162 section 7 add.
  machine rfc9051_fetch;

  include rfc9051_string "rfc9051_string.rl";

  # header-list = "(" header-fld-name *(SP header-fld-name) ")"
  header_list = "(" header_fld_name ( SP header_fld_name )* ")";

  # section-msgtext = "HEADER" /
  #                   "HEADER.FIELDS" [".NOT"] SP header-list /
  #                   "TEXT"
  section_msgtext = "HEADER"i | "HEADER.FIELDS"i ".NOT"i? SP header_list |
                    "TEXT"i;

  # section-part = nz-number *("." nz-number)
  section_part = nz_number ( "." nz_number )*;

  # section-text = section-msgtext / "MIME"
  section_text = section_msgtext | "MIME"i;

  # section-spec = section-msgtext / (section-part ["." section-text])
  section_spec = section_msgtext | section_part ( "." section_text )?;

  # section = "[" [section-spec] "]"
  section = "[" section_spec? "]";

  # section-binary = "[" [section-part] "]"
  section_binary = "[" section_part? "]";

  # partial = "<" number64 "." nz-number64 ">"
  partial = "<" number64 "." nz_number64 ">";

  # fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" /
  #             "RFC822.SIZE" /
  #             "BODY" ["STRUCTURE"] / "UID" /
  #             "BODY" section [partial] /
  #             "BODY.PEEK" section [partial] /
  #             "BINARY" [".PEEK"] section-binary [partial] /
  #             "BINARY.SIZE" section-binary
  # fetch-att =/ "RFC822" [".HEADER" / ".SIZE" / ".TEXT"]  (RFC 3501)
  # fetch-att =/ fetch-mod-sequence                        (RFC 7162)
  # fetch-mod-sequence = "MODSEQ"
  fetch_att = "ENVELOPE"i | "FLAGS"i | "INTERNALDATE"i |
              "RFC822.SIZE"i |
              "BODY"i "STRUCTURE"i? | "UID"i |
              "BODY"i section partial? |
              "BODY.PEEK"i section partial? |
              "BINARY"i ".PEEK"i? section_binary partial? |
              "BINARY.SIZE"i section_binary |
              "RFC822"i ( ".HEADER"i | ".SIZE"i | ".TEXT"i )? |
              "MODSEQ"i;

  # fetch-items = "ALL" / "FULL" / "FAST" /
  #               fetch-att / "(" fetch-att *(SP fetch-att) ")"
  # What RFC 9051's fetch has in parentheses.
  fetch_items = "ALL"i | "FULL"i | "FAST"i |
                fetch_att | "(" fetch_att ( SP fetch_att )* ")";
}%%
