#include "pop3/message_writer.h"

#include <algorithm>

namespace postkeep::pop3 {

MessageWriter::MessageWriter(const MessageForm& form) : form_(form) {}

void MessageWriter::write(Octets text, std::string& out) {
  while (!text.empty() && !has_enough_) {
    const auto feed = std::ranges::find(text, Octet{'\n'});
    const bool is_end = feed != text.end();
    const auto size =
        static_cast<std::size_t>(feed - text.begin()) + (is_end ? 1 : 0);
    write_piece(text.first(size), out);
    text = text.subspan(size);
    if (is_end) line_ended();
  }
}

// A line, or a part of one; LF is its last octet or none.
void MessageWriter::write_piece(Octets piece, std::string& out) {
  if (line_octets_ == 0 && piece.front() == '.') out += '.';
  const bool ends = piece.back() == '\n';
  const Octets text = ends ? piece.first(piece.size() - 1) : piece;
  write_octets(text, out);
  line_octets_ += text.size();
  if (!text.empty()) last_ = text.back();
  if (!ends) return;
  if (line_octets_ == 0 || last_ != '\r') {
    out += '\r';
    ++line_octets_;
  }
  out += '\n';
}

void MessageWriter::write_octets(Octets octets, std::string& out) const {
  const std::size_t before = out.size();
  out.append(reinterpret_cast<const char*>(octets.data()), octets.size());
  if (!in_header_ || form_.utf8) return;
  for (std::size_t at = before; at < out.size(); ++at) {
    if ((static_cast<unsigned char>(out[at]) & 0x80U) != 0) out[at] = '?';
  }
}

void MessageWriter::line_ended() {
  const bool is_empty = line_octets_ == 1;  // Its CR.
  line_octets_ = 0;
  if (!in_header_) {
    ++body_lines_;
  } else if (is_empty) {
    in_header_ = false;
  }
  has_enough_ = !in_header_ && form_.body_lines_max &&
                body_lines_ >= *form_.body_lines_max;
}

void MessageWriter::end(std::string& out) {
  if (line_octets_ != 0) out += last_ == '\r' ? "\n" : "\r\n";
  out += ".\r\n";
}

}  // namespace postkeep::pop3
