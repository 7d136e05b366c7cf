%%{
  # The file `accounts`, line by line: grammar/abnf/postkeep_accounts.abnf.
  machine postkeep_accounts;

  include rfc5234_core "rfc5234_core.rl";
  include rfc3629_utf8 "rfc3629_utf8.rl";

  # wide-char = %xC2 %xA0-BF / %xC3-DF UTF8-tail / UTF8-3 / UTF8-4
  wide_char = 0xC2 0xA0..0xBF | 0xC3..0xDF UTF8_tail | UTF8_3 | UTF8_4;

  # label-end = ALPHA / DIGIT / wide-char
  label_end = ALPHA | DIGIT | wide_char;

  # account-label = label-end [*(label-end / "-") label-end]
  account_label = label_end ( ( label_end | "-" )* label_end )?;

  # account-domain = account-label *("." account-label)
  account_domain = account_label ( "." account_label )*;

  # account-atext = ALPHA / DIGIT / "!" / "$" / "&" / "'" / "+" / "-" / "=" /
  #                 "^" / "_" / "~" / wide-char
  account_atext = ALPHA | DIGIT | "!" | "$" | "&" | "'" | "+" | "-" | "=" |
                  "^" | "_" | "~" | wide_char;

  # account-atom = 1*account-atext
  account_atom = account_atext+;

  # account-local = account-atom *("." account-atom)
  account_local = account_atom ( "." account_atom )*;

  # account-address = account-local "@" account-domain
  account_address = account_local "@" account_domain;

  # alias-line = (account-address / "@" account-domain)
  #              HTAB "to=" account-address *("," account-address)
  alias_line = ( account_address | "@" account_domain )
               HTAB "to=" account_address ( "," account_address )*;

  # account-uid = %x31-39 *8DIGIT
  account_uid = 0x31..0x39 DIGIT{0,8};

  # mbox-start = ALPHA / DIGIT / "_"
  mbox_start = ALPHA | DIGIT | "_";

  # mbox-char = mbox-start / "-" / "."
  mbox_char = mbox_start | "-" | ".";

  # mbox-user = mbox-start *31mbox-char
  mbox_user = mbox_start mbox_char{0,31};

  # account-line = account-address HTAB "password=" 1*VCHAR
  #                [HTAB "scram=" 1*VCHAR] [HTAB "uid=" account-uid]
  #                [HTAB "mbox=" mbox-user]
  account_line = account_address HTAB "password=" VCHAR+
                 ( HTAB "scram=" VCHAR+ )? ( HTAB "uid=" account_uid )?
                 ( HTAB "mbox=" mbox_user )?;

  # local-domain = "@" account-domain
  local_domain = "@" account_domain;

  # separator = "+" / "-" / "_" / "="
  separator = "+" | "-" | "_" | "=";

  # table-rules = "*" HTAB "separators=" *4separator
  #               [HTAB "postmaster=" account-address]
  table_rules = "*" HTAB "separators=" separator{0,4}
                ( HTAB "postmaster=" account_address )?;

  # remark = "#" *(HTAB / %x20-7E / wide-char)
  remark = "#" ( HTAB | 0x20..0x7E | wide_char )*;

  # accounts-line = [remark] / table-rules / local-domain / account-line /
  #                 alias-line
  accounts_line = remark? | table_rules | local_domain | account_line |
                  alias_line;
}%%
