// The machine of smtp/text_check.h. Which octets are lines is said in
// grammar/rfc5321_data.rl: test proof_smtp_text_check_machine_is_the_grammar
// shows that main accepts exactly its profile_text.

#include "smtp/text_check.h"

%%{
  machine smtp_text_check;
  alphtype unsigned char;

  include rfc5321_data "rfc5321_data.rl";

  action text { text(); fbreak; }

  main := ( text_octet @text | CRLF )*;
}%%

namespace postkeep::smtp {

%% write data noentry;

void TextCheck::start_machine() {
  int cs = 0;
  %% write init;
  machine_state_ = cs;
}

std::size_t TextCheck::run(Octets octets) {
  int cs = machine_state_;
  const Octet* p = octets.data();
  const Octet* const pe = p + octets.size();
  %% write exec;
  machine_state_ = cs;
  return static_cast<std::size_t>(p - octets.data());
}

bool TextCheck::holds() const {
  return machine_state_ != smtp_text_check_error;
}

bool TextCheck::holds_at_end() const {
  return machine_state_ >= smtp_text_check_first_final;
}

}  // namespace postkeep::smtp
