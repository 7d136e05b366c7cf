%%{
  # RFC 2045 MIME Part One: Format of Internet Message Bodies, sections 5, 6
  # RFC 2183 The Content-Disposition Header Field, section 2
  # RFC 2231 MIME Parameter Value Extensions, section 7
  # RFC 3282 Content Language Headers, section 2
  # https://www.rfc-editor.org/rfc/rfc2045#section-5.1
  # White space and comments, which these RFCs imply, and rules that they say in
  # words are written out in abnf/postkeep_mime.abnf: rules quoted here are
  # those of that file.
  machine rfc2045_mime;

  include rfc5322_lexical "rfc5322_lexical.rl";

  # token = 1*(%d33 / %d35-39 / %d42 / %d43 / %d45 / %d46 / %d48-57 /
  #         %d65-90 / %d94-126)
  token = ( 33 | 35..39 | 42 | 43 | 45 | 46 | 48..57 | 65..90 | 94..126 )+;

  # attribute = token
  attribute = token;

  # value = ([CFWS] token [CFWS]) / quoted-string
  value = CFWS? token CFWS? | quoted_string;

  # parameter = [CFWS] attribute [CFWS] "=" value
  parameter = CFWS? attribute CFWS? "=" value;

  # type = token
  type = token;

  # subtype = token
  subtype = token;

  # content-type-value = [CFWS] type [CFWS] "/" [CFWS] subtype [CFWS]
  #                      *(";" parameter)
  content_type_value = CFWS? type CFWS? "/" CFWS? subtype CFWS?
                       ( ";" parameter )*;

  # mechanism = token
  mechanism = token;

  # encoding-value = [CFWS] mechanism [CFWS]
  encoding_value = CFWS? mechanism CFWS?;

  # disposition-type = token
  disposition_type = token;

  # disposition-value = [CFWS] disposition-type [CFWS] *(";" parameter)
  disposition_value = CFWS? disposition_type CFWS? ( ";" parameter )*;

  # language-tag = 1*8ALPHA *("-" 1*8(ALPHA / DIGIT))
  language_tag = ALPHA{1,8} ( "-" ( ALPHA | DIGIT ){1,8} )*;

  # language-value = [CFWS] language-tag [CFWS]
  #                  *("," [CFWS] language-tag [CFWS])
  language_value = CFWS? language_tag CFWS? ( "," CFWS? language_tag CFWS? )*;

  # attribute-char = %d33 / %d35 / %d36 / %d38 / %d43 / %d45 / %d46 /
  #                  %d48-57 / %d65-90 / %d94-126
  attribute_char = 33 | 35 | 36 | 38 | 43 | 45 | 46 | 48..57 | 65..90 |
                   94..126;

  # initial-section = "*0"
  initial_section = "*0";

  # other-sections = "*" %x31-39 *DIGIT
  other_sections = "*" 0x31..0x39 DIGIT*;

  # section = initial-section / other-sections
  section = initial_section | other_sections;

  # parameter-name = 1*attribute-char [section] ["*"]
  parameter_name = attribute_char+ section? "*"?;

  # ext-octet = "%" 2(DIGIT / "A" / "B" / "C" / "D" / "E" / "F")
  ext_octet = "%" HEXDIG{2};

  # extended-other-values = *(ext-octet / attribute-char)
  extended_other_values = ( ext_octet | attribute_char )*;

  # extended-value = *attribute-char "'" *attribute-char "'"
  #                  extended-other-values
  extended_value = attribute_char* "'" attribute_char* "'"
                   extended_other_values;

  # Tolerated (RFC 5322 section 4: "deal with messages robustly"), all of it
  # seen in mail that was sent:
  #   - values without quotes that hold tspecials, white space or octets above
  #     127 ("name=my file.pdf", "boundary=a=b");
  #   - a parameter that is empty, or has no value ("text/plain;").
  tolerated_value_octet = 33 | 35..39 | 42..58 | 60..126 |
                          tolerated_text_octet;
  tolerated_value = tolerated_CFWS? ( tolerated_quoted tolerated_CFWS? )? |
                    ( tolerated_CFWS | tolerated_value_octet )*;
  tolerated_parameter = tolerated_CFWS? ( attribute tolerated_CFWS?
                                          ( "=" tolerated_value )? )?;
  tolerated_content_type = tolerated_CFWS? token tolerated_CFWS? "/"
                           tolerated_CFWS? token tolerated_CFWS?
                           ( ";" tolerated_parameter )*;
  tolerated_disposition = tolerated_CFWS? token tolerated_CFWS?
                          ( ";" tolerated_parameter )*;
  tolerated_tokens = tolerated_CFWS? token tolerated_CFWS?
                     ( "," tolerated_CFWS? token tolerated_CFWS? )*;
  # Any octets; "%" without two hexadecimal digits stands for itself.
  tolerated_attribute = ( OCTET - "*" )+;
  tolerated_parameter_name = tolerated_attribute section? "*"?;
  tolerated_extended_value = ( OCTET - "'" )* "'" ( OCTET - "'" )* "'" OCTET*;
}%%
