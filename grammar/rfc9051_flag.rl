%%{
  # RFC 9051 Internet Message Access Protocol (IMAP) - Version 4rev2
  # Section 9. Formal Syntax: flags
  # https://www.rfc-editor.org/rfc/rfc9051#section-9
  machine rfc9051_flag;

  include rfc9051_string "rfc9051_string.rl";

  # flag-extension = "\" atom
  flag_extension = "\\" atom;

  # flag-keyword = "$MDNSent" / "$Forwarded" / "$Junk" /
  #                "$NotJunk" / "$Phishing" / atom
  flag_keyword = "$" "MDNSent"i | "$" "Forwarded"i | "$" "Junk"i |
                 "$" "NotJunk"i | "$" "Phishing"i | atom;

  # flag = "\Answered" / "\Flagged" / "\Deleted" /
  #        "\Seen" / "\Draft" / flag-keyword / flag-extension
  flag = "\\Answered"i | "\\Flagged"i | "\\Deleted"i |
         "\\Seen"i | "\\Draft"i | flag_keyword | flag_extension;

  # flag-list = "(" [flag *(SP flag)] ")"
  flag_list = "(" ( flag ( SP flag )* )? ")";
}%%
