// The laws of pop3/message_writer.h and message/line_ends.h. Tried on every
// short string by tests/, on generated texts by proptests/, on mutated octets
// by fuzz/ and on every file of corpus/pop3_message_writer. Each returns true
// when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "message/line_ends.h"
#include "pop3/message_writer.h"
#include "pop3/response_laws.h"

namespace postkeep::pop3 {

inline std::string written(Octets text, const MessageForm& form,
                           std::size_t piece) {
  MessageWriter writer(form);
  std::string out;
  while (!text.empty()) {
    const Octets now = text.first(std::min(piece, text.size()));
    writer.write(now, out);
    text = text.subspan(now.size());
  }
  writer.end(out);
  return out;
}

// The plain way to the same: line by line, as RFC 1939 section 3 says it.
inline std::vector<std::string> lines_of(Octets text) {
  std::vector<std::string> lines(1);
  for (const Octet octet : text) {
    if (octet != '\n') {
      lines.back() += static_cast<char>(octet);
      continue;
    }
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    lines.emplace_back();
  }
  // What comes after the last LF is a line if there is anything.
  if (lines.back().empty()) {
    lines.pop_back();
  } else if (lines.back().ends_with('\r')) {
    lines.back().pop_back();
  }
  return lines;
}

inline std::string written_plainly(Octets text, const MessageForm& form) {
  std::string out;
  bool in_header = true;
  std::uint32_t body_lines = 0;
  for (std::string line : lines_of(text)) {
    if (!in_header && form.body_lines_max &&
        body_lines++ >= *form.body_lines_max) {
      break;
    }
    const bool ends_header = in_header && line.empty();
    if (in_header && !form.utf8) {
      std::ranges::replace_if(line, [](char c) { return c < 0; }, '?');
    }
    if (ends_header) in_header = false;
    if (line.starts_with('.')) out += '.';
    out += line + "\r\n";
  }
  return out + ".\r\n";
}

// What a client makes of it (RFC 1939 section 3): lines without their stuffing
// up to the line of one dot, which is the last.
inline std::string unstuffed(std::string_view wire) {
  std::string text;
  while (wire != ".\r\n") {
    const std::size_t end = wire.find("\r\n");
    if (end == std::string_view::npos) return "no end";
    std::string_view line = wire.substr(0, end + 2);
    wire.remove_prefix(end + 2);
    if (line == ".\r\n") return "an end in the middle";
    if (line.starts_with('.')) line.remove_prefix(1);
    text += line;
  }
  return text;
}

inline bool law_writer_cuts_do_not_matter(Octets text,
                                          const MessageForm& form) {
  const std::string whole = written(text, form, text.size() + 1);
  return whole == written(text, form, 1) && whole == written(text, form, 3);
}

inline bool law_writer_does_what_the_rfc_says(Octets text,
                                              const MessageForm& form) {
  return written(text, form, text.size() + 1) == written_plainly(text, form);
}

// Whatever a message holds, it is one response: no line of it ends it.
inline bool law_writer_writes_one_response(Octets text,
                                           const MessageForm& form) {
  const std::string wire = "+OK\r\n" + written(text, form, text.size() + 1);
  return reference_accepts_multi_line(octets(wire));
}

// What a client gets has the size that LIST told, in every form.
inline bool law_size_is_what_is_sent(Octets text) {
  const std::size_t size =
      text.size() +
      static_cast<std::size_t>(message::line_end_octets_to_add(text));
  for (const bool utf8 : {false, true}) {
    const std::string wire =
        written(text, {.utf8 = utf8, .body_lines_max = {}}, 5);
    if (unstuffed(wire).size() != size) return false;
  }
  return true;
}

// Without UTF8 nothing beyond ASCII leaves in a header (RFC 6856 section 2.1).
inline bool law_header_is_ascii_without_utf8(Octets text) {
  const std::string wire =
      written(text, {.utf8 = false, .body_lines_max = 0}, text.size() + 1);
  return std::ranges::none_of(wire, [](char c) { return c < 0; });
}

inline bool writer_laws_hold(Octets text) {
  for (const bool utf8 : {false, true}) {
    for (const auto& lines :
         {std::optional<std::uint32_t>{}, std::optional<std::uint32_t>{0},
          std::optional<std::uint32_t>{1}, std::optional<std::uint32_t>{2}}) {
      const MessageForm form{utf8, lines};
      if (!law_writer_cuts_do_not_matter(text, form) ||
          !law_writer_does_what_the_rfc_says(text, form) ||
          !law_writer_writes_one_response(text, form)) {
        return false;
      }
    }
  }
  return law_size_is_what_is_sent(text) &&
         law_header_is_ascii_without_utf8(text);
}

}  // namespace postkeep::pop3
