%%{
  # RFC 2047 MIME Part Three: Message Header Extensions for Non-ASCII Text
  # Section 2. Syntax of encoded-words; RFC 2231 section 5, their language
  # https://www.rfc-editor.org/rfc/rfc2047#section-2
  # Quoted as abnf/postkeep_rfc2047.abnf writes it out.
  machine rfc2047_encoded_word;

  include rfc5234_core "rfc5234_core.rl";

  # charset = 1*(%d33 / %d35-39 / %d43 / %d45 / %d48-57 / %d65-90 / %d92 /
  #           %d94-126)
  charset = ( 33 | 35..39 | 43 | 45 | 48..57 | 65..90 | 92 | 94..126 )+;

  # language = 1*8ALPHA *("-" 1*8(ALPHA / DIGIT))
  language = ALPHA{1,8} ( "-" ( ALPHA | DIGIT ){1,8} )*;

  # encoding = "B" / "Q"
  encoding = "B"i | "Q"i;

  # encoded-text = 1*(%d33-62 / %d64-126)
  encoded_text = ( 33..62 | 64..126 )+;

  # encoded-word = "=?" charset ["*" language] "?" encoding "?"
  #                encoded-text "?="
  encoded_word = "=?" charset ( "*" language )? "?" encoding "?"
                 encoded_text "?=";

  # Tolerated, as mail has it: no text at all, SPACE and octets above 127 in
  # the text, any language.
  tolerated_language = ( ALPHA | DIGIT | "-" )*;
  tolerated_encoded_text = ( 32..62 | 64..126 | 128..255 )*;
  tolerated_encoded_word = "=?" charset ( "*" tolerated_language )? "?"
                           encoding "?" tolerated_encoded_text "?=";
}%%
