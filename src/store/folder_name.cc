#include "store/folder_name.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/check.h"
#include "store/maildir_name.h"

namespace postkeep::store {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

// Takes one code point from the front of `text`: RFC 3629 section 4, whose
// table allows no overlong form and no surrogate.
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto octet = [&](std::size_t at) {
    return static_cast<unsigned char>(text[at]);
  };
  const unsigned char head = octet(0);
  std::size_t length = 1;
  char32_t least = 0;
  char32_t point = head;
  if (head >= 0xC2 && head <= 0xDF) {
    length = 2, least = 0x80, point = head & 0x1F;
  } else if (head >= 0xE0 && head <= 0xEF) {
    length = 3, least = 0x800, point = head & 0x0F;
  } else if (head >= 0xF0 && head <= 0xF4) {
    length = 4, least = 0x10000, point = head & 0x07;
  } else if (head >= 0x80) {
    return std::nullopt;
  }
  if (text.size() < length) return std::nullopt;
  for (std::size_t at = 1; at < length; ++at) {
    if ((octet(at) & 0xC0) != 0x80) return std::nullopt;
    point = point << 6 | (octet(at) & 0x3F);
  }
  if (point < least || point > 0x10FFFF) return std::nullopt;
  if (point >= 0xD800 && point <= 0xDFFF) return std::nullopt;
  text.remove_prefix(length);
  return point;
}

void append_utf_8(std::string& out, char32_t point) {
  const auto add = [&](char32_t octet) { out += static_cast<char>(octet); };
  if (point < 0x80) return add(point);
  if (point < 0x800) {
    add(0xC0 | point >> 6);
  } else if (point < 0x10000) {
    add(0xE0 | point >> 12);
    add(0x80 | (point >> 6 & 0x3F));
  } else {
    add(0xF0 | point >> 18);
    add(0x80 | (point >> 12 & 0x3F));
    add(0x80 | (point >> 6 & 0x3F));
  }
  add(0x80 | (point & 0x3F));
}

// RFC 9051 section 5.1 with RFC 5198 section 2: no controls of C0 and C1, no
// DEL, and no line or paragraph separator.
bool is_name_character(char32_t point) {
  return point >= 0x20 && !(point >= 0x7F && point <= 0x9F) &&
         point != 0x2028 && point != 0x2029;
}

// A level's characters that stand for themselves in a directory's name.
bool is_direct(char32_t point) {
  return point >= 0x20 && point <= 0x7E && point != '&' && point != '.';
}

// A run between "&" and "-": UTF-16 in base64 (RFC 3501 section 5.1.3).
class ShiftedRun {
 public:
  explicit ShiftedRun(std::string& out) : out_(out) {}
  void add(char32_t point) {
    if (point >= 0x10000) {
      add_unit(0xD800 + ((point - 0x10000) >> 10));
      add_unit(0xDC00 + ((point - 0x10000) & 0x3FF));
    } else {
      add_unit(point);
    }
  }
  void end() {
    if (!open_) return;
    if (bits_ > 0) out_ += base64_digits[waiting_ << (6 - bits_) & 0x3F];
    out_ += '-';
    open_ = false;
    bits_ = 0;
    waiting_ = 0;
  }

 private:
  void add_unit(char32_t unit) {
    if (!open_) out_ += '&';
    open_ = true;
    waiting_ = waiting_ << 16 | unit;
    for (bits_ += 16; bits_ >= 6; bits_ -= 6) {
      out_ += base64_digits[waiting_ >> (bits_ - 6) & 0x3F];
    }
    waiting_ &= (1U << bits_) - 1;
  }
  std::string& out_;
  bool open_ = false;
  int bits_ = 0;
  std::uint64_t waiting_ = 0;
};

// The text of a run, with its "&" and "-" taken off.
std::optional<std::string> read_run(std::string_view run) {
  if (run.empty()) return "&";
  std::string text;
  std::uint64_t waiting = 0;
  int bits = 0;
  char32_t high = 0;  // The first half of a pair, or none.
  for (const char digit : run) {
    const auto value = base64_digits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    waiting = (waiting << 6 | value) & 0xFFFFFFFF;
    bits += 6;
    if (bits < 16) continue;
    bits -= 16;
    const char32_t unit = waiting >> bits & 0xFFFF;
    const bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (is_low != (high != 0)) return std::nullopt;
    if (high != 0) {
      append_utf_8(text, 0x10000 + ((high - 0xD800) << 10) + unit - 0xDC00);
      high = 0;
    } else if (unit >= 0xD800 && unit <= 0xDBFF) {
      high = unit;
    } else {
      append_utf_8(text, unit);
    }
  }
  if (high != 0) return std::nullopt;
  return text;
}

bool is_inbox(std::string_view level) {
  return std::ranges::equal(
      level, std::string_view("INBOX"),
      [](char one, char other) { return one == other || one == other + 32; });
}

}  // namespace

FolderNameResult<std::string> canonical_mailbox(std::string_view mailbox) {
  if (mailbox.size() > mailbox_octets_max) {
    return std::unexpected(FolderNameError::too_long);
  }
  std::string_view rest = mailbox;
  std::size_t levels = 1;
  bool level_empty = true;
  while (!rest.empty()) {
    const auto point = take_code_point(rest);
    if (!point || !is_name_character(*point)) {
      return std::unexpected(FolderNameError::not_utf_8);
    }
    if (*point == '/' && level_empty) break;
    levels += *point == '/' ? 1U : 0U;
    level_empty = *point == '/';
  }
  if (level_empty) return std::unexpected(FolderNameError::empty_level);
  if (levels > mailbox_levels_max) {
    return std::unexpected(FolderNameError::too_deep);
  }
  std::string canonical(mailbox);
  const std::string_view first = mailbox.substr(0, mailbox.find('/'));
  if (is_inbox(first)) canonical.replace(0, first.size(), "INBOX");
  return canonical;
}

FolderNameResult<std::string> directory_name(std::string_view mailbox) {
  const auto canonical = canonical_mailbox(mailbox);
  if (!canonical) return std::unexpected(canonical.error());
  if (*canonical == "INBOX") return std::string();
  std::string directory = ".";
  ShiftedRun run(directory);
  std::string_view rest = *canonical;
  while (!rest.empty()) {
    const auto point = take_code_point(rest);
    PK_CHECK(point.has_value());
    if (*point != '/' && *point != '&' && !is_direct(*point)) {
      run.add(*point);
      continue;
    }
    run.end();
    if (*point == '/') {
      directory += '.';
    } else {
      directory += static_cast<char>(*point);
      if (*point == '&') directory += '-';
    }
  }
  run.end();
  if (directory.size() > file_name_octets_max) {
    return std::unexpected(FolderNameError::too_long);
  }
  return directory;
}

FolderNameResult<std::string> mailbox_of_directory(std::string_view directory) {
  const auto refused = std::unexpected(FolderNameError::not_a_folder);
  if (directory.size() < 2 || directory[0] != '.') return refused;
  std::string mailbox;
  for (std::size_t at = 1; at < directory.size(); ++at) {
    const char c = directory[at];
    if (c != '&') {
      mailbox += c == '.' ? '/' : c;
      continue;
    }
    const std::size_t end = directory.find('-', at);
    if (end == std::string_view::npos) return refused;
    const auto text = read_run(directory.substr(at + 1, end - at - 1));
    if (!text) return refused;
    mailbox += *text;
    at = end;
  }
  // Whatever else was read leniently: only the name that we would give.
  if (directory_name(mailbox) != directory) return refused;
  return mailbox;
}

std::string_view name(FolderNameError error) {
  switch (error) {
    case FolderNameError::empty_level: return "empty_level";
    case FolderNameError::not_utf_8: return "not_utf_8";
    case FolderNameError::too_long: return "too_long";
    case FolderNameError::too_deep: return "too_deep";
    case FolderNameError::not_a_folder: return "not_a_folder";
  }
  check_failed("FolderNameError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::store
