// The machine of MimeTokensReader in message/mime.h. Test
// proof_message_mime_tokens_machine_is_the_grammar shows that main accepts
// exactly tolerated_tokens of grammar/rfc2045_mime.rl. What an action does is
// said in message/mime.cc.

#include "message/mime.h"

%%{
  machine message_mime_tokens;
  alphtype unsigned char;

  include rfc2045_mime "rfc2045_mime.rl";

  action token_octet { token_octet(fc); }
  action comma       { comma(); }

  main := tolerated_CFWS? token $token_octet tolerated_CFWS?
          ( "," @comma tolerated_CFWS? token $token_octet tolerated_CFWS? )*;
}%%

namespace postkeep::message {

%% write data noentry;

bool MimeTokensReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_mime_tokens_first_final;
}

}  // namespace postkeep::message
