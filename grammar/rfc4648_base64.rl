%%{
  # RFC 4648 The Base16, Base32, and Base64 Data Encodings
  # Section 4. Base 64 Encoding; as ABNF in RFC 5802 section 7
  # https://www.rfc-editor.org/rfc/rfc4648#section-4
  machine rfc4648_base64;

  include rfc5234_core "rfc5234_core.rl";

  # base64-char = ALPHA / DIGIT / "/" / "+"
  base64_char = ALPHA | DIGIT | "/" | "+";

  # base64-4 = 4base64-char
  base64_4 = base64_char{4};

  # base64-3 = 3base64-char "="
  base64_3 = base64_char{3} "=";

  # base64-2 = 2base64-char "=="
  base64_2 = base64_char{2} "==";

  # base64 = *base64-4 [base64-3 / base64-2]
  base64 = base64_4* ( base64_3 | base64_2 )?;

  # base64-last-of-3 = a base64-char whose last two bits are zero
  base64_last_of_3 = [AEIMQUYcgkosw048];

  # base64-last-of-2 = a base64-char whose last four bits are zero
  base64_last_of_2 = [AQgw];

  # Profile. RFC 4648 section 3.5: pad bits "MUST be set to zero by conforming
  # encoders", and decoders may refuse others; so one text for one value.
  # canonical-base64 = *base64-4 [2base64-char base64-last-of-3 "=" /
  #                    base64-char base64-last-of-2 "=="]
  canonical_base64 = base64_4* ( base64_char{2} base64_last_of_3 "="
                               | base64_char base64_last_of_2 "==" )?;
}%%
