// The third machine of message/modified_utf_7.h: the characters of a name that
// is to be written. Which octets are characters is not said here but in
// grammar/rfc3629_utf8.rl: test proof_message_characters_machine_is_the_grammar
// shows that main accepts exactly its UTF8_octets. What an action does is said
// in message/modified_utf_7.cc.

#include "message/modified_utf_7.h"

%%{
  machine message_name_characters;
  alphtype unsigned char;

  include rfc3629_utf8 "rfc3629_utf8.rl";

  action character_start { character_start(); }
  action character_octet { character_octet(fc); }
  action character_end   { character_end(); }

  main := ( UTF8_char >character_start $character_octet @character_end )*;
}%%

namespace postkeep::message {

%% write data noentry nofinal noerror;

std::size_t ModifiedUtf7Writer::run(Octets octets) {
  int cs = 0;
  const Octet* p = octets.data();
  const Octet* const pe = p + octets.size();
  %% write init;
  %% write exec;
  return static_cast<std::size_t>(p - octets.data());
}

}  // namespace postkeep::message
