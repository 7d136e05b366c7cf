%%{
  # RFC 5321 Simple Mail Transfer Protocol
  # Sections 4.1.2 and 4.1.3: addresses; RFC 6531 section 3.3: beyond ASCII
  # https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2
  machine rfc5321_address;

  include rfc5234_core "rfc5234_core.rl";
  include rfc3629_utf8 "rfc3629_utf8.rl";

  # atext = ALPHA / DIGIT / "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" /
  #         "-" / "/" / "=" / "?" / "^" / "_" / "`" / "{" / "|" / "}" / "~"
  atext = ALPHA | DIGIT | "!" | "#" | "$" | "%" | "&" | "'" | "*" | "+" |
               "-" | "/" | "=" | "?" | "^" | "_" | "`" | "{" | "|" | "}" | "~";

  # Let-dig = ALPHA / DIGIT
  Let_dig = ALPHA | DIGIT;

  # Ldh-str = *( ALPHA / DIGIT / "-" ) Let-dig
  Ldh_str = ( ALPHA | DIGIT | "-" )* Let_dig;

  # sub-domain = Let-dig [Ldh-str]
  sub_domain = Let_dig Ldh_str?;

  # Domain = sub-domain *("." sub-domain)
  Domain = sub_domain ( "." sub_domain )*;

  # At-domain = "@" Domain
  At_domain = "@" Domain;

  # A-d-l = At-domain *( "," At-domain )
  A_d_l = At_domain ( "," At_domain )*;

  # Snum = 1*3DIGIT
  Snum = DIGIT{1,3};

  # IPv4-address-literal = Snum 3("."  Snum)
  IPv4_address_literal = Snum ( "." Snum ){3};

  # IPv6-hex = 1*4HEXDIG
  IPv6_hex = HEXDIG{1,4};

  # IPv6-full = IPv6-hex 7(":" IPv6-hex)
  IPv6_full = IPv6_hex ( ":" IPv6_hex ){7};

  # IPv6-comp = [IPv6-hex *5(":" IPv6-hex)] "::" [IPv6-hex *5(":" IPv6-hex)]
  IPv6_comp = ( IPv6_hex ( ":" IPv6_hex ){,5} )? "::"
              ( IPv6_hex ( ":" IPv6_hex ){,5} )?;

  # IPv6v4-full = IPv6-hex 5(":" IPv6-hex) ":" IPv4-address-literal
  IPv6v4_full = IPv6_hex ( ":" IPv6_hex ){5} ":" IPv4_address_literal;

  # IPv6v4-comp = [IPv6-hex *3(":" IPv6-hex)] "::"
  #               [IPv6-hex *3(":" IPv6-hex) ":"] IPv4-address-literal
  IPv6v4_comp = ( IPv6_hex ( ":" IPv6_hex ){,3} )? "::"
                ( IPv6_hex ( ":" IPv6_hex ){,3} ":" )? IPv4_address_literal;

  # IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp
  IPv6_addr = IPv6_full | IPv6_comp | IPv6v4_full | IPv6v4_comp;

  # IPv6-address-literal = "IPv6:" IPv6-addr
  IPv6_address_literal = "IPv6:"i IPv6_addr;

  # Standardized-tag = Ldh-str
  Standardized_tag = Ldh_str;

  # dcontent = %d33-90 / %d94-126
  dcontent = 33..90 | 94..126;

  # General-address-literal = Standardized-tag ":" 1*dcontent
  General_address_literal = Standardized_tag ":" dcontent+;

  # address-literal = "[" ( IPv4-address-literal / IPv6-address-literal /
  #                   General-address-literal ) "]"
  address_literal = "[" ( IPv4_address_literal | IPv6_address_literal |
                          General_address_literal ) "]";

  # Atom = 1*atext
  Atom = atext+;

  # Dot-string = Atom *("."  Atom)
  Dot_string = Atom ( "." Atom )*;

  # qtextSMTP = %d32-33 / %d35-91 / %d93-126
  qtextSMTP = 32..33 | 35..91 | 93..126;

  # quoted-pairSMTP = %d92 %d32-126
  quoted_pairSMTP = 92 32..126;

  # QcontentSMTP = qtextSMTP / quoted-pairSMTP
  QcontentSMTP = qtextSMTP | quoted_pairSMTP;

  # Quoted-string = DQUOTE *QcontentSMTP DQUOTE
  Quoted_string = DQUOTE QcontentSMTP* DQUOTE;

  # String = Atom / Quoted-string
  String = Atom | Quoted_string;

  # Local-part = Dot-string / Quoted-string
  Local_part = Dot_string | Quoted_string;

  # Mailbox = Local-part "@" ( Domain / address-literal )
  Mailbox = Local_part "@" ( Domain | address_literal );

  # Path = "<" [ A-d-l ":" ] Mailbox ">"
  Path = "<" ( A_d_l ":" )? Mailbox ">";

  # Reverse-path = Path / "<>"
  Reverse_path = Path | "<>";

  # Forward-path = Path
  Forward_path = Path;

  # What this server takes: grammar/abnf/profile_address.abnf has the
  # differences and their reasons. The rest is as above, with RFC 6531's
  # octets.

  # profile-Snum = 1*2DIGIT / ("0" / "1") 2DIGIT / "2" %x30-34 DIGIT /
  #                "25" %x30-35
  profile_Snum = DIGIT{1,2} | ( "0" | "1" ) DIGIT{2} | "2" 0x30..0x34 DIGIT |
                 "25" 0x30..0x35;

  # profile-IPv4-address-literal = Snum 3("."  Snum)
  profile_IPv4_address_literal = profile_Snum ( "." profile_Snum ){3};

  # profile-IPv6-comp = "::" [IPv6-hex *5(":" IPv6-hex)] / ...
  profile_IPv6_comp =
      "::" ( IPv6_hex ( ":" IPv6_hex ){,5} )? |
      IPv6_hex "::" ( IPv6_hex ( ":" IPv6_hex ){,4} )? |
      IPv6_hex ( ":" IPv6_hex ){1} "::" ( IPv6_hex ( ":" IPv6_hex ){,3} )? |
      IPv6_hex ( ":" IPv6_hex ){2} "::" ( IPv6_hex ( ":" IPv6_hex ){,2} )? |
      IPv6_hex ( ":" IPv6_hex ){3} "::" ( IPv6_hex ( ":" IPv6_hex ){,1} )? |
      IPv6_hex ( ":" IPv6_hex ){4} "::" IPv6_hex? |
      IPv6_hex ( ":" IPv6_hex ){5} "::";

  # profile-IPv6v4-full = IPv6-hex 5(":" IPv6-hex) ":" IPv4-address-literal
  profile_IPv6v4_full =
      IPv6_hex ( ":" IPv6_hex ){5} ":" profile_IPv4_address_literal;

  # profile-IPv6v4-comp = ( "::" [IPv6-hex *3(":" IPv6-hex) ":"] / ... )
  #               IPv4-address-literal
  profile_IPv6v4_comp =
      ( "::" ( IPv6_hex ( ":" IPv6_hex ){,3} ":" )? |
        IPv6_hex "::" ( IPv6_hex ( ":" IPv6_hex ){,2} ":" )? |
        IPv6_hex ( ":" IPv6_hex ){1} "::"
        ( IPv6_hex ( ":" IPv6_hex ){,1} ":" )? |
        IPv6_hex ( ":" IPv6_hex ){2} "::" ( IPv6_hex ":" )? |
        IPv6_hex ( ":" IPv6_hex ){3} "::" ) profile_IPv4_address_literal;

  # profile-IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp
  profile_IPv6_addr = IPv6_full | profile_IPv6_comp | profile_IPv6v4_full |
                      profile_IPv6v4_comp;

  # profile-address-literal = "[" ( IPv4-address-literal /
  #                           IPv6-address-literal ) "]"
  profile_address_literal =
      "[" ( profile_IPv4_address_literal | "IPv6:"i profile_IPv6_addr ) "]";

  # profile-sub-domain = Let-dig [Ldh-str] / U-label
  # U-label = (Let-dig / UTF8-non-ascii) *( *"-" (Let-dig / UTF8-non-ascii) )
  profile_sub_domain = ( Let_dig | UTF8_non_ascii )
                       ( "-"* ( Let_dig | UTF8_non_ascii ) )*;

  # profile-Domain = sub-domain *("." sub-domain)
  profile_Domain = profile_sub_domain ( "." profile_sub_domain )*;

  # profile-A-d-l = At-domain *( "," At-domain )
  profile_A_d_l = "@" profile_Domain ( "," "@" profile_Domain )*;

  # profile-Atom = 1*atext
  profile_Atom = ( atext | UTF8_non_ascii )+;

  # profile-Dot-string = Atom *("."  Atom)
  profile_Dot_string = profile_Atom ( "." profile_Atom )*;

  # profile-Quoted-string = DQUOTE *QcontentSMTP DQUOTE
  profile_Quoted_string =
      DQUOTE ( qtextSMTP | UTF8_non_ascii | quoted_pairSMTP )* DQUOTE;

  # profile-Local-part = Dot-string / Quoted-string
  profile_Local_part = profile_Dot_string | profile_Quoted_string;

  # profile-Mailbox = Local-part "@" ( Domain / address-literal )
  profile_Mailbox =
      profile_Local_part "@" ( profile_Domain | profile_address_literal );

  # client-label = (Let-dig / "_" / UTF8-non-ascii)
  #                *( *"-" (Let-dig / "_" / UTF8-non-ascii) )
  tolerated_client_label = ( Let_dig | "_" | UTF8_non_ascii )
                           ( "-"* ( Let_dig | "_" | UTF8_non_ascii ) )*;

  # client-name = client-label *("." client-label) [ "." ] / address-literal
  tolerated_client_name =
      tolerated_client_label ( "." tolerated_client_label )* "."? |
      profile_address_literal;
}%%
