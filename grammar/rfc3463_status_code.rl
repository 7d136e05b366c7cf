%%{
  # RFC 3463 Enhanced Mail System Status Codes
  # Section 2. Status Code Structure
  # https://www.rfc-editor.org/rfc/rfc3463#section-2
  machine rfc3463_status_code;

  include rfc5234_core "rfc5234_core.rl";

  # class = "2"/"4"/"5"
  class = "2" | "4" | "5";

  # subject = 1*3DIGIT
  subject = DIGIT{1,3};

  # detail = 1*3DIGIT
  detail = DIGIT{1,3};

  # status-code = class "." subject "." detail
  status_code = class "." subject "." detail;

  # Tolerated: a reply's text that begins with one. RFC 2034 section 4: "a
  # status code, followed by a space, and then the text"; some send no text.
  tolerated_status_text = status_code ( SP ( 9 | 32..126 | 128..255 )* )?;
}%%
