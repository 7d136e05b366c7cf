"""Where src/message reads something else than the expectations of the test
data in tests/data/mime4j and tests/data/mail-parser do, by reason. Both ways:
a difference that is not here fails, and so does one that is no longer there."""


def both(*names):
    """A message of mail-parser with LF and with CRLF."""
    return [name + end for name in names for end in ("", ".crlf")]


ENCODED = ("RFC 2045 section 6.4: a composite part has no encoding but 7bit, "
           "8bit and binary; with another it is opaque, so that no part is "
           "seen that a filter which obeys the RFC does not see")
BEGINS = ("RFC 2046 section 5.1.1: a line that begins with the boundary is a "
          "delimiter, whatever follows; of two the longest is meant")
TAKEN = ("a boundary that an open multipart has already delimits that one: "
         "the inner multipart is opaque")
TYPE = ("RFC 2045 section 5.2: text/plain, where Content-Type is outside the "
        "grammar, even as far as it is tolerated")

# By the names of tests/data/mime4j/testmsgs.
MIME4J = {
    ENCODED: ["bad-newlines-multiple-parts-base64",
              "base64encoded-rfc822message",
              "base64encoded-rfc822message-nested"],
    "RFC 5322 section 2.2: a header ends with an empty line alone; a line "
    "that is no field is passed over": [
        "malformedHeaderStartsBody-nocrlfcrlf",
        "malformedHeaderStartsBody-noheader"],
    "RFC 5322 section 4.5: the white space before the colon is not the name's":
        ["obsolete"],
    "RFC 2046 section 5.1.1: a boundary does not end with a space": [
        "very-long-boundary", "very-very-long-boundary", "weird-boundary"],
}

# By the names of tests/data/mail-parser/eml.
MAIL_PARSER_MESSAGES = {
    ENCODED: both("rfc/008", "malformed/020", "malformed/021"),
    BEGINS: both("malformed/001", "malformed/007", "malformed/008",
                 "malformed/009", "malformed/011", "malformed/012",
                 "malformed/016"),
    TAKEN: both("malformed/003", "malformed/004", "malformed/013",
                "malformed/019"),
    TYPE: both("malformed/017", "rfc/001"),
    "a delimiter line begins a part, or ends the multipart, even inside a "
    "header and at the end of the message": both(
        "malformed/000", "malformed/002", "malformed/014"),
    "message/rfc822 has a message in it, whatever it looks like": both(
        "malformed/022"),
}

# By the places in tests/data/mail-parser/address.json, and so on.
ADDRESS = {
    "RFC 5322 section 3.2.2: a comment is no part of a name, but where there "
    "is no name": [8, 9, 10, 11, 14, 22, 56],
    "RFC 5322 section 4.4: a route is not the local part, and white space "
    "around dots means nothing": [13],
    "a URI (RFC 2369) is no address": list(range(37, 42)) + list(range(43, 48)),
    "RFC 5322 section 3.4: nothing but comments stands behind an angle-addr":
        [55],
}
CONTENT_TYPE = {
    TYPE: [4, 23, 30, 31, 38, 39, 46, 47, 48, 50, 51, 52, 53, 54, 55, 56, 58,
           59, 61, 67, 68, 69, 76, 77, 78, 98, 99, 100, 101],
    "the language of RFC 2231 is no parameter of its own": [29],
    "RFC 2047 section 5: no encoded word stands in a parameter; how one that "
    "does is shown is for the client to say": [32, 33, 34, 35, 36, 37],
    "a value that is empty is a value": [49],
}
DATE = {
    "RFC 5322 section 3.3: a month has a name": [10, 12],
    "this is Received, not Date": [28],
    "RFC 5322 section 4.3: a zone has letters alone": [30],
}
ID = {
    "RFC 5322 section 3.6.4: identifiers stand in angle brackets": [8, 9, 10],
    "as above: white space and comments are no part of one": [6],
}
RECEIVED = {
    "the token stands as it is written, with its brackets": [111, 134, 135],
    "asctime is no date-time; mail-parser makes another year of it": [
        13, 117, 118, 151],
    "RFC 5322 section 3.6.7: nothing but comments follows the date": [
        119, 128, 129],
    "no date is told; what stands after \"by\" are two clauses": [123],
    "an underscore in the date": [138],
    "RFC 5322 section 3.3: a second has no fractions": [144],
    "RFC 5322 section 3.3: a date has a day": [157],
    "RFC 5322 section 4.3: PST is -0800, PDT is -0700": [67, 163],
    "RFC 5322 section 4.3: a year of two digits below 50 is of this century":
        [89, 90],
}
UNSTRUCTURED = {
    "no space is added before an encoded word that stands next to text": [
        21, 27, 28],
    "RFC 2047 section 2: an encoded word holds no HTAB": [26],
}
