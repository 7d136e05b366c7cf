%%{
  # Lines of the files in which Dovecot and Courier keep UIDs, keywords and
  # subscriptions of a Maildir
  # https://doc.dovecot.org/2.3/admin_manual/mailbox_formats/maildir/
  # No RFC: the rules are grammar/abnf/maildir_lists.abnf's.
  machine maildir_lists;

  include rfc5234_core "rfc5234_core.rl";

  # number = 1*10DIGIT
  number = DIGIT{1,10};

  # field-octet = %x21-7E
  field_octet = 0x21..0x7E;

  # validity-field = %x56 number
  validity_field = 0x56 number;

  # next-field = %x4E number
  next_field = 0x4E number;

  # other-letter = %x41-4D / %x4F-55 / %x57-5A / %x61-7A
  other_letter = 0x41..0x4D | 0x4F..0x55 | 0x57..0x5A | 0x61..0x7A;

  # other-field = other-letter *field-octet
  other_field = other_letter field_octet*;

  # header-field = validity-field / next-field / other-field
  header_field = validity_field | next_field | other_field;

  # dovecot-header = "3" 1*(SP header-field)
  dovecot_header = "3" ( SP header_field )+;

  # courier-header = "1" SP number SP number
  courier_header = "1" SP number SP number;

  # uid-list-header = dovecot-header / courier-header
  uid_list_header = dovecot_header | courier_header;

  # record-field = ALPHA *field-octet
  record_field = ALPHA field_octet*;

  # base-start = %x01-09 / %x0B-2D / %x30-39 / %x3B-FF
  base_start = 0x01..0x09 | 0x0B..0x2D | 0x30..0x39 | 0x3B..0xFF;

  # base-octet = %x01-09 / %x0B-2E / %x30-39 / %x3B-FF
  base_octet = 0x01..0x09 | 0x0B..0x2E | 0x30..0x39 | 0x3B..0xFF;

  # base-name = base-start *base-octet
  base_name = base_start base_octet*;

  # info-octet = %x01-09 / %x0B-2E / %x30-FF
  info_octet = 0x01..0x09 | 0x0B..0x2E | 0x30..0xFF;

  # dovecot-record = number *(SP record-field) SP ":" base-name
  #                  [":" *info-octet]
  dovecot_record = number ( SP record_field )* SP ":" base_name
                   ( ":" info_octet* )?;

  # plain-start = %x01-09 / %x0B-1F / %x21-2D / %x30-39 / %x3B-FF
  plain_start = 0x01..0x09 | 0x0B..0x1F | 0x21..0x2D | 0x30..0x39 | 0x3B..0xFF;

  # plain-octet = %x01-09 / %x0B-1F / %x21-2E / %x30-39 / %x3B-FF
  plain_octet = 0x01..0x09 | 0x0B..0x1F | 0x21..0x2E | 0x30..0x39 | 0x3B..0xFF;

  # plain-name = plain-start *plain-octet
  plain_name = plain_start plain_octet*;

  # courier-record = number SP plain-name [":" *field-octet]
  courier_record = number SP plain_name ( ":" field_octet* )?;

  # uid-list-record = dovecot-record / courier-record
  uid_list_record = dovecot_record | courier_record;

  # keyword-octet = %x21 / %x23-24 / %x26-27 / %x2B-5B / %x5E-7A / %x7C-7E
  keyword_octet = 0x21 | 0x23..0x24 | 0x26..0x27 | 0x2B..0x5B | 0x5E..0x7A |
                  0x7C..0x7E;

  # keyword = 1*keyword-octet
  keyword = keyword_octet+;

  # keyword-index = 1*5DIGIT
  keyword_index = DIGIT{1,5};

  # keyword-line = [keyword-index SP] keyword
  keyword_line = ( keyword_index SP )? keyword;

  # keyword-list-line = base-name ":" [keyword-index *(SP keyword-index)]
  keyword_list_line = base_name ":" ( keyword_index ( SP keyword_index )* )?;

  # keyword-file-name = ["." 1*18DIGIT "."] base-name
  keyword_file_name = ( "." DIGIT{1,18} "." )? base_name;

  # level-octet = %x20-7E / %x80-FF
  level_octet = 0x20..0x7E | 0x80..0xFF;

  # level = 1*level-octet
  level = level_octet+;

  # subscription-line = level *(HTAB level)
  subscription_line = level ( HTAB level )*;
}%%
