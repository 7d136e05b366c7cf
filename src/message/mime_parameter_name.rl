// The machine of ParameterNameReader in message/mime.h. Test
// proof_message_mime_parameter_name_machine_is_the_grammar shows that main
// accepts exactly tolerated_parameter_name of grammar/rfc2045_mime.rl. What
// an action does is said in message/mime.cc.

#include "message/mime.h"

%%{
  machine message_mime_parameter_name;
  alphtype unsigned char;

  include rfc2045_mime "rfc2045_mime.rl";

  action name_octet    { name_octet(fc); }
  action section_digit { section_digit(fc); }
  action extended      { extended(); }

  number = "0" $section_digit | 0x31..0x39 $section_digit DIGIT* $section_digit;

  main := ( OCTET - "*" )+ $name_octet ( "*" number )? ( "*" @extended )?;
}%%

namespace postkeep::message {

%% write data noentry;

bool ParameterNameReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_mime_parameter_name_first_final;
}

}  // namespace postkeep::message
