%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: sequence-set
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  machine rfc9051_sequence_set;

  include rfc9051_string "rfc9051_string.rl";

  # seq-number = nz-number / "*"
  seq_number = nz_number | "*";

  # seq-range = seq-number ":" seq-number
  seq_range = seq_number ":" seq_number;

  # seq-last-command = "$"
  seq_last_command = "$";

  # sequence-set = (seq-number / seq-range) ["," sequence-set]
  # sequence-set =/ seq-last-command
  # Read as RFC 5182 section 3 says, "$" stands alone: with the recursion
  # taken literally "1,$" would be a set too.
  sequence_set = ( seq_number | seq_range ) ( "," ( seq_number | seq_range ) )*
               | seq_last_command;
}%%
