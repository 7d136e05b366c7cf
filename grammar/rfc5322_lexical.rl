%%{
  # RFC 5322 Internet Message Format, with RFC 6532
  # Section 3.2. Lexical Tokens; section 4.1 and 4.2, their obsolete forms
  # https://www.rfc-editor.org/rfc/rfc5322#section-3.2
  machine rfc5322_lexical;

  include rfc5234_core "rfc5234_core.rl";
  include rfc3629_utf8 "rfc3629_utf8.rl";

  # RFC 6532 section 3.2: VCHAR =/ UTF8-non-ascii. It has a name of its own
  # here, because the core rule keeps its meaning in other grammars.
  # any-VCHAR = VCHAR / UTF8-non-ascii
  any_VCHAR = VCHAR | UTF8_non_ascii;

  # obs-NO-WS-CTL = %d1-8 / %d11 / %d12 / %d14-31 / %d127
  obs_NO_WS_CTL = 1..8 | 11 | 12 | 14..31 | 127;

  # quoted-pair = ("\" (VCHAR / WSP)) / obs-qp
  # Without obs-qp: abnf/postkeep_rfc5322.abnf.
  quoted_pair = "\\" ( any_VCHAR | WSP );

  # obs-FWS = 1*WSP *(CRLF 1*WSP)
  obs_FWS = WSP+ ( CRLF WSP+ )*;

  # FWS = ([*WSP CRLF] 1*WSP) / obs-FWS
  FWS = ( WSP* CRLF )? WSP+ | obs_FWS;

  # obs-ctext = obs-NO-WS-CTL
  obs_ctext = obs_NO_WS_CTL;

  # ctext = %d33-39 / %d42-91 / %d93-126 / obs-ctext
  # ctext =/ UTF8-non-ascii
  ctext = 33..39 | 42..91 | 93..126 | obs_ctext | UTF8_non_ascii;

  # ccontent = ctext / quoted-pair / comment
  # comment = "(" *([FWS] ccontent) [FWS] ")"
  # Comments nest at most 3 deep: message/address.h, comment_depth_max.
  # comment-1 = "(" *([FWS] (ctext / quoted-pair)) [FWS] ")"
  comment_1 = "(" ( FWS? ( ctext | quoted_pair ) )* FWS? ")";
  # comment-2 = "(" *([FWS] (ctext / quoted-pair / comment-1)) [FWS] ")"
  comment_2 = "(" ( FWS? ( ctext | quoted_pair | comment_1 ) )* FWS? ")";
  # comment = "(" *([FWS] (ctext / quoted-pair / comment-2)) [FWS] ")"
  comment = "(" ( FWS? ( ctext | quoted_pair | comment_2 ) )* FWS? ")";

  # CFWS = (1*([FWS] comment) [FWS]) / FWS
  CFWS = ( FWS? comment )+ FWS? | FWS;

  # atext = ALPHA / DIGIT / "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" /
  #         "-" / "/" / "=" / "?" / "^" / "_" / "`" / "{" / "|" / "}" / "~"
  # atext =/ UTF8-non-ascii
  atext = ALPHA | DIGIT | "!" | "#" | "$" | "%" | "&" | "'" | "*" | "+" |
          "-" | "/" | "=" | "?" | "^" | "_" | "`" | "{" | "|" | "}" | "~" |
          UTF8_non_ascii;

  # atom = [CFWS] 1*atext [CFWS]
  atom = CFWS? atext+ CFWS?;

  # dot-atom-text = 1*atext *("." 1*atext)
  dot_atom_text = atext+ ( "." atext+ )*;

  # dot-atom = [CFWS] dot-atom-text [CFWS]
  dot_atom = CFWS? dot_atom_text CFWS?;

  # obs-qtext = obs-NO-WS-CTL
  obs_qtext = obs_NO_WS_CTL;

  # qtext = %d33 / %d35-91 / %d93-126 / obs-qtext
  # qtext =/ UTF8-non-ascii
  qtext = 33 | 35..91 | 93..126 | obs_qtext | UTF8_non_ascii;

  # qcontent = qtext / quoted-pair
  qcontent = qtext | quoted_pair;

  # quoted-string = [CFWS] DQUOTE *([FWS] qcontent) [FWS] DQUOTE [CFWS]
  quoted_string = CFWS? DQUOTE ( FWS? qcontent )* FWS? DQUOTE CFWS?;

  # word = atom / quoted-string
  word = atom | quoted_string;

  # obs-phrase = word *(word / "." / CFWS)
  obs_phrase = word ( word | "." | CFWS )*;

  # phrase = 1*word / obs-phrase
  phrase = word+ | obs_phrase;

  # obs-utext = %d0 / obs-NO-WS-CTL / VCHAR
  # Without %d0: abnf/postkeep_rfc5322.abnf.
  obs_utext = obs_NO_WS_CTL | any_VCHAR;

  # obs-unstruct = *((*LF *CR *(obs-utext *LF *CR)) / FWS)
  # Without LF and CR: abnf/postkeep_rfc5322.abnf.
  obs_unstruct = ( obs_utext | FWS )*;

  # unstructured = (*([FWS] VCHAR) *WSP) / obs-unstruct
  unstructured = ( FWS? any_VCHAR )* WSP* | obs_unstruct;

  # Tolerated: any octet above %d127 where UTF-8 may stand. RFC 5322 section 4:
  # "It is up to the implementation to deal with messages robustly", and mail of
  # before RFC 6532 has ISO-8859-1 there. Only what was stored is read so.
  tolerated_text_octet = 128..255;

  tolerated_pair = "\\" ( VCHAR | WSP | tolerated_text_octet );

  tolerated_ctext = 33..39 | 42..91 | 93..126 | obs_ctext |
                    tolerated_text_octet | tolerated_pair;
  tolerated_comment_1 = "(" ( FWS? tolerated_ctext )* FWS? ")";
  tolerated_comment_2 = "(" ( FWS? ( tolerated_ctext |
                                     tolerated_comment_1 ) )* FWS? ")";
  tolerated_comment = "(" ( FWS? ( tolerated_ctext |
                                   tolerated_comment_2 ) )* FWS? ")";
  tolerated_CFWS = ( FWS? tolerated_comment )+ FWS? | FWS;

  tolerated_atext = ALPHA | DIGIT | "!" | "#" | "$" | "%" | "&" | "'" | "*" |
                    "+" | "-" | "/" | "=" | "?" | "^" | "_" | "`" | "{" | "|" |
                    "}" | "~" | tolerated_text_octet;
  tolerated_qcontent = 33 | 35..91 | 93..126 | obs_qtext |
                       tolerated_text_octet | tolerated_pair;
  tolerated_quoted = DQUOTE ( FWS? tolerated_qcontent )* FWS? DQUOTE;
}%%
