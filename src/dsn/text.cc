#include "dsn/text.h"

#include <algorithm>

#include "dsn/notification.h"
#include "message/date_time.h"

namespace postkeep::dsn {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

bool is_eight_bit(char c) { return static_cast<unsigned char>(c) > 127; }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_clean(std::string_view text) {
  return trimmed(text) == text && std::ranges::none_of(text, is_control);
}

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, is_eight_bit);
}

std::string clean(std::string_view text) {
  std::string out(trimmed(text));
  std::ranges::replace_if(out, is_control, '?');
  return out;
}

std::string clean_ascii(std::string_view text) {
  std::string out = clean(text);
  std::ranges::replace_if(out, is_eight_bit, '?');
  return out;
}

std::string folded(std::string_view name, std::string_view text) {
  std::string out(name);
  std::size_t column = name.size();
  while (!text.empty()) {
    // A word, with the spaces before it: a line never ends in a space.
    const std::size_t spaces =
        std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', spaces), text.size());
    if (spaces > 0 && column + end > line_octets_wanted) {
      out += "\r\n";
      column = 0;
    }
    out += text.substr(0, end);
    column += end;
    text.remove_prefix(end);
  }
  return out + "\r\n";
}

std::string date(std::int64_t seconds) {
  return message::write(message::DateTime{seconds, 0, true});
}

}  // namespace postkeep::dsn
