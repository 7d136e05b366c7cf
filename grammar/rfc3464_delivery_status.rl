%%{
  # RFC 3464 An Extensible Message Format for Delivery Status Notifications
  # Section 2, with UTF-8 as RFC 6533 section 3 has it: what is written here
  # https://www.rfc-editor.org/rfc/rfc3464#section-2
  machine rfc3464_delivery_status;

  include rfc5234_core "rfc5234_core.rl";

  # ascii-octet = %d33-126
  ascii_octet = 33..126;

  # ascii-text = ascii-octet [ *( SP / ascii-octet ) ascii-octet ]
  ascii_text = ascii_octet ( ( SP | ascii_octet )* ascii_octet )?;

  # any-octet = %d33-126 / %d128-255
  any_octet = 33..126 | 128..255;

  # any-text = any-octet [ *( SP / any-octet ) any-octet ]
  any_text = any_octet ( ( SP | any_octet )* any_octet )?;

  # folded-text = *SP ascii-octet *( *SP ascii-octet / CRLF 1*SP ascii-octet )
  folded_text = SP* ascii_octet ( SP* ascii_octet | CRLF SP+ ascii_octet )*;

  # address-type = 1*( ALPHA / DIGIT / "-" )
  address_type = ( ALPHA | DIGIT | "-" )+;

  # date-time = 3ALPHA "," SP 1*2DIGIT SP 3ALPHA SP 4DIGIT SP 2DIGIT ":" 2DIGIT
  #     ":" 2DIGIT SP ( "+" / "-" ) 4DIGIT
  date_time = ALPHA{3} "," SP DIGIT{1,2} SP ALPHA{3} SP DIGIT{4} SP DIGIT{2} ":"
              DIGIT{2} ":" DIGIT{2} SP ( "+" | "-" ) DIGIT{4};

  # original-envelope-id-field = "Original-Envelope-Id: " ascii-text
  original_envelope_id_field = "Original-Envelope-Id: "i ascii_text;

  # reporting-mta-field = "Reporting-MTA: dns;" ascii-text
  reporting_mta_field = "Reporting-MTA: dns;"i ascii_text;

  # arrival-date-field = "Arrival-Date: " date-time
  arrival_date_field = "Arrival-Date: "i date_time;

  # original-recipient-field = "Original-Recipient: " address-type ";" any-text
  original_recipient_field = "Original-Recipient: "i address_type ";" any_text;

  # final-recipient-field = "Final-Recipient: " ( "rfc822;" ascii-text /
  #     "utf-8;" any-text )
  final_recipient_field =
      "Final-Recipient: "i ( "rfc822;"i ascii_text | "utf-8;"i any_text );

  # action-field = "Action: " ( "failed" / "delayed" / "delivered" / "relayed" )
  action_field =
      "Action: "i ( "failed"i | "delayed"i | "delivered"i | "relayed"i );

  # status-field = "Status: " ( "2" / "4" / "5" ) "." 1*3DIGIT "." 1*3DIGIT
  status_field = "Status: "i ( "2" | "4" | "5" ) "." DIGIT{1,3} "." DIGIT{1,3};

  # remote-mta-field = "Remote-MTA: dns;" ascii-text
  remote_mta_field = "Remote-MTA: dns;"i ascii_text;

  # diagnostic-code-field = "Diagnostic-Code: " ( "smtp;" / "x-postkeep;" )
  #     folded-text
  diagnostic_code_field =
      "Diagnostic-Code: "i ( "smtp;"i | "x-postkeep;"i ) folded_text;

  # last-attempt-date-field = "Last-Attempt-Date: " date-time
  last_attempt_date_field = "Last-Attempt-Date: "i date_time;

  # will-retry-until-field = "Will-Retry-Until: " date-time
  will_retry_until_field = "Will-Retry-Until: "i date_time;

  # per-message-fields = [ original-envelope-id-field CRLF ]
  #     reporting-mta-field CRLF
  #     arrival-date-field CRLF
  per_message_fields = ( original_envelope_id_field CRLF )?
                       reporting_mta_field CRLF
                       arrival_date_field CRLF;

  # per-recipient-fields = [ original-recipient-field CRLF ]
  #     final-recipient-field CRLF
  #     action-field CRLF
  #     status-field CRLF
  #     [ remote-mta-field CRLF ]
  #     [ diagnostic-code-field CRLF ]
  #     [ last-attempt-date-field CRLF ]
  #     [ will-retry-until-field CRLF ]
  per_recipient_fields = ( original_recipient_field CRLF )?
                         final_recipient_field CRLF
                         action_field CRLF
                         status_field CRLF
                         ( remote_mta_field CRLF )?
                         ( diagnostic_code_field CRLF )?
                         ( last_attempt_date_field CRLF )?
                         ( will_retry_until_field CRLF )?;

  # written-delivery-status = per-message-fields 1*( CRLF per-recipient-fields )
  written_delivery_status = per_message_fields ( CRLF per_recipient_fields )+;
}%%
