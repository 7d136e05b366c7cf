// The machine of message/encoded_word.h. Test
// proof_message_encoded_word_machine_is_the_grammar shows that main accepts
// exactly tolerated_encoded_word of grammar/rfc2047_encoded_word.rl. What an
// action does is said in message/encoded_word.cc.

#include "message/encoded_word.h"

%%{
  machine message_encoded_word;
  alphtype unsigned char;

  include rfc2047_encoded_word "rfc2047_encoded_word.rl";

  action octet         { octet(); }
  action charset_octet { charset_octet(fc); }
  action encoding      { encoding(fc); }
  action text_octet    { text_octet(fc); }
  action word_end      { word_end(); fbreak; }

  main := "=?" $octet charset $charset_octet $octet
          ( "*" tolerated_language )? $octet "?" $octet
          encoding $encoding $octet "?" $octet
          tolerated_encoded_text $text_octet $octet "?=" $octet @word_end;
}%%

namespace postkeep::message {

%% write data noentry;

bool EncodedWordReader::run(Octets input) {
  int cs = 0;
  %% write init;
  const Octet* p = input.data();
  const Octet* const pe = p + input.size();
  %% write exec;
  return cs >= message_encoded_word_first_final;
}

}  // namespace postkeep::message
