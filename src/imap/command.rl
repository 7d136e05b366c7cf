// The machine of imap/command.h. Which octets are a command is not said here
// but in grammar/rfc9051_command.rl: test
// proof_imap_command_machine_is_the_grammar shows that main accepts exactly its
// command. Below, "loose & rule" keeps the captures of the one and the language
// of the other. What an action does is said in imap/command_reader.cc.

#include "imap/command_reader.h"

%%{
  machine imap_command;
  alphtype unsigned char;

  include rfc9051_command "rfc9051_command.rl";

  action tag_end         { tag_end(); }
  action word_start      { word_start(); }
  action word_octet      { word_octet(fc); }
  action text_start      { text_start(); }
  action text_octet      { text_octet(fc); }
  action text_literal    { text_literal(); }
  action number_start    { number_start(); }
  action number_digit    { if (!number_digit(fc)) fbreak; }
  action name_end        { name_end(); }
  action set_end         { if (!set_end()) fbreak; }
  action flag_end        { if (!flag_end()) fbreak; }
  action command_end     { command_end(); }
  action by_uid          { by_uid(); }

  action capability      { capability(); }
  action noop            { noop(); }
  action logout          { logout(); }
  action starttls        { starttls(); }
  action check           { check(); }
  action close           { close(); }
  action unselect        { unselect(); }
  action idle            { idle(); }
  action namespaces      { namespaces(); }
  action authenticate    { authenticate(); }
  action login           { login(); }
  action select          { select(); }
  action examine         { examine(); }
  action create          { create(); }
  action remove          { remove(); }
  action rename          { rename(); }
  action subscribe       { subscribe(); }
  action unsubscribe     { unsubscribe(); }
  action list            { list(); }
  action lsub            { lsub(); }
  action status          { status(); }
  action append          { append(); }
  action expunge         { expunge(); }
  action search          { search(); }
  action fetch           { fetch(); }
  action store           { store(); }
  action copy            { copy(); }
  action move            { move(); }
  action id              { id(); }
  action enable          { enable(); }

  action mechanism_end   { mechanism_end(); }
  action initial_start   { initial_start(); }
  action user_end        { user_end(); }
  action password_end    { password_end(); }
  action condstore       { condstore(); }
  action quick_resync    { quick_resync(); }
  action validity_end    { if (!validity_end()) fbreak; }
  action known_from_end  { known_from_end(); }
  action known_uids_end  { if (!known_uids_end()) fbreak; }
  action matches_end     { if (!matches_end()) fbreak; }
  action special_use_end { if (!special_use_end()) fbreak; }
  action list_extended   { list_extended(); }
  action list_option_end { list_option_end(); }
  action list_return_end { list_return_end(); }
  action pattern_end     { if (!pattern_end()) fbreak; }
  action status_end      { status_end(); }
  action date_time_end   { if (!date_time_end()) fbreak; }
  action literal8_mark   { literal8_mark(); }
  action utf8_mark       { utf8_mark(); }
  action message         { if (!message()) fbreak; }
  action id_field_end    { if (!id_field_end()) fbreak; }
  action id_value_end    { id_value_end(); }
  action enabled_end     { if (!enabled_end()) fbreak; }
  action changed_since   { changed_since(); }
  action vanished        { vanished(); }
  action unchanged_since { unchanged_since(); }
  action store_add       { store_add(); }
  action store_remove    { store_remove(); }
  action store_silent    { store_silent(); }

  action item_word_end   { item_word_end(); }
  action part_start      { if (!part_start()) fbreak; }
  action part_digit      { if (!part_digit(fc)) fbreak; }
  action section_start   { section_start(); }
  action section_end     { section_end(); }
  action field_end       { if (!field_end()) fbreak; }
  action offset_end      { offset_end(); }
  action octets_end      { octets_end(); }
  action item_end        { if (!item_end()) fbreak; }

  action returned        { returned(); }
  action return_end      { return_end(); }
  action charset_end     { charset_end(); }
  action open_group      { if (!open_group()) fbreak; }
  action open_not        { if (!open_not()) fbreak; }
  action open_or         { if (!open_or()) fbreak; }
  action close_group     { if (!close_group()) fbreak; }
  action leaf_start      { leaf_start(); }
  action argument_end    { argument_end(); }
  action leaf_end        { if (!leaf_end()) fbreak; }

  # Strings, as what they stand for.
  plain_octet  = ( TEXT_CHAR - quoted_specials ) | UTF8_2 | UTF8_3 | UTF8_4;
  quoted_text  = DQUOTE @text_start ( plain_octet $text_octet |
                 "\\" quoted_specials $text_octet )* DQUOTE;
  literal_text = literal @text_literal;
  string_text  = quoted_text | literal_text;
  astring_text = ASTRING_CHAR+ >text_start $text_octet | string_text;
  pattern_text = list_char+ >text_start $text_octet | string_text;

  name      = astring_text %name_end;
  set       = sequence_set >text_start $text_octet %set_end;
  one_flag  = flag >text_start $text_octet %flag_end;
  flags     = "(" ( one_flag ( SP one_flag )* )? ")";
  a_number  = number64 >number_start $number_digit;
  a_status  = status_att >word_start $word_octet %status_end;
  statuses  = "(" a_status ( SP a_status )* ")";

  # Session and mailboxes.
  id_value  = ( string_text %id_value_end ) | nil;
  id_args   = nil | "(" ( string_text %id_field_end SP id_value
              ( SP string_text %id_field_end SP id_value )* )? ")";
  auth_args = atom >text_start $text_octet %mechanism_end
              ( SP @initial_start initial_resp $text_octet )?;
  login_args = astring_text %user_end SP astring_text %password_end;

  resync    = "QRESYNC"i @quick_resync SP "(" a_number %validity_end
              SP a_number %known_from_end ( SP set %known_uids_end )?
              ( SP "(" set %matches_end SP set %matches_end ")" )? ")";
  parameter = "CONDSTORE"i @condstore | resync;
  select_args = name ( SP "(" parameter ( SP parameter )* ")" )?;

  use       = use_attr >text_start $text_octet %special_use_end;
  create_args = name ( SP "(" "USE"i SP "(" ( use ( SP use )* )? ")" ")" )?;

  list_option = list_select_opt >word_start $word_octet %list_option_end;
  list_options = "(" @list_extended ( list_option ( SP list_option )* )? ")";
  a_pattern = pattern_text %pattern_end;
  a_return  = ( "SUBSCRIBED"i | "CHILDREN"i | "SPECIAL-USE"i )
              >word_start $word_octet %list_return_end |
              "STATUS"i SP statuses;
  list_args = ( list_options SP )? name SP
              ( a_pattern | "(" @list_extended a_pattern ( SP a_pattern )* ")" )
              ( SP "RETURN"i SP
                "(" @list_extended ( a_return ( SP a_return )* )? ")" )?;

  message_text = literal @message;
  one_message = ( SP flags )?
              ( SP date_time >text_start $text_octet %date_time_end )?
              SP ( message_text | "~" @literal8_mark message_text |
              "UTF8"i @utf8_mark SP "(" "~" @literal8_mark message_text ")" );
  append_args = name one_message+;

  # FETCH and STORE.
  part      = nz_number >part_start $part_digit;
  field     = astring_text %field_end;
  section_word = ( "HEADER"i | "HEADER.FIELDS"i | "HEADER.FIELDS.NOT"i |
              "TEXT"i | "MIME"i ) >word_start $word_octet %section_end;
  section_text_ = section_word ( SP "(" field ( SP field )* ")" )?;
  a_section = "[" @section_start ( section_text_ |
              part ( "." part )* ( "." section_text_ )? )? "]";
  a_partial = "<" a_number %offset_end "." a_number %octets_end ">";
  item_word = ( ALPHA | DIGIT | "." )+ >word_start $word_octet %item_word_end;
  item      = ( item_word ( a_section a_partial? )? ) &
              ( fetch_att | "ALL"i | "FULL"i | "FAST"i );
  an_item   = item %item_end;
  fetch_mod = "CHANGEDSINCE"i SP a_number %changed_since |
              "VANISHED"i @vanished;
  fetch_args = set SP
              ( ( an_item | "(" an_item ( SP an_item )* ")" ) & fetch_items )
              ( SP "(" fetch_mod ( SP fetch_mod )* ")" )?;
  store_args = set ( SP "(" "UNCHANGEDSINCE"i SP a_number %unchanged_since
              ")" )? SP ( "+" @store_add | "-" @store_remove )? "FLAGS"i
              ( ".SILENT"i @store_silent )? SP
              ( flags | one_flag ( SP one_flag )* );

  # SEARCH.
  key_word  = ALPHA+ >word_start $word_octet;
  argument  = ( list_char+ >text_start $text_octet | string_text )
              %argument_end;
  key_set   = sequence_set >text_start $text_octet %argument_end;
  leaf      = ( key_word ( SP argument ){0,3} | key_set ) & search_leaf;
  a_leaf    = leaf >leaf_start %leaf_end;
  key_item  = ( "(" @open_group | "NOT"i SP @open_not | "OR"i SP @open_or )*
              a_leaf ( ")" @close_group )*;
  a_result  = search_return_opt >word_start $word_octet %return_end;
  search_args = ( "RETURN"i SP
              "(" @returned ( a_result ( SP a_result )* )? ")" SP )?
              ( "CHARSET"i SP astring_text %charset_end SP )?
              key_item ( SP key_item )*;

  numbered  = "COPY"i @copy SP set SP name |
              "MOVE"i @move SP set SP name |
              "FETCH"i @fetch SP fetch_args |
              "STORE"i @store SP store_args |
              "SEARCH"i @search SP search_args;

  request   = "CAPABILITY"i @capability | "NOOP"i @noop | "LOGOUT"i @logout |
              "STARTTLS"i @starttls | "CHECK"i @check | "CLOSE"i @close |
              "UNSELECT"i @unselect | "IDLE"i @idle |
              "NAMESPACE"i @namespaces |
              "ID"i SP @id id_args |
              "ENABLE"i @enable
                ( SP capability >text_start $text_octet %enabled_end )+ |
              "AUTHENTICATE"i @authenticate SP auth_args |
              "LOGIN"i @login SP login_args |
              "SELECT"i @select SP select_args |
              "EXAMINE"i @examine SP select_args |
              "CREATE"i @create SP create_args |
              "DELETE"i @remove SP name |
              "RENAME"i @rename SP name SP name |
              "SUBSCRIBE"i @subscribe SP name |
              "UNSUBSCRIBE"i @unsubscribe SP name |
              "LIST"i @list SP list_args |
              "LSUB"i @lsub SP name SP a_pattern |
              "STATUS"i @status SP name SP statuses |
              "APPEND"i @append SP append_args |
              "EXPUNGE"i @expunge | numbered |
              "UID"i SP @by_uid ( numbered | "EXPUNGE"i @expunge SP set );

  main := ( tag >text_start $text_octet %tag_end SP request CRLF @command_end )
          & command;
}%%

namespace postkeep::imap {

%% write data noentry nofinal;

// Whether `text` is a beginning of a command; complete_ when it is one.
bool CommandReader::run(Octets text) {
  int cs = 0;
  const Octet* p = text.data();
  const Octet* const pe = p + text.size();
  %% write init;
  %% write exec;
  return cs != imap_command_error && !error_;
}

}  // namespace postkeep::imap
