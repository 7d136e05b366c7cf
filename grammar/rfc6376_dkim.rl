%%{
  # RFC 6376 DomainKeys Identified Mail (DKIM) Signatures
  # Sections 3.1, 3.2 and 3.5: names, and the field that this server writes
  # https://www.rfc-editor.org/rfc/rfc6376#section-3.5
  machine rfc6376_dkim;

  include rfc5321_address "rfc5321_address.rl";

  # selector = sub-domain *( "." sub-domain )
  selector = sub_domain ( "." sub_domain )*;

  # domain-name = sub-domain 1*("." sub-domain)
  domain_name = sub_domain ( "." sub_domain )+;

  # base64-char = ALPHA / DIGIT / "/" / "+"
  base64_char = ALPHA | DIGIT | "/" | "+";

  # dkim-fold = CRLF HTAB
  dkim_fold = CRLF HTAB;

  # dkim-algorithm = "rsa-sha256" / "ed25519-sha256"
  dkim_algorithm = "rsa-sha256"i | "ed25519-sha256"i;

  # dkim-form = "simple" / "relaxed"
  dkim_form = "simple"i | "relaxed"i;

  # dkim-field-name = ALPHA *( ALPHA / "-" )
  dkim_field_name = ALPHA ( ALPHA | "-" )*;

  # dkim-base64 = 1*base64-char *( dkim-fold 1*base64-char ) *2"="
  dkim_base64 = base64_char+ ( dkim_fold base64_char+ )* "="{0,2};

  # written-signature = "DKIM-Signature: v=1; a=" dkim-algorithm
  #                     "; c=" dkim-form "/" dkim-form ";" dkim-fold
  #                     "d=" domain-name ";" dkim-fold
  #                     "s=" selector "; t=" 1*12DIGIT ";" dkim-fold
  #                     "h=" dkim-field-name
  #                     *( ":" [dkim-fold] dkim-field-name ) ";" dkim-fold
  #                     "bh=" 43base64-char "=;" dkim-fold
  #                     "b=" dkim-base64 CRLF
  written_signature = "DKIM-Signature: v=1; a="i dkim_algorithm
                      "; c="i dkim_form "/" dkim_form ";" dkim_fold
                      "d="i domain_name ";" dkim_fold
                      "s="i selector "; t="i DIGIT{1,12} ";" dkim_fold
                      "h="i dkim_field_name
                      ( ":" dkim_fold? dkim_field_name )* ";" dkim_fold
                      "bh="i base64_char{43} "=;" dkim_fold
                      "b="i dkim_base64 CRLF;

  # written-key-record = "v=DKIM1; k=" ( "rsa" / "ed25519" ) "; p="
  #                      1*base64-char *2"="
  written_key_record = "v=DKIM1; k="i ( "rsa"i | "ed25519"i ) "; p="i
                       base64_char+ "="{0,2};
}%%
