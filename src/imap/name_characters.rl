// The third machine of imap/mailbox_name.h: the characters of a name that is
// to be written. Which octets are characters is not said here but in
// grammar/rfc3629_utf8.rl: test proof_imap_characters_machine_is_the_grammar
// shows that main accepts exactly its UTF8_octets. What an action does is said
// in imap/mailbox_name.cc.

#include "imap/mailbox_name.h"

%%{
  machine imap_name_characters;
  alphtype unsigned char;

  include rfc3629_utf8 "rfc3629_utf8.rl";

  action character_start { character_start(); }
  action character_octet { character_octet(fc); }
  action character_end   { character_end(); }

  main := ( UTF8_char >character_start $character_octet @character_end )*;
}%%

namespace postkeep::imap {

%% write data noentry nofinal noerror;

std::size_t MailboxNameWriter::run(Octets octets) {
  int cs = 0;
  const Octet* p = octets.data();
  const Octet* const pe = p + octets.size();
  %% write init;
  %% write exec;
  return static_cast<std::size_t>(p - octets.data());
}

}  // namespace postkeep::imap
