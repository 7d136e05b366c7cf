%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: what SEARCH looks for
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  # With the keys that RFC 3501 section 9 and RFC 7162 section 7 add.
  machine rfc9051_search;

  include rfc9051_string "rfc9051_string.rl";
  include rfc9051_date "rfc9051_date.rl";
  include rfc9051_flag "rfc9051_flag.rl";
  include rfc9051_sequence_set "rfc9051_sequence_set.rl";

  # attr-flag = "\\" atom / atom
  # RFC 7162 section 7 lists the system flags too, which "\\" atom holds. In a
  # quoted string one backslash is written as two.
  attr_flag = "\\\\" atom | atom;

  # entry-name = DQUOTE "/flags/" attr-flag DQUOTE
  entry_name = DQUOTE "/flags/"i attr_flag DQUOTE;

  # entry-type-req = "priv" / "shared" / "all"
  entry_type_req = "priv"i | "shared"i | "all"i;

  # search-modseq-ext = SP entry-name SP entry-type-req
  # Read and passed over, as RFC 7162 section 3.1.5 asks of a server that keeps
  # modification sequences for each message, not for each flag.
  search_modseq_ext = SP entry_name SP entry_type_req;

  # search-modsequence = "MODSEQ" [search-modseq-ext] SP
  #                      mod-sequence-valzer
  # mod-sequence-valzer = "0" / 1*DIGIT
  search_modsequence = "MODSEQ"i search_modseq_ext? SP number64;

  # search-key = "ALL" / "ANSWERED" / "BCC" SP astring /
  #              "BEFORE" SP date / "BODY" SP astring /
  #              "CC" SP astring / "DELETED" / "FLAGGED" /
  #              "FROM" SP astring / "KEYWORD" SP flag-keyword /
  #              "ON" SP date / "SEEN" /
  #              "SINCE" SP date / "SUBJECT" SP astring /
  #              "TEXT" SP astring / "TO" SP astring /
  #              "UNANSWERED" / "UNDELETED" / "UNFLAGGED" /
  #              "UNKEYWORD" SP flag-keyword / "UNSEEN" /
  #              "DRAFT" / "HEADER" SP header-fld-name SP astring /
  #              "LARGER" SP number64 / "NOT" SP search-key /
  #              "OR" SP search-key SP search-key /
  #              "SENTBEFORE" SP date / "SENTON" SP date /
  #              "SENTSINCE" SP date / "SMALLER" SP number64 /
  #              "UID" SP sequence-set / "UNDRAFT" / sequence-set /
  #              "(" search-key *(SP search-key) ")"
  # search-key =/ "NEW" / "OLD" / "RECENT"  (RFC 3501)
  # search-key =/ search-modsequence        (RFC 7162)
  # search-leaf = those of them in which no other key stands.
  search_leaf = "ALL"i | "ANSWERED"i | "BCC"i SP astring |
                "BEFORE"i SP date | "BODY"i SP astring |
                "CC"i SP astring | "DELETED"i | "FLAGGED"i |
                "FROM"i SP astring | "KEYWORD"i SP flag_keyword |
                "ON"i SP date | "SEEN"i |
                "SINCE"i SP date | "SUBJECT"i SP astring |
                "TEXT"i SP astring | "TO"i SP astring |
                "UNANSWERED"i | "UNDELETED"i | "UNFLAGGED"i |
                "UNKEYWORD"i SP flag_keyword | "UNSEEN"i |
                "DRAFT"i | "HEADER"i SP header_fld_name SP astring |
                "LARGER"i SP number64 |
                "SENTBEFORE"i SP date | "SENTON"i SP date |
                "SENTSINCE"i SP date | "SMALLER"i SP number64 |
                "UID"i SP sequence_set | "UNDRAFT"i | sequence_set |
                "NEW"i | "OLD"i | "RECENT"i |
                search_modsequence;

  # search-item = *( "(" / "NOT" SP / "OR" SP ) search-leaf *")"
  # Every search key is such items with SP between them. The reverse needs
  # counting, which no grammar does: imap/search_tree.h counts, and is tried
  # against search_key_2 below.
  search_item = ( "(" | "NOT"i SP | "OR"i SP )* search_leaf ")"*;

  # search-keys = search-item *(SP search-item)
  search_keys = search_item ( SP search_item )*;

  # search-key-1 = search-leaf / "NOT" SP search-leaf /
  #                "OR" SP search-leaf SP search-leaf /
  #                "(" search-leaf *(SP search-leaf) ")"
  # RFC 9051's search-key nested once.
  search_key_1 = search_leaf | "NOT"i SP search_leaf |
                 "OR"i SP search_leaf SP search_leaf |
                 "(" search_leaf ( SP search_leaf )* ")";

  # search-key-2 = search-leaf / "NOT" SP search-key-1 /
  #                "OR" SP search-key-1 SP search-key-1 /
  #                "(" search-key-1 *(SP search-key-1) ")"
  # Nested twice.
  search_key_2 = search_leaf | "NOT"i SP search_key_1 |
                 "OR"i SP search_key_1 SP search_key_1 |
                 "(" search_key_1 ( SP search_key_1 )* ")";
}%%
