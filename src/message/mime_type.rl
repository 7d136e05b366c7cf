// The machine of MimeFieldReader in message/mime.h. Test
// proof_message_mime_type_machine_is_the_grammar shows that main accepts
// exactly tolerated_content_type of grammar/rfc2045_mime.rl. What an action
// does is said in message/mime.cc.

#include "message/mime.h"

%%{
  machine message_mime_type;
  alphtype unsigned char;

  include rfc2045_mime "rfc2045_mime.rl";

  action type_octet    { type_octet(fc); }
  action subtype_octet { subtype_octet(fc); }
  action name_start  { name_start(); }
  action name_octet  { name_octet(fc); }
  action value_start { value_start(); }
  action value_gap   { value_gap(); }
  action value_octet { value_octet(fc); }

  paired = VCHAR | WSP | tolerated_text_octet;
  fold = ( WSP* $value_octet CRLF )? WSP+ $value_octet |
         WSP+ $value_octet ( CRLF WSP+ $value_octet )*;
  quoted = DQUOTE ( fold? ( ( 33 | 35..91 | 93..126 | obs_qtext |
                              tolerated_text_octet ) $value_octet |
                            "\\" paired $value_octet ) )* fold? DQUOTE;
  unquoted = ( tolerated_CFWS $value_gap |
               tolerated_value_octet $value_octet )*;
  value_text = tolerated_CFWS? ( quoted tolerated_CFWS? )? | unquoted;
  one = tolerated_CFWS? ( token $name_octet tolerated_CFWS?
                          ( "=" @value_start value_text )? )?;

  main := tolerated_CFWS? token $type_octet tolerated_CFWS? "/"
          tolerated_CFWS? token $subtype_octet tolerated_CFWS?
          ( ";" @name_start one )*;
}%%

namespace postkeep::message {

%% write data noentry;

bool MimeFieldReader::run_type(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_mime_type_first_final;
}

}  // namespace postkeep::message
