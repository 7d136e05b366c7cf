%%{
  # RFC 3501 Internet Message Access Protocol - Version 4rev1
  # Section 5.1.3. Mailbox International Naming Convention
  # https://www.rfc-editor.org/rfc/rfc3501#section-5.1.3
  # Said there in prose: grammar/abnf/rfc3501_mailbox_name.abnf has it with the
  # sentences.
  machine rfc3501_mailbox_name;

  include rfc5234_core "rfc5234_core.rl";
  include rfc3629_utf8 "rfc3629_utf8.rl";

  # direct = %x20-25 / %x27-7E
  direct = 0x20..0x25 | 0x27..0x7E;

  # plain = direct / "&-"
  plain = direct | "&-";

  # mbase64-char = %x41-5A / %x61-7A / %x30-39 / "+" / ","
  mbase64_char = 0x41..0x5A | 0x61..0x7A | 0x30..0x39 | "+" | ",";

  # two-bits-zero = those whose value is a multiple of 4
  two_bits_zero = "A" | "E" | "I" | "M" | "Q" | "U" | "Y" | "c" | "g" |
                  "k" | "o" | "s" | "w" | "0" | "4" | "8";

  # four-bits-zero = those whose value is a multiple of 16
  four_bits_zero = "A" | "Q" | "g" | "w";

  # mbase64 = *(8mbase64-char) (2mbase64-char two-bits-zero /
  #           5mbase64-char four-bits-zero / 8mbase64-char)
  mbase64 = ( mbase64_char{8} )* ( mbase64_char{2} two_bits_zero |
            mbase64_char{5} four_bits_zero | mbase64_char{8} );

  # shifted = "&" mbase64 "-"
  shifted = "&" mbase64 "-";

  # modified-UTF-7 = *plain [shifted *(1*plain shifted) *plain]
  modified_UTF_7 = plain* ( shifted ( plain+ shifted )* plain* )?;

  # UTF-8-name = UTF-8 without U+0000 to U+001F, U+007F to U+009F, U+2028
  #              and U+2029
  UTF_8_name = ( 0x20..0x7E | ( ( UTF8_2 | UTF8_3 | UTF8_4 ) -
               ( 0xC2 0x80..0x9F | 0xE2 0x80 0xA8..0xA9 ) ) )*;
}%%
