#include "imap/responses.h"

#include <algorithm>
#include <array>

#include "imap/mailbox_name.h"
#include "message/charset.h"

namespace postkeep::imap {
namespace {

// RFC 9051 section 9: QUOTED-CHAR is ASCII, or whole characters of UTF-8.
bool is_quotable(std::string_view text, Dialect dialect) {
  if (text.size() > quoted_octets_max) return false;
  bool is_ascii = true;
  for (const char c : text) {
    if (c == '\0' || c == '\r' || c == '\n') return false;
    is_ascii = is_ascii && static_cast<Octet>(c) < 0x80;
  }
  return is_ascii || (dialect == Dialect::rev2 && message::is_utf8(text));
}

// A flag-keyword is an atom. The store keeps no others; one that is none
// would end the list it stands in.
bool is_atom(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c <= '~' &&
           std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  });
}

void write_words(std::string& out, std::string_view words) {
  for (const char c : words) out.push_back(c >= ' ' && c <= '~' ? c : '?');
}

std::string_view name(Condition condition) {
  switch (condition) {
    case Condition::ok: return "OK";
    case Condition::no: return "NO";
    case Condition::bad: break;
  }
  return "BAD";
}

void write_condition(std::string& out, Condition condition,
                     std::string_view code, std::string_view text) {
  out += ' ';
  out += name(condition);
  out += ' ';
  if (!code.empty()) {
    out += '[';
    write_words(out, code);
    out += "] ";
  }
  write_words(out, text);
  out += "\r\n";
}

}  // namespace

void write_number(std::string& out, std::uint64_t number) {
  out += std::to_string(number);
}

void write_string(std::string& out, std::string_view text, Dialect dialect) {
  if (!is_quotable(text, dialect)) {
    write_literal_start(out, text.size());
    write_literal_octets(out, octets(text));
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void write_nstring(std::string& out, const std::optional<std::string>& text,
                   Dialect dialect) {
  if (text) {
    write_string(out, *text, dialect);
  } else {
    out += "NIL";
  }
}

void write_literal_start(std::string& out, std::size_t octets) {
  out += '{';
  write_number(out, octets);
  out += "}\r\n";
}

void write_literal_octets(std::string& out, Octets octets) {
  const std::size_t start = out.size();
  out.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
               '\0', '\x80');
}

void write_mailbox(std::string& out, std::string_view name, Dialect dialect) {
  const auto form = dialect == Dialect::rev2 ? MailboxNameForm::utf_8
                                             : MailboxNameForm::modified_utf_7;
  write_string(out, write_mailbox_name(name, form), dialect);
}

void write_flag_list(std::string& out, store::Flags flags,
                     std::span<const std::string> keywords, bool recent) {
  struct SystemFlag {
    std::uint8_t bit;
    std::string_view name;
  };
  static constexpr std::array<SystemFlag, 5> system_flags = {{
      {store::flag_answered, "\\Answered"},
      {store::flag_flagged, "\\Flagged"},
      {store::flag_deleted, "\\Deleted"},
      {store::flag_seen, "\\Seen"},
      {store::flag_draft, "\\Draft"},
  }};
  out += '(';
  const std::size_t start = out.size();
  const auto add = [&](std::string_view flag) {
    if (out.size() != start) out += ' ';
    out += flag;
  };
  for (const SystemFlag& flag : system_flags) {
    if ((flags.system & flag.bit) != 0) add(flag.name);
  }
  for (std::size_t bit = 0; bit < keywords.size() && bit < 32; ++bit) {
    const bool is_set = (flags.keywords >> bit & 1U) != 0;
    if (is_set && is_atom(keywords[bit])) add(keywords[bit]);
  }
  if (recent) add("\\Recent");
  out += ')';
}

void write_tagged(std::string& out, std::string_view tag, Condition condition,
                  std::string_view code, std::string_view text) {
  write_words(out, tag);
  write_condition(out, condition, code, text);
}

void write_status(std::string& out, Condition condition, std::string_view code,
                  std::string_view text) {
  out += '*';
  write_condition(out, condition, code, text);
}

void write_bye(std::string& out, std::string_view text) {
  out += "* BYE ";
  write_words(out, text);
  out += "\r\n";
}

void write_continuation(std::string& out, std::string_view text) {
  out += "+ ";
  write_words(out, text);
  out += "\r\n";
}

void write_count(std::string& out, std::uint64_t number,
                 std::string_view what) {
  out += "* ";
  write_number(out, number);
  out += ' ';
  out += what;
  out += "\r\n";
}

}  // namespace postkeep::imap
