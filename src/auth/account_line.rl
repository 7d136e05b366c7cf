// The machine of auth/account_line.h: main accepts exactly accounts_line of
// grammar/postkeep_accounts.rl (proof_account_line_machine_is_the_grammar).

#include "auth/account_line.h"

%%{
  machine auth_account_line;
  alphtype unsigned char;

  include postkeep_accounts "postkeep_accounts.rl";

  action remark_octet     { remark_octet(fc); }
  action rules_start      { rules_start(); }
  action separator_octet  { separator_octet(fc); }
  action postmaster_octet { postmaster_octet(fc); }
  action subject_octet    { subject_octet(fc); }
  action password_octet   { password_octet(fc); }
  action scram_octet      { scram_octet(fc); }
  action uid_octet        { uid_octet(fc); }
  action mbox_octet       { mbox_octet(fc); }
  action target_start     { target_start(); }
  action target_octet     { target_octet(fc); }

  rules   = "*" HTAB "separators=" @rules_start
            ( separator $separator_octet ){0,4}
            ( HTAB "postmaster=" account_address $postmaster_octet )?;
  account = HTAB "password=" VCHAR+ $password_octet
            ( HTAB "scram=" VCHAR+ $scram_octet )?
            ( HTAB "uid=" account_uid $uid_octet )?
            ( HTAB "mbox=" mbox_user $mbox_octet )?;
  target  = account_address >target_start $target_octet;
  alias   = HTAB "to=" target ( "," target )*;

  # What a line is about stands first, whatever it is: one capture.
  about   = account_address $subject_octet ( account | alias ) |
            ( "@" account_domain ) $subject_octet alias?;

  main := ( remark $remark_octet )? | rules | about;
}%%

namespace postkeep::auth {

%% write data noentry noerror;

bool AccountLineReader::run(Octets line) {
  int cs = 0;
  const Octet* p = line.data();
  const Octet* const pe = p + line.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= auth_account_line_first_final;
}

}  // namespace postkeep::auth
