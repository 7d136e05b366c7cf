%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: commands
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  # With RFC 3501's commands and those of RFC 2971 (ID), 3502 and 3516 (APPEND),
  # 4466 and 7162 (parameters), 5258, 5819 and 6154 (LIST), 6855 (UTF8), 7889
  # (APPENDLIMIT).
  #
  # Parameters and options by name stand here as they are known; an unknown
  # one is refused, as RFC 5258 section 3 and RFC 4466 section 2 ask.
  machine rfc9051_command;

  include rfc9051_string "rfc9051_string.rl";
  include rfc9051_date "rfc9051_date.rl";
  include rfc9051_flag "rfc9051_flag.rl";
  include rfc9051_sequence_set "rfc9051_sequence_set.rl";
  include rfc9051_fetch "rfc9051_fetch.rl";
  include rfc9051_search "rfc9051_search.rl";

  # id = "ID" SP id-params-list
  # id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil
  # RFC 2971 section 4 writes "#(string SPACE nstring)", RFC 822's list.
  id = "ID"i SP ( "(" ( string SP nstring ( SP string SP nstring )* )? ")" |
       nil );

  # append-data = literal / literal8
  # append-data =/ "UTF8" SP "(" literal8 ")"  (RFC 6855)
  append_data = literal | literal8 | "UTF8"i SP "(" literal8 ")";

  # append-message = [SP flag-list] [SP date-time] SP append-data  (RFC 3502)
  append_message = ( SP flag_list )? ( SP date_time )? SP append_data;

  # append = "APPEND" SP mailbox 1*append-message
  append = "APPEND"i SP mailbox append_message+;

  # use-attr = "\" atom
  use_attr = "\\" atom;

  # create-params = SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"
  create_params = SP "(" "USE"i SP "(" ( use_attr ( SP use_attr )* )? ")" ")";

  # create = "CREATE" SP mailbox [create-params]
  create = "CREATE"i SP mailbox create_params?;

  # delete = "DELETE" SP mailbox
  delete = "DELETE"i SP mailbox;

  # capability = ("AUTH=" auth-type) / atom
  # auth-type = atom
  capability = "AUTH="i atom | atom;

  # enable = "ENABLE" 1*(SP capability)
  enable = "ENABLE"i ( SP capability )+;

  # qresync-param = "QRESYNC" SP "(" nz-number SP number64
  #                 [SP sequence-set]
  #                 [SP "(" sequence-set SP sequence-set ")"] ")"
  # RFC 7162 section 7: uidvalidity, mod-sequence-value, known-uids and
  # seq-match-data.
  qresync_param = "QRESYNC"i SP "(" nz_number SP number64
                  ( SP sequence_set )?
                  ( SP "(" sequence_set SP sequence_set ")" )? ")";

  # select-param = "CONDSTORE" / qresync-param
  select_param = "CONDSTORE"i | qresync_param;

  # select-params = SP "(" select-param *(SP select-param) ")"
  select_params = SP "(" select_param ( SP select_param )* ")";

  # examine = "EXAMINE" SP mailbox [select-params]
  examine = "EXAMINE"i SP mailbox select_params?;

  # select = "SELECT" SP mailbox [select-params]
  select = "SELECT"i SP mailbox select_params?;

  # status-att = "MESSAGES" / "UIDNEXT" / "UIDVALIDITY" /
  #              "UNSEEN" / "DELETED" / "SIZE"
  # status-att =/ "RECENT"         (RFC 3501)
  # status-att =/ "HIGHESTMODSEQ"  (RFC 7162)
  # status-att =/ "APPENDLIMIT"    (RFC 7889)
  status_att = "MESSAGES"i | "UIDNEXT"i | "UIDVALIDITY"i |
               "UNSEEN"i | "DELETED"i | "SIZE"i |
               "RECENT"i | "HIGHESTMODSEQ"i | "APPENDLIMIT"i;

  # status-option = "STATUS" SP "(" status-att *(SP status-att) ")"
  status_option = "STATUS"i SP "(" status_att ( SP status_att )* ")";

  # list-select-opt = "SUBSCRIBED" / "REMOTE" / "RECURSIVEMATCH"
  # list-select-opt =/ "SPECIAL-USE"  (RFC 6154)
  # That RECURSIVEMATCH needs SUBSCRIBED is seen to in imap/command.cc.
  list_select_opt = "SUBSCRIBED"i | "REMOTE"i | "RECURSIVEMATCH"i |
                    "SPECIAL-USE"i;

  # list-select-opts = "(" [list-select-opt *(SP list-select-opt)] ")"
  list_select_opts = "(" ( list_select_opt ( SP list_select_opt )* )? ")";

  # patterns = "(" list-mailbox *(SP list-mailbox) ")"
  patterns = "(" list_mailbox ( SP list_mailbox )* ")";

  # mbox-or-pat = list-mailbox / patterns
  mbox_or_pat = list_mailbox | patterns;

  # return-option = "SUBSCRIBED" / "CHILDREN" / status-option
  # return-option =/ "SPECIAL-USE"  (RFC 6154)
  return_option = "SUBSCRIBED"i | "CHILDREN"i | status_option |
                  "SPECIAL-USE"i;

  # list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
  list_return_opts = "RETURN"i SP
                     "(" ( return_option ( SP return_option )* )? ")";

  # list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat
  #        [SP list-return-opts]
  list = "LIST"i ( SP list_select_opts )? SP mailbox SP mbox_or_pat
         ( SP list_return_opts )?;

  # lsub = "LSUB" SP mailbox SP list-mailbox
  lsub = "LSUB"i SP mailbox SP list_mailbox;

  # rename = "RENAME" SP mailbox SP mailbox
  rename = "RENAME"i SP mailbox SP mailbox;

  # status = "STATUS" SP mailbox SP
  #          "(" status-att *(SP status-att) ")"
  status = "STATUS"i SP mailbox SP "(" status_att ( SP status_att )* ")";

  # subscribe = "SUBSCRIBE" SP mailbox
  subscribe = "SUBSCRIBE"i SP mailbox;

  # unsubscribe = "UNSUBSCRIBE" SP mailbox
  unsubscribe = "UNSUBSCRIBE"i SP mailbox;

  # login = "LOGIN" SP userid SP password
  # userid = astring
  # password = astring
  login = "LOGIN"i SP astring SP astring;

  # initial-resp = (base64 / "=")
  initial_resp = base64 | "=";

  # authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp]
  # What follows, *(CRLF base64), comes line by line.
  authenticate = "AUTHENTICATE"i SP atom ( SP initial_resp )?;

  # copy = "COPY" SP sequence-set SP mailbox
  copy = "COPY"i SP sequence_set SP mailbox;

  # move = "MOVE" SP sequence-set SP mailbox
  move = "MOVE"i SP sequence_set SP mailbox;

  # fetch-modifier = "CHANGEDSINCE" SP number64 / "VANISHED"
  # RFC 7162 section 7: chgsince-fetch-mod and rexpunges-fetch-mod.
  fetch_modifier = "CHANGEDSINCE"i SP number64 | "VANISHED"i;

  # fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")"
  fetch_modifiers = SP "(" fetch_modifier ( SP fetch_modifier )* ")";

  # fetch = "FETCH" SP sequence-set SP fetch-items [fetch-modifiers]
  fetch = "FETCH"i SP sequence_set SP fetch_items fetch_modifiers?;

  # store-modifier = SP "(" "UNCHANGEDSINCE" SP number64 ")"
  store_modifier = SP "(" "UNCHANGEDSINCE"i SP number64 ")";

  # store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP
  #                   (flag-list / (flag *(SP flag)))
  store_att_flags = ( "+" | "-" )? "FLAGS"i ".SILENT"i? SP
                    ( flag_list | flag ( SP flag )* );

  # store = "STORE" SP sequence-set [store-modifier] SP store-att-flags
  store = "STORE"i SP sequence_set store_modifier? SP store_att_flags;

  # search-return-opt = "MIN" / "MAX" / "ALL" / "COUNT" / "SAVE"
  search_return_opt = "MIN"i | "MAX"i | "ALL"i | "COUNT"i | "SAVE"i;

  # search-return-opts = SP "RETURN" SP "(" [search-return-opt
  #                      *(SP search-return-opt)] ")"
  search_return_opts = SP "RETURN"i SP "(" ( search_return_opt
                       ( SP search_return_opt )* )? ")";

  # search = "SEARCH" [search-return-opts] SP
  #          ["CHARSET" SP charset SP] search-keys
  # charset = astring (RFC 3501; RFC 9051 has atom / quoted)
  search = "SEARCH"i search_return_opts? SP
           ( "CHARSET"i SP astring SP )? search_keys;

  # uid-expunge = "EXPUNGE" SP sequence-set
  uid_expunge = "EXPUNGE"i SP sequence_set;

  # uid = "UID" SP (copy / move / fetch / search / store / uid-expunge)
  uid = "UID"i SP ( copy | move | fetch | search | store | uid_expunge );

  # command-any = "CAPABILITY" / "LOGOUT" / "NOOP" / id
  command_any = "CAPABILITY"i | "LOGOUT"i | "NOOP"i | id;

  # command-auth = append / create / delete / enable / examine /
  #                list / namespace-command / rename /
  #                select / status / subscribe / unsubscribe /
  #                idle
  # command-auth =/ lsub  (RFC 3501)
  # namespace-command = "NAMESPACE"
  # idle = "IDLE" CRLF "DONE"
  # "DONE" comes as a line of its own.
  command_auth = append | create | delete | enable | examine |
                 list | "NAMESPACE"i | rename |
                 select | status | subscribe | unsubscribe |
                 "IDLE"i | lsub;

  # command-nonauth = login / authenticate / "STARTTLS"
  command_nonauth = login | authenticate | "STARTTLS"i;

  # command-select = "CLOSE" / "UNSELECT" / "EXPUNGE" / copy /
  #                  move / fetch / store / search / uid
  # command-select =/ "CHECK"  (RFC 3501)
  command_select = "CLOSE"i | "UNSELECT"i | "EXPUNGE"i | copy |
                   move | fetch | store | search | uid | "CHECK"i;

  # command = tag SP (command-any / command-auth /
  #           command-nonauth / command-select) CRLF
  command = tag SP ( command_any | command_auth |
            command_nonauth | command_select ) CRLF;

  # command-name = the words that may follow a tag.
  command_name = "CAPABILITY"i | "LOGOUT"i | "NOOP"i | "ID"i | "APPEND"i |
                 "CREATE"i | "DELETE"i | "ENABLE"i | "EXAMINE"i | "LIST"i |
                 "LSUB"i | "NAMESPACE"i | "RENAME"i | "SELECT"i | "STATUS"i |
                 "SUBSCRIBE"i | "UNSUBSCRIBE"i | "IDLE"i | "LOGIN"i |
                 "AUTHENTICATE"i | "STARTTLS"i | "CHECK"i | "CLOSE"i |
                 "UNSELECT"i | "EXPUNGE"i |
                 ( "UID"i SP )? ( "COPY"i | "MOVE"i | "FETCH"i | "STORE"i |
                                  "SEARCH"i ) |
                 "UID"i SP "EXPUNGE"i;

  # command-head = tag (SP command-name (SP / CR) / CR) *OCTET
  # The front of a command, whatever its arguments; or a tag and no command.
  command_head = tag ( SP command_name ( SP | CR ) | CR ) OCTET*;

  # message-head = tag SP "APPEND" SP mailbox *append-message [SP flag-list]
  #                [SP date-time] SP ["~" / "UTF8" SP "(" "~"]
  # An APPEND up to a message.
  message_head = tag SP "APPEND"i SP mailbox append_message* ( SP flag_list )?
                 ( SP date_time )? SP ( "~" | "UTF8"i SP "(" "~" )?;
}%%
