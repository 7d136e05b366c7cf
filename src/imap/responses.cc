#include "imap/responses.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "imap/mailbox_name.h"
#include "message/charset.h"

namespace postkeep::imap {
namespace {

// What an octet makes of a string: bits, so that one pass over it tells all.
constexpr std::uint8_t not_quotable = 1;
constexpr std::uint8_t not_ascii = 2;
constexpr std::uint8_t escaped = 4;
constexpr auto traits_of_octets = [] {
  std::array<std::uint8_t, 256> traits{};
  traits[0] = traits['\r'] = traits['\n'] = not_quotable;
  traits['"'] = traits['\\'] = escaped;
  std::fill(traits.begin() + 0x80, traits.end(), not_ascii);
  return traits;
}();

std::uint8_t traits_of(std::string_view text) {
  std::uint8_t traits = 0;
  for (const char c : text) traits |= traits_of_octets[static_cast<Octet>(c)];
  return traits;
}

// RFC 9051 section 9: QUOTED-CHAR is ASCII, or whole characters of UTF-8.
bool is_quotable(std::string_view text, std::uint8_t traits, Dialect dialect) {
  if (text.size() > quoted_octets_max || (traits & not_quotable) != 0) {
    return false;
  }
  return (traits & not_ascii) == 0 ||
         (speaks_utf8(dialect) && message::is_utf8(text));
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
  std::array<char, 20> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void write_string(std::string& out, std::string_view text, Dialect dialect) {
  const std::uint8_t traits = traits_of(text);
  if (!is_quotable(text, traits, dialect)) {
    write_literal_start(out, text.size());
    write_literal_octets(out, octets(text));
    return;
  }
  out += '"';
  if ((traits & escaped) == 0) {
    out += text;
  } else {
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
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

// Nearly no message has a NUL: looking for one is cheap, replacing is not.
void write_literal_octets(std::string& out, Octets octets) {
  std::size_t at = out.size();
  out.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  while ((at = out.find('\0', at)) != std::string::npos) out[at++] = '\x80';
}

void write_mailbox(std::string& out, std::string_view name, Dialect dialect,
                   Separator separator) {
  const auto form = speaks_utf8(dialect) ? MailboxNameForm::utf_8
                                         : MailboxNameForm::modified_utf_7;
  write_string(out, write_mailbox_name(name, form, separator), dialect);
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
