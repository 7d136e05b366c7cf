%%{
  # Postkeep: the head of a file in the drop directory
  # grammar/abnf/postkeep_drop.abnf
  # https://www.rfc-editor.org/rfc/rfc3030#section-2
  machine postkeep_drop;

  include rfc5321_command "rfc5321_command.rl";

  # drop-version = %s"POSTKEEP 1" CRLF
  drop_version = "POSTKEEP 1" CRLF;

  # drop-end = "BDAT" SP chunk-size SP end-marker end
  drop_end = "BDAT"i SP profile_chunk_size SP end_marker tolerated_end;

  # drop-head = drop-version mail 1*rcpt drop-end
  drop_head = drop_version tolerated_mail tolerated_rcpt+ drop_end;
}%%
