%%{
  # RFC 4616 The PLAIN Simple Authentication and Security Layer Mechanism
  # Section 2. PLAIN SASL Mechanism
  # https://www.rfc-editor.org/rfc/rfc4616#section-2
  machine rfc4616_plain;

  include rfc5234_core "rfc5234_core.rl";

  # UTF0 = %x80-BF
  UTF0 = 0x80..0xBF;

  # UTF1 = %x01-7F ;; except NUL
  UTF1 = 0x01..0x7F;

  # UTF2 = %xC2-DF UTF0
  UTF2 = 0xC2..0xDF UTF0;

  # UTF3 = %xE0 %xA0-BF UTF0 / %xE1-EC 2(UTF0) /
  #        %xED %x80-9F UTF0 / %xEE-EF 2(UTF0)
  UTF3 = 0xE0 0xA0..0xBF UTF0 | 0xE1..0xEC UTF0{2} |
         0xED 0x80..0x9F UTF0 | 0xEE..0xEF UTF0{2};

  # UTF4 = %xF0 %x90-BF 2(UTF0) / %xF1-F3 3(UTF0) / %xF4 %x80-8F 2(UTF0)
  UTF4 = 0xF0 0x90..0xBF UTF0{2} | 0xF1..0xF3 UTF0{3} |
         0xF4 0x80..0x8F UTF0{2};

  # SAFE = UTF1 / UTF2 / UTF3 / UTF4
  SAFE = UTF1 | UTF2 | UTF3 | UTF4;

  # UTF8NUL = %x00 ; UTF-8 encoded NUL character
  UTF8NUL = 0x00;

  # authcid = 1*SAFE ; MUST accept up to 255 octets
  authcid = SAFE+;

  # authzid = 1*SAFE ; MUST accept up to 255 octets
  authzid = SAFE+;

  # passwd = 1*SAFE ; MUST accept up to 255 octets
  passwd = SAFE+;

  # message = [authzid] UTF8NUL authcid UTF8NUL passwd
  message = authzid? UTF8NUL authcid UTF8NUL passwd;

  # Profile (grammar/abnf/profile_sasl.abnf). RFC 4013 section 2.3: no control
  # characters.
  # profile-SAFE = %x20-7E / %xC2 %xA0-BF / %xC3-DF UTF0 / UTF3 / UTF4
  profile_SAFE = 0x20..0x7E | 0xC2 0xA0..0xBF | 0xC3..0xDF UTF0 | UTF3 | UTF4;

  # prepared-string = 1*profile-SAFE
  prepared_string = profile_SAFE+;

  # profile-message = [prepared-string] UTF8NUL prepared-string UTF8NUL
  #                   prepared-string
  profile_message = prepared_string? UTF8NUL prepared_string UTF8NUL
                    prepared_string;
}%%
