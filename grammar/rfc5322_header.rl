%%{
  # RFC 5322 Internet Message Format, with RFC 6532
  # Section 2.2. Header Fields; sections 3.6.8 and 4.5.8, any field
  # https://www.rfc-editor.org/rfc/rfc5322#section-3.6.8
  machine rfc5322_header;

  include rfc5322_lexical "rfc5322_lexical.rl";

  # ftext = %d33-57 / %d59-126
  ftext = 33..57 | 59..126;

  # field-name = 1*ftext
  field_name = ftext+;

  # optional-field = field-name ":" unstructured CRLF
  optional_field = field_name ":" unstructured CRLF;

  # obs-optional = field-name *WSP ":" unstructured CRLF
  obs_optional = field_name WSP* ":" unstructured CRLF;

  # How a field starts, once lines have been cut.
  # field-start = field-name *WSP ":"
  field_start = field_name WSP* ":";

  # Tolerated in what was stored, whose line ends and lines may be anything
  # (message/header.h has the rules): a header block with its empty line. Only
  # where it ends is said here.
  tolerated_empty_line = CR? LF;
  tolerated_line = ( OCTET - LF )+ LF - tolerated_empty_line;
  tolerated_header = tolerated_line* tolerated_empty_line;
}%%
