#include "tests/imap/response_syntax.h"

#include <algorithm>
#include <cctype>

#include "tests/imap/response_reader.h"

namespace postkeep::imap {
namespace {

// One response after the other. Each function reads its rule or fails.
class Checker final : public ResponseReader {
 public:
  Checker(std::string_view stream, bool rev2) : ResponseReader(stream, rev2) {}

  void stream() {
    while (!failed() && !at_end()) response();
  }

 private:
  // response = continue-req / response-data / response-tagged
  void response() {
    if (takes("+ ")) {
      text_to_line_end();
    } else if (takes("* ")) {
      untagged();
    } else {
      tag();
      need(" ");
      condition();
    }
    need("\r\n");
  }

  void condition() {
    if (!takes_word("OK") && !takes_word("NO") && !takes_word("BAD")) {
      fail("OK, NO or BAD");
      return;
    }
    need(" ");
    resp_text();
  }

  void resp_text() {
    if (takes("[")) {
      code();
      need("]");
      need(" ");
    }
    text_to_line_end();
  }

  void code() {
    const std::string name = atom();
    if (name == "CAPABILITY") {
      while (takes(" ")) atom();
    } else if (name == "PERMANENTFLAGS") {
      need(" ");
      flags(true);
    } else if (name == "UIDNEXT" || name == "UIDVALIDITY" || name == "UNSEEN") {
      need(" ");
      nz_number();
    } else if (name == "APPENDUID") {
      need(" ");
      nz_number();
      need(" ");
      set();
    } else if (name == "COPYUID") {
      need(" ");
      nz_number();
      need(" ");
      const std::uint64_t from = set();
      need(" ");
      if (set() != from) fail("as many UIDs as in the first set");
    } else if (name == "HIGHESTMODSEQ") {
      need(" ");
      modification_sequence();
    } else if (name == "MODIFIED") {
      need(" ");
      set();
    } else if (name == "BADCHARSET") {
      need(" (");
      do {
        atom();
      } while (takes(" "));
      need(")");
    }
  }

  void untagged() {
    if (std::isdigit(peek()) != 0) {
      const std::uint64_t number = this->number();
      need(" ");
      const std::string what = atom();
      if (what == "EXISTS" || what == "RECENT") return;
      if (number == 0) fail("a number above 0");
      if (what == "EXPUNGE") return;
      if (what != "FETCH") fail("EXISTS, RECENT, EXPUNGE or FETCH");
      need(" ");
      msg_att();
      return;
    }
    const std::string what = atom();
    if (what == "OK" || what == "NO" || what == "BAD" || what == "BYE" ||
        what == "PREAUTH") {
      need(" ");
      resp_text();
    } else if (what == "CAPABILITY" || what == "ENABLED") {
      while (takes(" ")) atom();
    } else if (what == "FLAGS") {
      need(" ");
      flags(false);
    } else if (what == "LIST" || what == "LSUB") {
      list();
    } else if (what == "STATUS") {
      status();
    } else if (what == "SEARCH") {
      bool found = false;
      while (takes(" ")) {
        if (found && takes("(MODSEQ ")) {
          modification_sequence();
          need(")");
          return;
        }
        nz_number();
        found = true;
      }
    } else if (what == "VANISHED") {
      need(" ");
      if (takes("(EARLIER)")) need(" ");
      set();
    } else if (what == "ESEARCH") {
      esearch();
    } else if (what == "NAMESPACE") {
      for (int i = 0; i < 3; ++i) namespace_data();
    } else if (what == "ID") {
      need(" ");
      parameters(true);
    } else {
      fail("a known response");
    }
  }

  void list() {
    need(" (");
    int selectability = 0;
    while (!takes(")") && !failed()) {
      const std::string flag = this->flag();
      if (flag == "\\NONEXISTENT" || flag == "\\NOSELECT" ||
          flag == "\\MARKED" || flag == "\\UNMARKED") {
        ++selectability;
      }
      if (peek() != ')') need(" ");
    }
    if (selectability > 1) fail("one mbx-list-sflag");
    need(" ");
    if (!takes_word("NIL")) {
      need("\"");
      if (takes("\\")) {
        skip();
      } else {
        skip();
      }
      need("\"");
    }
    need(" ");
    astring();
    if (takes(" (")) {
      astring();
      need(" (");
      do {
        astring();
      } while (takes(" "));
      need("))");
    }
  }

  void status() {
    need(" ");
    astring();
    need(" (");
    if (takes(")")) return;
    do {
      atom();
      need(" ");
      number();
    } while (takes(" "));
    need(")");
  }

  void esearch() {
    if (takes(" (TAG ")) {
      astring();
      need(")");
    }
    if (takes(" UID")) {
    }
    while (takes(" ")) {
      const std::string item = atom();
      need(" ");
      if (item == "ALL") {
        set();
      } else if (item == "MODSEQ") {
        modification_sequence();
      } else {
        number();
      }
    }
  }

  void namespace_data() {
    need(" ");
    if (takes_word("NIL")) return;
    need("((");
    string();
    need(" ");
    string();
    need("))");
  }

  // msg-att: items separated by one SP.
  void msg_att() {
    need("(");
    do {
      msg_att_item();
    } while (takes(" ") && !failed());
    need(")");
  }

  void msg_att_item() {
    const std::string item = section_or_atom();
    need(" ");
    if (item == "FLAGS") {
      flags(false);
    } else if (item == "UID") {
      nz_number();
    } else if (item == "MODSEQ") {
      need("(");
      modification_sequence();
      need(")");
    } else if (item == "RFC822.SIZE" || item == "BINARY.SIZE[") {
      number();
    } else if (item == "INTERNALDATE") {
      date_time();
    } else if (item == "ENVELOPE") {
      envelope();
    } else if (item == "BODY") {
      body(false, 0);
    } else if (item == "BODYSTRUCTURE") {
      body(true, 0);
    } else if (item == "BODY[" || item == "RFC822" || item == "RFC822.HEADER" ||
               item == "RFC822.TEXT") {
      nstring();
    } else if (item == "BINARY[") {
      binary();
    } else {
      fail("a known msg-att");
    }
  }

  void envelope() {
    need("(");
    nstring();
    need(" ");
    nstring();
    for (int i = 0; i < 6; ++i) {
      need(" ");
      addresses();
    }
    need(" ");
    nstring();
    need(" ");
    nstring();
    need(")");
  }

  void addresses() {
    if (takes_word("NIL")) return;
    need("(");
    do {
      need("(");
      for (int i = 0; i < 4; ++i) {
        if (i > 0) need(" ");
        nstring();
      }
      need(")");
    } while (peek() == '(' && !failed());
    need(")");
  }

  // body = "(" (body-type-1part / body-type-mpart) ")"
  void body(bool extensible, int depth) {
    if (depth > 200) return fail("a depth that ends");
    need("(");
    if (peek() == '(') {
      while (peek() == '(' && !failed()) body(extensible, depth + 1);
      need(" ");
      string();
      if (extensible) {
        need(" ");
        parameters(false);
        body_tail();
      }
    } else {
      single(extensible, depth);
    }
    need(")");
  }

  void single(bool extensible, int depth) {
    const std::string type = capitals(string());
    need(" ");
    const std::string subtype = capitals(string());
    need(" ");
    parameters(false);
    need(" ");
    nstring();
    need(" ");
    nstring();
    need(" ");
    string();
    need(" ");
    number();
    const bool is_message =
        type == "MESSAGE" && (subtype == "RFC822" || subtype == "GLOBAL");
    if (is_message) {
      need(" ");
      envelope();
      need(" ");
      body(extensible, depth + 1);
    }
    if (is_message || type == "TEXT") {
      need(" ");
      number();
    }
    if (type == "MULTIPART") fail("no multipart without parts");
    if (!extensible) return;
    need(" ");
    nstring();
    body_tail();
  }

  void body_tail() {
    need(" ");
    if (!takes_word("NIL")) {
      need("(");
      string();
      need(" ");
      parameters(false);
      need(")");
    }
    need(" ");
    if (takes("(")) {
      do {
        string();
      } while (takes(" ") && !failed());
      need(")");
    } else {
      nstring();
    }
    need(" ");
    nstring();
  }

  // Pairs of strings, the second of which may be NIL in ID.
  void parameters(bool nil_values) {
    if (takes_word("NIL")) return;
    need("(");
    do {
      string();
      need(" ");
      if (nil_values) {
        nstring();
      } else {
        string();
      }
    } while (takes(" ") && !failed());
    need(")");
  }
};

}  // namespace

bool speaks_utf8(std::string_view stream) {
  constexpr std::string_view enabled = "* ENABLED ";
  for (std::size_t at = stream.find(enabled); at != std::string_view::npos;
       at = stream.find(enabled, at + 1)) {
    const std::string_view line = stream.substr(at, stream.find('\r', at) - at);
    if (line.contains(" IMAP4rev2") || line.contains(" UTF8=ACCEPT"))
      return true;
  }
  return false;
}

std::optional<std::string> syntax_fault(std::string_view stream, bool rev2) {
  Checker checker(stream, rev2);
  checker.stream();
  return checker.fault();
}

std::vector<std::string> responses(std::string_view stream) {
  std::vector<std::string> result;
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < stream.size()) {
    std::size_t end = stream.find("\r\n", at);
    end = end == std::string_view::npos ? stream.size() : end + 2;
    // A line that ends with "{n}" goes on with n octets.
    const std::string_view line = stream.substr(at, end - at);
    at = end;
    const std::size_t brace = line.rfind('{');
    if (line.ends_with("}\r\n") && brace != std::string_view::npos) {
      const std::string digits(line.substr(brace + 1, line.size() - brace - 4));
      const bool is_number =
          !digits.empty() && std::ranges::all_of(digits, [](char c) {
            return c >= '0' && c <= '9';
          });
      if (is_number) {
        at = std::min(stream.size(), at + std::stoul(digits));
        continue;
      }
    }
    result.emplace_back(stream.substr(start, at - start));
    start = at;
  }
  if (start < stream.size()) result.emplace_back(stream.substr(start));
  return result;
}

}  // namespace postkeep::imap
