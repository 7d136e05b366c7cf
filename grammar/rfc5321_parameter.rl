%%{
  # Parameters of MAIL and RCPT
  # RFC 1870 section 3, RFC 6152 section 2, RFC 3030 section 3, RFC 3461
  # section 4, RFC 4954 section 5, RFC 6531 section 3.4
  # https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.11
  machine rfc5321_parameter;

  include rfc5321_address "rfc5321_address.rl";

  # xchar = %x21-2A / %x2C-3C / %x3E-7E
  xchar = 0x21..0x2A | 0x2C..0x3C | 0x3E..0x7E;

  # hexchar = "+" HEXDIG HEXDIG
  hexchar = "+" HEXDIG HEXDIG;

  # xtext = *(xchar / hexchar)
  xtext = ( xchar | hexchar )*;

  # profile-ascii-hexchar = "+" ( %x32-36 HEXDIG / "7" ( DIGIT / %x41-45 /
  #                         %x61-65 ) )
  profile_ascii_hexchar = "+" ( 0x32..0x36 HEXDIG |
                                "7" ( DIGIT | 0x41..0x45 | 0x61..0x65 ) );

  # profile-hexchar = "+" ( %x32-36 HEXDIG / "7" ( DIGIT / %x41-45 / %x61-65 ) /
  #                   ( "8" / "9" / %x41-46 / %x61-66 ) HEXDIG )
  profile_hexchar = profile_ascii_hexchar |
                    "+" ( "8" | "9" | 0x41..0x46 | 0x61..0x66 ) HEXDIG;

  # size-value = 1*20DIGIT
  size_value = DIGIT{1,20};

  # body-value = "7BIT" / "8BITMIME" / "BINARYMIME"
  body_value = "7BIT"i | "8BITMIME"i | "BINARYMIME"i;

  # ret-value = "FULL" / "HDRS"
  ret_value = "FULL"i | "HDRS"i;

  # notify-list-element = "SUCCESS" / "FAILURE" / "DELAY"
  notify_list_element = "SUCCESS"i | "FAILURE"i | "DELAY"i;

  # notify-esmtp-value = "NEVER" / notify-list-element
  #                      *( "," notify-list-element )
  notify_esmtp_value = "NEVER"i |
                       notify_list_element ( "," notify_list_element )*;

  # addr-type = 1*( ALPHA / DIGIT / "-" )
  addr_type = ( ALPHA | DIGIT | "-" )+;

  # original-recipient-address = addr-type ";"
  #                              1*( xchar / profile-hexchar / UTF8-non-ascii )
  original_recipient_address =
      addr_type ";" ( xchar | profile_hexchar | UTF8_non_ascii )+;

  # mail-parameter = "SIZE=" size-value / "BODY=" body-value / "SMTPUTF8" /
  #                  "RET=" ret-value /
  #                  "ENVID=" 1*( xchar / profile-ascii-hexchar ) /
  #                  "AUTH=" 1*( xchar / profile-hexchar )
  mail_parameter = "SIZE="i size_value | "BODY="i body_value | "SMTPUTF8"i |
                   "RET="i ret_value |
                   "ENVID="i ( xchar | profile_ascii_hexchar )+ |
                   "AUTH="i ( xchar | profile_hexchar )+;

  # rcpt-parameter = "NOTIFY=" notify-esmtp-value /
  #                  "ORCPT=" original-recipient-address
  rcpt_parameter = "NOTIFY="i notify_esmtp_value |
                   "ORCPT="i original_recipient_address;

  # parameter = mail-parameter / rcpt-parameter
  parameter = mail_parameter | rcpt_parameter;
}%%
