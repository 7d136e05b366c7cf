%%{
  # RFC 5322 Internet Message Format, with RFC 6532
  # Section 3.6.7. Trace Fields; section 4.5.7, the obsolete form
  # https://www.rfc-editor.org/rfc/rfc5322#section-3.6.7
  machine rfc5322_received;

  include rfc5322_address "rfc5322_address.rl";
  include rfc5322_date_time "rfc5322_date_time.rl";

  # received-token = word / angle-addr / addr-spec / domain
  received_token = word | angle_addr | addr_spec | domain;

  # The value of received, or of obs-received.
  # received-value = *received-token [";" date-time]
  received_value = received_token* ( ";" date_time )?;

  # Tolerated (RFC 5322 section 4: "deal with messages robustly"): any tokens
  # of visible octets ("by a.example:25 with ESMTP/TLS").
  tolerated_received_octet = ( 33..126 - ["(),;<>] ) - "\\" - "[" |
                             obs_NO_WS_CTL | tolerated_text_octet;
  tolerated_received_token = tolerated_received_octet | "," |
                             tolerated_quoted | tolerated_literal |
                             tolerated_angle_addr;
  tolerated_received = ( tolerated_CFWS | tolerated_received_token )*
                       ( ";" tolerated_date_time? )?;
}%%
