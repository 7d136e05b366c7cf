#include "tests/imap/response_reader.h"

#include <algorithm>
#include <regex>

namespace postkeep::imap {
namespace {

bool is_atom_octet(char c) {
  return c > ' ' && c <= '~' &&
         std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string ResponseReader::capitals(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return text;
}

void ResponseReader::fail(std::string_view wanted) {
  if (fault_) return;
  const std::size_t from = at_ > 40 ? at_ - 40 : 0;
  fault_ = "at octet " + std::to_string(at_) + " wanted " +
           std::string(wanted) + ", after \"" +
           std::string(stream_.substr(from, at_ - from)) + "\" came \"" +
           std::string(stream_.substr(std::min(at_, stream_.size()), 40)) +
           "\"";
  at_ = stream_.size();
}

bool ResponseReader::takes(std::string_view text) {
  if (failed() || !stream_.substr(at_).starts_with(text)) return false;
  at_ += text.size();
  return true;
}

bool ResponseReader::takes_word(std::string_view word) {
  if (failed() ||
      capitals(std::string(stream_.substr(at_, word.size()))) != word) {
    return false;
  }
  const std::size_t end = at_ + word.size();
  if (end < stream_.size() && is_atom_octet(stream_[end])) return false;
  at_ = end;
  return true;
}

void ResponseReader::need(std::string_view text) {
  if (!takes(text)) fail("\"" + std::string(text) + "\"");
}

// tag = 1*<any ASTRING-CHAR except "+">
void ResponseReader::tag() {
  const std::size_t start = at_;
  while (!at_end() && peek() != '+' &&
         (is_atom_octet(peek()) || peek() == ']')) {
    skip();
  }
  if (at_ == start) fail("a tag");
}

std::string ResponseReader::atom() {
  const std::size_t start = at_;
  while (!at_end() && is_atom_octet(peek())) skip();
  if (at_ == start) fail("an atom");
  return capitals(std::string(stream_.substr(start, at_ - start)));
}

std::string ResponseReader::flag() {
  const std::string slash = takes("\\") ? "\\" : "";
  if (!slash.empty() && takes("*")) return "\\*";
  return slash + atom();
}

std::uint64_t ResponseReader::number() {
  const std::size_t start = at_;
  std::uint64_t value = 0;
  while (is_digit(peek()) && at_ - start < 20) {
    value = value * 10 + static_cast<std::uint64_t>(peek() - '0');
    skip();
  }
  if (at_ == start) fail("a number");
  return value;
}

std::uint64_t ResponseReader::nz_number() {
  if (peek() == '0') fail("a number that does not begin with 0");
  const std::uint64_t value = number();
  if (value > 0xFFFF'FFFF) fail("a number of 32 bits");
  return value;
}

std::uint64_t ResponseReader::modification_sequence() {
  if (peek() == '0') fail("a number that does not begin with 0");
  const std::uint64_t value = number();
  if (value >> 63 != 0) fail("a number of 63 bits");
  return value;
}

std::uint64_t ResponseReader::set() {
  std::uint64_t count = 0;
  do {
    const std::uint64_t first = nz_number();
    const std::uint64_t last = takes(":") ? nz_number() : first;
    count += (last > first ? last - first : first - last) + 1;
  } while (takes(",") && !failed());
  return count;
}

std::string ResponseReader::literal(bool may_hold_nul) {
  need("{");
  const std::uint64_t octets = number();
  need("}\r\n");
  if (failed()) return {};
  if (octets > stream_.size() - at_) {
    fail("as many octets as the literal counts");
    return {};
  }
  const std::string text(stream_.substr(at_, octets));
  if (!may_hold_nul && text.find('\0') != std::string::npos) {
    fail("a literal without NUL");
  }
  at_ += octets;
  return text;
}

std::string ResponseReader::string() {
  if (peek() == '{') return literal(false);
  need("\"");
  std::string text;
  while (!failed() && !takes("\"")) {
    if (takes("\\") && peek() != '"' && peek() != '\\') fail("\\\" or \\\\");
    const char c = peek();
    if (c == '\0' || c == '\r' || c == '\n') fail("a quoted string's octet");
    if (static_cast<unsigned char>(c) > 0x7f && !rev2_) fail("ASCII");
    text += c;
    skip();
  }
  return text;
}

void ResponseReader::nstring() {
  if (!takes_word("NIL")) string();
}

void ResponseReader::astring() {
  if (peek() == '"' || peek() == '{') {
    string();
    return;
  }
  const std::size_t start = at_;
  while (is_atom_octet(peek()) || peek() == ']') skip();
  if (at_ == start) fail("an astring");
}

void ResponseReader::binary() {
  if (takes("~")) {
    literal(true);
  } else {
    nstring();
  }
}

void ResponseReader::flags(bool permanent) {
  need("(");
  if (takes(")")) return;
  do {
    if (flag() == "\\*" && !permanent) fail("no \\* but in PERMANENTFLAGS");
  } while (takes(" ") && !failed());
  need(")");
}

void ResponseReader::date_time() {
  static const std::regex form(
      "\"[ 0-3][0-9]-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-"
      "[0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-6][0-9] [+-][0-9]{4}\"");
  const std::string text(stream_.substr(at_, 28));
  if (std::regex_match(text, form)) {
    at_ += 28;
  } else {
    fail("a date-time");
  }
}

void ResponseReader::text_to_line_end() {
  while (!at_end() && peek() != '\r' && peek() != '\n') {
    if (peek() == '\0') fail("no NUL");
    skip();
  }
}

std::string ResponseReader::section_or_atom() {
  std::string name;
  while (is_atom_octet(peek()) && peek() != '[') {
    name += peek();
    skip();
  }
  if (name.empty()) fail("a msg-att");
  if (!takes("[")) return capitals(name);
  while (!failed() && !takes("]")) {
    if (takes(" (")) {
      do {
        astring();
      } while (takes(" ") && !failed());
      need(")");
    } else if (is_atom_octet(peek())) {
      skip();
    } else {
      fail("a section");
    }
  }
  if (takes("<")) {
    number();
    need(">");
  }
  return capitals(name) + "[";
}

}  // namespace postkeep::imap
