%%{
  # RFC 5321 Simple Mail Transfer Protocol
  # Section 4.1.1: commands, with those of RFC 2033, 3030, 3207 and 4954
  # https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1
  machine rfc5321_command;

  include rfc5321_address "rfc5321_address.rl";

  # esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
  esmtp_keyword = ( ALPHA | DIGIT ) ( ALPHA | DIGIT | "-" )*;

  # esmtp-value = 1*(%d33-60 / %d62-126)
  esmtp_value = ( 33..60 | 62..126 )+;

  # esmtp-param = esmtp-keyword ["=" esmtp-value]
  esmtp_param = esmtp_keyword ( "=" esmtp_value )?;

  # Mail-parameters = esmtp-param *(SP esmtp-param)
  Mail_parameters = esmtp_param ( SP esmtp_param )*;

  # Rcpt-parameters = esmtp-param *(SP esmtp-param)
  Rcpt_parameters = esmtp_param ( SP esmtp_param )*;

  # ehlo = "EHLO" SP ( Domain / address-literal ) CRLF
  ehlo = "EHLO"i SP ( Domain | address_literal ) CRLF;

  # helo = "HELO" SP Domain CRLF
  helo = "HELO"i SP Domain CRLF;

  # lhlo = "LHLO" SP ( Domain / address-literal ) CRLF
  lhlo = "LHLO"i SP ( Domain | address_literal ) CRLF;

  # mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
  mail = "MAIL FROM:"i Reverse_path ( SP Mail_parameters )? CRLF;

  # rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" /
  #        Forward-path ) [SP Rcpt-parameters] CRLF
  rcpt = "RCPT TO:"i ( "<Postmaster@"i Domain ">" | "<Postmaster>"i |
         Forward_path ) ( SP Rcpt_parameters )? CRLF;

  # data = "DATA" CRLF
  data = "DATA"i CRLF;

  # rset = "RSET" CRLF
  rset = "RSET"i CRLF;

  # vrfy = "VRFY" SP String CRLF
  vrfy = "VRFY"i SP String CRLF;

  # expn = "EXPN" SP String CRLF
  expn = "EXPN"i SP String CRLF;

  # help = "HELP" [ SP String ] CRLF
  help = "HELP"i ( SP String )? CRLF;

  # noop = "NOOP" [ SP String ] CRLF
  noop = "NOOP"i ( SP String )? CRLF;

  # quit = "QUIT" CRLF
  quit = "QUIT"i CRLF;

  # chunk-size = 1*DIGIT
  chunk_size = DIGIT+;

  # end-marker = "LAST"
  end_marker = "LAST"i;

  # bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CR LF
  bdat_cmd = "BDAT"i SP chunk_size ( SP end_marker )? CR LF;

  # starttls = "STARTTLS" CRLF
  starttls = "STARTTLS"i CRLF;

  # mech-char = %x41-5A / DIGIT / "-" / "_"
  mech_char = 0x41..0x5A | DIGIT | "-" | "_";

  # sasl-mech = 1*20mech-char
  sasl_mech = mech_char{1,20};

  # base64-char = ALPHA / DIGIT / "+" / "/"
  base64_char = ALPHA | DIGIT | "+" | "/";

  # base64-terminal = (2base64-char "==") / (3base64-char "=")
  base64_terminal = base64_char{2} "==" | base64_char{3} "=";

  # base64 = base64-terminal / ( 1*(4base64-char) [base64-terminal] )
  base64 = base64_terminal | ( base64_char{4} )+ base64_terminal?;

  # initial-response = base64 / "="
  initial_response = base64 | "=";

  # cancel-response = "*"
  cancel_response = "*";

  # auth-response = ( [base64] / cancel-response ) CRLF
  auth_response = ( base64? | cancel_response ) CRLF;

  # auth-command = "AUTH" SP sasl-mech [SP initial-response] CRLF
  auth_command = "AUTH"i SP sasl_mech ( SP initial_response )? CRLF;

  # rfc-command = ehlo / helo / mail / rcpt / data / rset / vrfy / expn /
  #               help / noop / quit / bdat-cmd / starttls / auth-command /
  #               lhlo
  rfc_command = ehlo | helo | mail | rcpt | data | rset | vrfy | expn |
                help | noop | quit | bdat_cmd | starttls | auth_command |
                lhlo;

  # What this server takes: grammar/abnf/profile_smtp_command.abnf has the
  # differences and their reasons.

  # profile-line-octet = %x01-09 / %x0B-0C / %x0E-FF
  profile_line_octet = 0x01..0x09 | 0x0B..0x0C | 0x0E..0xFF;

  # profile-command-line = *( %x01-09 / %x0B-0C / %x0E-FF ) CRLF
  profile_command_line = profile_line_octet* CRLF;

  # end = *WSP CRLF
  tolerated_end = WSP* CRLF;

  # profile-esmtp-value = 1*(%d33-60 / %d62-126 / UTF8-non-ascii)
  profile_esmtp_value = ( 33..60 | 62..126 | UTF8_non_ascii )+;

  # profile-esmtp-param = esmtp-keyword ["=" esmtp-value]
  profile_esmtp_param = esmtp_keyword ( "=" profile_esmtp_value )?;

  # ehlo = "EHLO" SP client-name end
  tolerated_ehlo = "EHLO"i SP tolerated_client_name tolerated_end;

  # helo = "HELO" SP client-name end
  tolerated_helo = "HELO"i SP tolerated_client_name tolerated_end;

  # lhlo = "LHLO" SP client-name end
  tolerated_lhlo = "LHLO"i SP tolerated_client_name tolerated_end;

  # mail = "MAIL FROM:" *1SP Reverse-path [SP Mail-parameters] end
  tolerated_mail = "MAIL FROM:"i SP?
                   "<" ( ( profile_A_d_l ":" )? profile_Mailbox )? ">"
                   ( SP profile_esmtp_param )* tolerated_end;

  # rcpt = "RCPT TO:" *1SP ( "<Postmaster>" / Forward-path )
  #        [SP Rcpt-parameters] end
  tolerated_rcpt = "RCPT TO:"i SP?
                   "<" ( "Postmaster"i |
                         ( profile_A_d_l ":" )? profile_Mailbox ) ">"
                   ( SP profile_esmtp_param )* tolerated_end;

  # data = "DATA" end
  tolerated_data = "DATA"i tolerated_end;

  # rset = "RSET" end
  tolerated_rset = "RSET"i tolerated_end;

  # quit = "QUIT" end
  tolerated_quit = "QUIT"i tolerated_end;

  # starttls = "STARTTLS" end
  tolerated_starttls = "STARTTLS"i tolerated_end;

  # any-text = 1*( %d32-126 / HTAB / UTF8-non-ascii )
  tolerated_any_text = ( 32..126 | HTAB | UTF8_non_ascii )+;

  # vrfy = "VRFY" SP any-text CRLF
  tolerated_vrfy = "VRFY"i SP tolerated_any_text CRLF;

  # expn = "EXPN" SP any-text CRLF
  tolerated_expn = "EXPN"i SP tolerated_any_text CRLF;

  # help = "HELP" [ SP any-text ] end
  tolerated_help = "HELP"i ( SP tolerated_any_text )? tolerated_end;

  # noop = "NOOP" [ SP any-text ] end
  tolerated_noop = "NOOP"i ( SP tolerated_any_text )? tolerated_end;

  # profile-chunk-size = 1*20DIGIT
  profile_chunk_size = DIGIT{1,20};

  # bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] end
  tolerated_bdat = "BDAT"i SP profile_chunk_size ( SP end_marker )?
                   tolerated_end;

  # sasl-mech = 1*20( ALPHA / DIGIT / "-" / "_" )
  tolerated_sasl_mech = ( ALPHA | DIGIT | "-" | "_" ){1,20};

  # auth-command = "AUTH" SP sasl-mech [SP initial-response] end
  tolerated_auth = "AUTH"i SP tolerated_sasl_mech ( SP initial_response )?
                   tolerated_end;

  # profile-command = ehlo / helo / mail / rcpt / data / rset / vrfy / expn /
  #                   help / noop / quit / bdat-cmd / starttls /
  #                   auth-command / lhlo
  profile_command = tolerated_ehlo | tolerated_helo | tolerated_mail |
                    tolerated_rcpt | tolerated_data | tolerated_rset |
                    tolerated_vrfy | tolerated_expn | tolerated_help |
                    tolerated_noop | tolerated_quit | tolerated_bdat |
                    tolerated_starttls | tolerated_auth | tolerated_lhlo;
}%%
