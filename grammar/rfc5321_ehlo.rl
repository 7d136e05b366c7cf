%%{
  # RFC 5321 Simple Mail Transfer Protocol
  # Section 4.1.1.1. Extended HELLO (EHLO): the lines of the answer
  # https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.1
  machine rfc5321_ehlo;

  include rfc5234_core "rfc5234_core.rl";

  # ehlo-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
  ehlo_keyword = ( ALPHA | DIGIT ) ( ALPHA | DIGIT | "-" )*;

  # ehlo-param = 1*(%d33-126)
  ehlo_param = ( 33..126 )+;

  # ehlo-line = ehlo-keyword *( SP ehlo-param )
  ehlo_line = ehlo_keyword ( SP ehlo_param )*;

  # Tolerated: more spaces than one, and spaces at the end. Servers whose list
  # of mechanisms or size is put together from pieces send them ("AUTH PLAIN
  # LOGIN " above all), and they cannot mean anything else.
  tolerated_ehlo_line = ehlo_keyword ( SP+ ehlo_param )* SP*;
}%%
