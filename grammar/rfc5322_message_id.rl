%%{
  # RFC 5322 Internet Message Format, with RFC 6532
  # Section 3.6.4. Identification Fields; section 4.5.4, the obsolete forms
  # https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4
  machine rfc5322_message_id;

  include rfc5322_address "rfc5322_address.rl";

  # id-text = 1*atext / (DQUOTE *qcontent DQUOTE)
  # Of abnf/postkeep_rfc5322.abnf.
  id_text = atext+ | DQUOTE qcontent* DQUOTE;

  # obs-id-left = local-part
  # Without white space: abnf/postkeep_rfc5322.abnf.
  # obs-id-left = id-text *("." id-text)
  obs_id_left = id_text ( "." id_text )*;

  # id-left = dot-atom-text / obs-id-left
  id_left = dot_atom_text | obs_id_left;

  # id-dtext = %d33 / %d35-59 / %d61 / %d63-90 / %d94-126 / obs-NO-WS-CTL /
  #            UTF8-non-ascii
  # Of abnf/postkeep_rfc5322.abnf.
  id_dtext = 33 | 35..59 | 61 | 63..90 | 94..126 | obs_NO_WS_CTL |
             UTF8_non_ascii;

  # no-fold-literal = "[" *dtext "]"
  # With id-dtext for dtext: abnf/postkeep_rfc5322.abnf.
  no_fold_literal = "[" id_dtext* "]";

  # id-right = dot-atom-text / no-fold-literal / obs-id-right
  # Without obs-id-right, which has nothing more once white space is left out.
  id_right = dot_atom_text | no_fold_literal;

  # msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]
  msg_id = CFWS? "<" id_left "@" id_right ">" CFWS?;

  # The value of obs-in-reply-to and obs-references.
  # msg-ids = *(phrase / msg-id)
  msg_ids = ( phrase | msg_id )*;

  # Tolerated (RFC 5322 section 4: "deal with messages robustly"): any text
  # without white space between "<" and ">", and any words around.
  tolerated_id_octet = ( 33..126 - [<>"] ) | obs_NO_WS_CTL |
                       tolerated_text_octet;
  tolerated_id_quoted = DQUOTE tolerated_qcontent* DQUOTE;
  tolerated_msg_id = "<" ( tolerated_id_octet | tolerated_id_quoted )* ">";
  tolerated_msg_ids = ( tolerated_CFWS | tolerated_atext | "." | "," | "@" |
                        tolerated_quoted | tolerated_msg_id )*;
}%%
