%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: commands as a whole, search keys nested twice
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  # What grammar/rfc9051_command.rl leaves to C++, because it needs counting or
  # two rules for one word: the oracle of what src/imap does with both.
  machine rfc9051_whole_command;

  include rfc9051_command "rfc9051_command.rl";

  # RFC 9051's list-select-independent-opt, with RFC 6154's.
  # whole-independent-opt = "REMOTE" / "SPECIAL-USE"
  whole_independent_opt = "REMOTE"i | "SPECIAL-USE"i;

  # RFC 9051's list-select-opts.
  # whole-list-select-opts = "(" [
  #     (*(list-select-opt SP) "SUBSCRIBED" *(SP list-select-opt)) /
  #     (whole-independent-opt *(SP whole-independent-opt)) ] ")"
  whole_list_select_opts = "(" (
      ( list_select_opt SP )* "SUBSCRIBED"i ( SP list_select_opt )* |
      whole_independent_opt ( SP whole_independent_opt )* )? ")";

  # RFC 9051's list.
  # whole-list = "LIST" [SP whole-list-select-opts] SP mailbox SP mbox-or-pat
  #              [SP list-return-opts]
  whole_list = "LIST"i ( SP whole_list_select_opts )? SP mailbox
               SP mbox_or_pat ( SP list_return_opts )?;

  # known-range = nz-number [":" nz-number]
  known_range = nz_number ( ":" nz_number )?;

  # known-uids = known-range *("," known-range)
  known_uids = known_range ( "," known_range )*;

  # RFC 7162's select-param: uidvalidity, mod-sequence-value, known-uids and
  # seq-match-data.
  # whole-select-param = "CONDSTORE" / "QRESYNC" SP "(" nz-number SP number64
  #                      [SP known-uids]
  #                      [SP "(" known-uids SP known-uids ")"] ")"
  whole_select_param = "CONDSTORE"i |
                       "QRESYNC"i SP "(" nz_number SP number64
                       ( SP known_uids )?
                       ( SP "(" known_uids SP known_uids ")" )? ")";

  # whole-select = ("SELECT" / "EXAMINE") SP mailbox
  #                [SP "(" whole-select-param *(SP whole-select-param) ")"]
  whole_select = ( "SELECT"i | "EXAMINE"i ) SP mailbox
                 ( SP "(" whole_select_param ( SP whole_select_param )* ")" )?;

  # chgsince-fetch-mod = "CHANGEDSINCE" SP mod-sequence-value
  chgsince_fetch_mod = "CHANGEDSINCE"i SP number64;

  # whole-fetch = "FETCH" SP sequence-set SP fetch-items
  #               [SP "(" chgsince-fetch-mod *(SP chgsince-fetch-mod) ")"]
  whole_fetch = "FETCH"i SP sequence_set SP fetch_items
                ( SP "(" chgsince_fetch_mod ( SP chgsince_fetch_mod )* ")" )?;

  # VANISHED wants UID and CHANGEDSINCE (RFC 7162 section 3.2.6).
  # whole-uid-fetch = "FETCH" SP sequence-set SP fetch-items
  #                   [SP "(" *(fetch-modifier SP) chgsince-fetch-mod
  #                   *(SP fetch-modifier) ")"]
  whole_uid_fetch = "FETCH"i SP sequence_set SP fetch_items
                    ( SP "(" ( fetch_modifier SP )* chgsince_fetch_mod
                      ( SP fetch_modifier )* ")" )?;

  # whole-search = "SEARCH" [search-return-opts] SP
  #                ["CHARSET" SP charset SP] search-key-2 *(SP search-key-2)
  whole_search = "SEARCH"i search_return_opts? SP
                 ( "CHARSET"i SP astring SP )?
                 search_key_2 ( SP search_key_2 )*;

  # whole-uid = "UID" SP (copy / move / whole-uid-fetch / whole-search /
  #             store / uid-expunge)
  whole_uid = "UID"i SP ( copy | move | whole_uid_fetch | whole_search | store |
                          uid_expunge );

  # RFC 9051's command.
  # whole-command = tag SP (command-any / append / create / delete / enable /
  #     whole-select / whole-list / "NAMESPACE" / rename / status / subscribe /
  #     unsubscribe / "IDLE" / lsub / command-nonauth / "CLOSE" / "UNSELECT" /
  #     "EXPUNGE" / copy / move / whole-fetch / store / whole-search /
  #     whole-uid / "CHECK") CRLF
  whole_command = tag SP ( command_any | append | create | delete | enable |
                    whole_select | whole_list | "NAMESPACE"i | rename |
                    status | subscribe | unsubscribe | "IDLE"i | lsub |
                    command_nonauth | "CLOSE"i | "UNSELECT"i | "EXPUNGE"i |
                    copy | move | whole_fetch | store | whole_search |
                    whole_uid | "CHECK"i ) CRLF;
}%%
