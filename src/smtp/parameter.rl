// The machine of smtp/parameter.h. Which octets are a parameter is said in
// grammar/rfc5321_parameter.rl: proof_smtp_parameter_machine_is_the_grammar
// shows that main accepts exactly its rule parameter.

#include "smtp/parameter_machine.h"

%%{
  machine smtp_parameter;
  alphtype unsigned char;

  include rfc5321_parameter "rfc5321_parameter.rl";

  action size_digit { size_digit(fc); }
  action body_seven_bit { body_seven_bit(); }
  action body_eight_bit_mime { body_eight_bit_mime(); }
  action body_binary_mime { body_binary_mime(); }
  action ret_full { ret_full(); }
  action ret_headers { ret_headers(); }
  action notify_never { notify_never(); }
  action notify_success { notify_success(); }
  action notify_failure { notify_failure(); }
  action notify_delay { notify_delay(); }
  action text_octet { text_octet(fc); }
  action hex_digit { hex_digit(fc); }
  action hex_end { hex_end(); }

  hex = profile_hexchar &
        ( "+" HEXDIG $hex_digit HEXDIG $hex_digit $hex_end );
  ascii_hex = profile_ascii_hexchar &
              ( "+" HEXDIG $hex_digit HEXDIG $hex_digit $hex_end );

  body = "7BIT"i @body_seven_bit | "8BITMIME"i @body_eight_bit_mime |
         "BINARYMIME"i @body_binary_mime;
  ret = "FULL"i @ret_full | "HDRS"i @ret_headers;
  notify_element = "SUCCESS"i @notify_success | "FAILURE"i @notify_failure |
                   "DELAY"i @notify_delay;
  notify = "NEVER"i @notify_never | notify_element ( "," notify_element )*;
  address = ( addr_type ";" ) $text_octet
            ( ( xchar | UTF8_non_ascii ) $text_octet | hex )+;

  main := "SIZE="i ( size_value $size_digit ) | "BODY="i body | "SMTPUTF8"i |
          "RET="i ret | "ENVID="i ( xchar $text_octet | ascii_hex )+ |
          "AUTH="i ( xchar $text_octet | hex )+ |
          "NOTIFY="i notify | "ORCPT="i address;
}%%

namespace postkeep::smtp {

%% write data noentry noerror;

bool ParameterMachine::run(std::string_view text) {
  int cs = 0;
  const Octets whole = octets(text);
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= smtp_parameter_first_final;
}

}  // namespace postkeep::smtp
