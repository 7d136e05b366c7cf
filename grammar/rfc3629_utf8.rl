%%{
  # RFC 3629 UTF-8, a transformation format of ISO 10646
  # Section 4. Syntax of UTF-8 Byte Sequences
  # https://www.rfc-editor.org/rfc/rfc3629#section-4
  machine rfc3629_utf8;

  # UTF8-tail = %x80-BF
  UTF8_tail = 0x80..0xBF;

  # UTF8-1 = %x00-7F
  UTF8_1 = 0x00..0x7F;

  # UTF8-2 = %xC2-DF UTF8-tail
  UTF8_2 = 0xC2..0xDF UTF8_tail;

  # UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) /
  #          %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
  UTF8_3 = 0xE0 0xA0..0xBF UTF8_tail | 0xE1..0xEC UTF8_tail{2} |
           0xED 0x80..0x9F UTF8_tail | 0xEE..0xEF UTF8_tail{2};

  # UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) /
  #          %xF4 %x80-8F 2( UTF8-tail )
  UTF8_4 = 0xF0 0x90..0xBF UTF8_tail{2} | 0xF1..0xF3 UTF8_tail{3} |
           0xF4 0x80..0x8F UTF8_tail{2};

  # UTF8-char = UTF8-1 / UTF8-2 / UTF8-3 / UTF8-4
  UTF8_char = UTF8_1 | UTF8_2 | UTF8_3 | UTF8_4;

  # UTF8-octets = *( UTF8-char )
  UTF8_octets = UTF8_char*;

  # RFC 6532 section 3.1
  # UTF8-non-ascii = UTF8-2 / UTF8-3 / UTF8-4
  UTF8_non_ascii = UTF8_2 | UTF8_3 | UTF8_4;
}%%
