// The machine of message/address.h. Which octets are an address list is not
// said here but in grammar/rfc5322_address.rl: test
// proof_message_address_machine_is_the_grammar shows that main accepts
// exactly its tolerated_address_list. What an action does is said in
// message/address.cc.

#include "message/address.h"

%%{
  machine message_address;
  alphtype unsigned char;

  include rfc5322_address "rfc5322_address.rl";

  action comment_start { comment_start(); }
  action comment_octet { comment_octet(fc); }
  action phrase_gap    { phrase_gap(); }
  action phrase_quote  { phrase_quote(); }
  action phrase_octet  { phrase_octet(fc); }
  action local_quote   { local_quote(); }
  action local_octet   { local_octet(fc); }
  action at_sign       { at_sign(); }
  action domain_octet  { domain_octet(fc); }
  action route_octet   { route_octet(fc); }
  action angle_start   { angle_start(); }
  action group_start   { group_start(); }
  action comma         { comma(); }
  action semicolon     { semicolon(); }

  octet_8bit = tolerated_text_octet;
  paired = VCHAR | WSP | octet_8bit;

  # A comment keeps its text: its white space, without line ends, included.
  comment_fold = ( WSP* $comment_octet CRLF )? WSP+ $comment_octet |
                 WSP+ $comment_octet ( CRLF WSP+ $comment_octet )*;
  comment_text = ( 33..39 | 42..91 | 93..126 | obs_ctext | octet_8bit )
                   $comment_octet | "\\" paired $comment_octet;
  open = "(" $comment_octet;
  close = ")" $comment_octet;
  inner_1 = open ( comment_fold? comment_text )* comment_fold? close;
  inner_2 = open ( comment_fold? ( comment_text | inner_1 ) )*
            comment_fold? close;
  outer = "(" @comment_start ( comment_fold? ( comment_text | inner_2 ) )*
          comment_fold? ")";
  cfws = ( FWS? outer )+ FWS? | FWS;

  # The three readings of what stands before "<", ",", ":" or "@".
  phrase_fold = ( WSP* $phrase_octet CRLF )? WSP+ $phrase_octet |
                WSP+ $phrase_octet ( CRLF WSP+ $phrase_octet )*;
  phrase_quoted = DQUOTE @phrase_quote
                  ( phrase_fold? ( ( 33 | 35..91 | 93..126 | obs_qtext |
                    octet_8bit ) $phrase_octet | "\\" paired $phrase_octet ) )*
                  phrase_fold? DQUOTE;
  phrase_text = cfws $phrase_gap | tolerated_atext $phrase_octet |
                phrase_quoted;
  group_name = ( phrase_text | "." $phrase_octet )*;
  display_text = ( phrase_text | ( "." | "@" ) $phrase_octet )*;

  local_fold = ( WSP* $local_octet CRLF )? WSP+ $local_octet |
               WSP+ $local_octet ( CRLF WSP+ $local_octet )*;
  local_quoted = DQUOTE @local_quote
                 ( local_fold? ( ( 33 | 35..91 | 93..126 | obs_qtext |
                   octet_8bit ) $local_octet | "\\" paired $local_octet ) )*
                 local_fold? DQUOTE;
  local_dots = cfws? ( "." $local_octet cfws? )+;
  local_word = ( tolerated_atext $local_octet | local_quoted )+;
  local = cfws? ( local_word ( local_dots local_word )* local_dots? |
                  local_dots ( local_word local_dots )* local_word? ) cfws?;

  domain_dots = cfws? ( "." $domain_octet cfws? )+;
  literal = "[" $domain_octet
            ( FWS? ( ( 33..90 | 94..126 | obs_NO_WS_CTL | octet_8bit )
              $domain_octet | "\\" paired $domain_octet ) )* FWS?
            "]" $domain_octet;
  domain_name = tolerated_atext+ $domain_octet
                ( domain_dots tolerated_atext+ $domain_octet )*;
  at_domain = "@" @at_sign cfws? ( literal | domain_name ) domain_dots? cfws?;

  route_dots = cfws? ( "." $route_octet cfws? )+;
  route_literal = "[" $route_octet
            ( FWS? ( ( 33..90 | 94..126 | obs_NO_WS_CTL | octet_8bit )
              $route_octet | "\\" paired $route_octet ) )* FWS?
            "]" $route_octet;
  route_name = tolerated_atext+ $route_octet
               ( route_dots tolerated_atext+ $route_octet )*;
  route_domain = cfws? ( route_literal | route_name ) route_dots? cfws?;
  route = ( cfws | "," )* "@" $route_octet route_domain
          ( "," $route_octet cfws? ( "@" $route_octet route_domain )? )*
          ":";

  spec = local at_domain?;
  angle = "<" @angle_start ( route? spec | cfws? ) ">" cfws?;
  element = ( group_name ":" @group_start )? ( display_text angle? | spec );

  main := element ( ( "," @comma | ";" @semicolon ) element )*;
}%%

namespace postkeep::message {

%% write data noentry;

// False: the octets are outside the grammar, or an action has refused them.
bool AddressListReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_address_first_final;
}

}  // namespace postkeep::message
