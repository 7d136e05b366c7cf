// The machine of smtp/path.h. Which octets are a Mailbox is said in
// grammar/rfc5321_address.rl: test proof_smtp_path_machine_is_the_grammar shows
// that main accepts exactly its profile_Mailbox.

#include "smtp/path_machine.h"

%%{
  machine smtp_path;
  alphtype unsigned char;

  include rfc5321_address "rfc5321_address.rl";

  action local_octet { local_octet(fc); }
  action domain_octet { domain_octet(fc); }

  # The value has neither the quotes nor the backslashes before octets.
  quoted = DQUOTE ( ( qtextSMTP | UTF8_non_ascii ) $local_octet |
                    92 ( 32..126 ) $local_octet )* DQUOTE;

  main := ( profile_Dot_string $local_octet | quoted )
          "@" ( profile_Domain | profile_address_literal ) $domain_octet;
}%%

namespace postkeep::smtp {

%% write data noentry noerror;

bool MailboxMachine::run(std::string_view text) {
  int cs = 0;
  const Octets whole = octets(text);
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= smtp_path_first_final;
}

}  // namespace postkeep::smtp
