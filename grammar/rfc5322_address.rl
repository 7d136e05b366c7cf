%%{
  # RFC 5322 Internet Message Format, with RFC 6532
  # Section 3.4. Address Specification; section 4.4, the obsolete forms
  # https://www.rfc-editor.org/rfc/rfc5322#section-3.4
  machine rfc5322_address;

  include rfc5322_lexical "rfc5322_lexical.rl";

  # obs-dtext = obs-NO-WS-CTL / quoted-pair
  obs_dtext = obs_NO_WS_CTL | quoted_pair;

  # dtext = %d33-90 / %d94-126 / obs-dtext
  # dtext =/ UTF8-non-ascii
  dtext = 33..90 | 94..126 | obs_dtext | UTF8_non_ascii;

  # domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]
  domain_literal = CFWS? "[" ( FWS? dtext )* FWS? "]" CFWS?;

  # obs-domain = atom *("." atom)
  obs_domain = atom ( "." atom )*;

  # domain = dot-atom / domain-literal / obs-domain
  domain = dot_atom | domain_literal | obs_domain;

  # obs-local-part = word *("." word)
  obs_local_part = word ( "." word )*;

  # local-part = dot-atom / quoted-string / obs-local-part
  local_part = dot_atom | quoted_string | obs_local_part;

  # addr-spec = local-part "@" domain
  addr_spec = local_part "@" domain;

  # obs-domain-list = *(CFWS / ",") "@" domain *("," [CFWS] ["@" domain])
  obs_domain_list = ( CFWS | "," )* "@" domain
                    ( "," CFWS? ( "@" domain )? )*;

  # obs-route = obs-domain-list ":"
  obs_route = obs_domain_list ":";

  # obs-angle-addr = [CFWS] "<" obs-route addr-spec ">" [CFWS]
  obs_angle_addr = CFWS? "<" obs_route addr_spec ">" CFWS?;

  # angle-addr = [CFWS] "<" addr-spec ">" [CFWS] / obs-angle-addr
  angle_addr = CFWS? "<" addr_spec ">" CFWS? | obs_angle_addr;

  # display-name = phrase
  display_name = phrase;

  # name-addr = [display-name] angle-addr
  name_addr = display_name? angle_addr;

  # mailbox = name-addr / addr-spec
  mailbox = name_addr | addr_spec;

  # obs-mbox-list = *([CFWS] ",") mailbox *("," [mailbox / CFWS])
  obs_mbox_list = ( CFWS? "," )* mailbox ( "," ( mailbox | CFWS )? )*;

  # mailbox-list = (mailbox *("," mailbox)) / obs-mbox-list
  mailbox_list = mailbox ( "," mailbox )* | obs_mbox_list;

  # obs-group-list = 1*([CFWS] ",") [CFWS]
  obs_group_list = ( CFWS? "," )+ CFWS?;

  # group-list = mailbox-list / CFWS / obs-group-list
  group_list = mailbox_list | CFWS | obs_group_list;

  # group = display-name ":" [group-list] ";" [CFWS]
  group = display_name ":" group_list? ";" CFWS?;

  # address = mailbox / group
  address = mailbox | group;

  # obs-addr-list = *([CFWS] ",") address *("," [address / CFWS])
  obs_addr_list = ( CFWS? "," )* address ( "," ( address | CFWS )? )*;

  # address-list = (address *("," address)) / obs-addr-list
  address_list = address ( "," address )* | obs_addr_list;

  # Tolerated (RFC 5322 section 4: "deal with messages robustly"), all of it
  # seen in mail that was sent:
  #   - octets that are not UTF-8;
  #   - an empty list; ";" for ","; a group that is not closed;
  #   - "@" and "." anywhere in a display name ("joe@a.org <joe@a.org>"), and
  #     a display name alone;
  #   - dots at any place of a local-part ("joe..@docomo.example");
  #   - an addr-spec without domain ("root"), and "<>".
  tolerated_dots = tolerated_CFWS? ( "." tolerated_CFWS? )+;
  tolerated_local_word = ( tolerated_atext | tolerated_quoted )+;
  tolerated_local_part = tolerated_CFWS?
      ( tolerated_local_word ( tolerated_dots tolerated_local_word )*
                             tolerated_dots? |
        tolerated_dots ( tolerated_local_word tolerated_dots )*
                       tolerated_local_word? ) tolerated_CFWS?;
  tolerated_dtext = 33..90 | 94..126 | obs_NO_WS_CTL | tolerated_text_octet |
                    tolerated_pair;
  tolerated_literal = "[" ( FWS? tolerated_dtext )* FWS? "]";
  tolerated_domain = tolerated_CFWS? ( tolerated_literal |
                       tolerated_atext+ ( tolerated_dots tolerated_atext+ )* )
                     tolerated_dots? tolerated_CFWS?;
  tolerated_addr_spec = tolerated_local_part ( "@" tolerated_domain )?;
  tolerated_route = ( tolerated_CFWS | "," )* "@" tolerated_domain
                    ( "," tolerated_CFWS? ( "@" tolerated_domain )? )* ":";
  tolerated_angle_addr =
      "<" ( tolerated_route? tolerated_addr_spec | tolerated_CFWS? ) ">"
      tolerated_CFWS?;
  tolerated_group_name = ( tolerated_CFWS | tolerated_atext | "." |
                           tolerated_quoted )*;
  tolerated_display_name = ( tolerated_CFWS | tolerated_atext | "." | "@" |
                             tolerated_quoted )*;
  tolerated_mailbox = tolerated_display_name tolerated_angle_addr? |
                      tolerated_addr_spec;
  tolerated_address = ( tolerated_group_name ":" )? tolerated_mailbox;
  tolerated_address_list = tolerated_address
                           ( ( "," | ";" ) tolerated_address )*;

  # A list that is outside of all this is cut at its commas, but not at those
  # in quotes or angle brackets.
  tolerated_element = ( ( OCTET - [,"<] ) |
                        DQUOTE ( ( OCTET - ["\\] ) | "\\" OCTET )* DQUOTE |
                        "<" ( OCTET - ">" )* ">" )*;
  tolerated_elements = tolerated_element ( "," tolerated_element )*;
}%%
