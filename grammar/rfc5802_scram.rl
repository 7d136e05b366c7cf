%%{
  # RFC 5802 Salted Challenge Response Authentication Mechanism (SCRAM)
  # Section 7. Formal Syntax
  # https://www.rfc-editor.org/rfc/rfc5802#section-7
  machine rfc5802_scram;

  include rfc5234_core "rfc5234_core.rl";
  include rfc3629_utf8 "rfc3629_utf8.rl";
  include rfc4648_base64 "rfc4648_base64.rl";

  # value-safe-char = %x01-2B / %x2D-3C / %x3E-7F /
  #                   UTF8-2 / UTF8-3 / UTF8-4
  value_safe_char = 0x01..0x2B | 0x2D..0x3C | 0x3E..0x7F |
                    UTF8_2 | UTF8_3 | UTF8_4;

  # value-char = value-safe-char / "="
  value_char = value_safe_char | "=";

  # value = 1*value-char
  value = value_char+;

  # attr-val = ALPHA "=" value
  attr_val = ALPHA "=" value;

  # extensions = attr-val *("," attr-val)
  extensions = attr_val ( "," attr_val )*;

  # printable = %x21-2B / %x2D-7E
  printable = 0x21..0x2B | 0x2D..0x7E;

  # posit-number = %x31-39 *DIGIT
  posit_number = 0x31..0x39 DIGIT*;

  # saslname = 1*(value-safe-char / "=2C" / "=3D")
  saslname = ( value_safe_char | "=2C"i | "=3D"i )+;

  # authzid = "a=" saslname
  authzid = "a="i saslname;

  # cb-name = 1*(ALPHA / DIGIT / "." / "-")
  cb_name = ( ALPHA | DIGIT | "." | "-" )+;

  # gs2-cbind-flag = ("p=" cb-name) / "n" / "y"
  gs2_cbind_flag = "p="i cb_name | "n"i | "y"i;

  # gs2-header = gs2-cbind-flag "," [ authzid ] ","
  gs2_header = gs2_cbind_flag "," authzid? ",";

  # username = "n=" saslname
  username = "n="i saslname;

  # reserved-mext = "m=" 1*(value-char)
  reserved_mext = "m="i value_char+;

  # channel-binding = "c=" base64
  channel_binding = "c="i base64;

  # proof = "p=" base64
  proof = "p="i base64;

  # c-nonce = printable
  c_nonce = printable;

  # s-nonce = printable
  s_nonce = printable;

  # nonce = "r=" c-nonce [s-nonce]
  nonce = "r="i c_nonce s_nonce?;

  # client-first-message-bare = [reserved-mext ","]
  #                             username "," nonce ["," extensions]
  client_first_message_bare = ( reserved_mext "," )?
                              username "," nonce ( "," extensions )?;

  # client-first-message = gs2-header client-first-message-bare
  client_first_message = gs2_header client_first_message_bare;

  # client-final-message-without-proof = channel-binding "," nonce [","
  #                                      extensions]
  client_final_message_without_proof = channel_binding "," nonce
                                       ( "," extensions )?;

  # client-final-message = client-final-message-without-proof "," proof
  client_final_message = client_final_message_without_proof "," proof;

  # The profile: grammar/abnf/profile_scram.abnf says why.

  # profile-nonce = %x72 "=" 1*printable
  profile_nonce = "r=" printable+;

  # name-char = %x20-2B / %x2D-3C / %x3E-7E / %xC2 %xA0-BF /
  #             %xC3-DF UTF8-tail / UTF8-3 / UTF8-4
  name_char = 0x20..0x2B | 0x2D..0x3C | 0x3E..0x7E | 0xC2 0xA0..0xBF |
              0xC3..0xDF UTF8_tail | UTF8_3 | UTF8_4;

  # profile-saslname = 1*(name-char / "=2" %x43 / "=3" %x44)
  profile_saslname = ( name_char | "=2C" | "=3D" )+;

  # extension-name = %x41-5A / %x61-6C / %x6E-6F / %x71-7A
  extension_name = 0x41..0x5A | 0x61..0x6C | 0x6E..0x6F | 0x71..0x7A;

  # extension = extension-name "=" value
  extension = extension_name "=" value;

  # profile-gs2-cbind-flag = %x70 "=" cb-name / %x6E / %x79
  profile_gs2_cbind_flag = "p=" cb_name | "n" | "y";

  # profile-gs2-header = gs2-cbind-flag "," [ %x61 "=" saslname ] ","
  profile_gs2_header = profile_gs2_cbind_flag ","
                       ( "a=" profile_saslname )? ",";

  # profile-client-first-message = gs2-header %x6E "=" saslname "," nonce
  #                                *("," extension)
  profile_client_first_message = profile_gs2_header "n=" profile_saslname ","
                                 profile_nonce ( "," extension )*;

  # profile-client-final-message = %x63 "=" canonical-base64 "," nonce
  #                                *("," extension) "," %x70 "="
  #                                canonical-base64
  profile_client_final_message = "c=" canonical_base64 "," profile_nonce
                                 ( "," extension )* ",p=" canonical_base64;

  # What we say: a nonce of many characters, no extensions.
  # profile-server-first-message = nonce "," %x73 "=" base64 ","
  #                                %x69 "=" posit-number
  profile_server_first_message = profile_nonce ",s=" canonical_base64
                                 ",i=" posit_number;

  # profile-server-final-message = %x76 "=" base64
  profile_server_final_message = "v=" canonical_base64;
}%%
