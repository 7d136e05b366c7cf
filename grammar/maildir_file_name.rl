%%{
  # Names of message files in cur/ and new/ of a Maildir
  # https://cr.yp.to/proto/maildir.html; Maildir++'s "S="; keys of our own.
  # No RFC: the rules are grammar/abnf/maildir_file_name.abnf's.
  machine maildir_file_name;

  include rfc5234_core "rfc5234_core.rl";

  # lower-hex = DIGIT / %x61-66
  lower_hex = DIGIT | 0x61..0x66;

  # stem-start = %x01-2B / %x2D / %x30-39 / %x3B-FF
  stem_start = 0x01..0x2B | 0x2D | 0x30..0x39 | 0x3B..0xFF;

  # name-octet = %x01-2B / %x2D-2E / %x30-39 / %x3B-FF
  name_octet = 0x01..0x2B | 0x2D..0x2E | 0x30..0x39 | 0x3B..0xFF;

  # seconds = 1*18DIGIT
  seconds = DIGIT{1,18};

  # id = 32lower-hex
  id = lower_hex{32};

  # own-stem = seconds "." id %x2E.70.6B
  own_stem = seconds "." id ".pk";

  # other-stem = stem-start *name-octet
  other_stem = stem_start name_octet*;

  # stem = own-stem / other-stem
  stem = own_stem | other_stem;

  # octets-key = %x53.3D 1*18DIGIT
  octets_key = "S=" DIGIT{1,18};

  # folder-key = %x46.3D 16lower-hex
  folder_key = "F=" lower_hex{16};

  # uid-key = %x49.3D 1*10DIGIT
  uid_key = "I=" DIGIT{1,10};

  # checksum-key = %x43.3D 8lower-hex
  checksum_key = "C=" lower_hex{8};

  # other-key = *name-octet
  other_key = name_octet*;

  # key = octets-key / folder-key / uid-key / checksum-key / other-key
  key = octets_key | folder_key | uid_key | checksum_key | other_key;

  # info = ":2," *ALPHA
  info = ":2," ALPHA*;

  # maildir-name = stem *( "," key ) [ info ]
  maildir_name = stem ( "," key )* info?;
}%%
