#include "dkim/body.h"

#include <algorithm>
#include <cstring>

namespace postkeep::dkim {
namespace {

constexpr std::string_view crlf = "\r\n";

bool is_space(Octet octet) { return octet == ' ' || octet == '\t'; }

}  // namespace

std::string_view name(Form form) {
  return form == Form::simple ? "simple" : "relaxed";
}

void CanonicalBody::put(Octets octets, BodySink& sink) {
  if (octets.size() > room_.size() - room_octets_) flush(sink);
  if (octets.size() > room_.size()) return sink.body_octets(octets);
  std::ranges::copy(octets, room_.begin() + room_octets_);
  room_octets_ += octets.size();
}

void CanonicalBody::flush(BodySink& sink) {
  if (room_octets_ > 0) sink.body_octets(Octets{room_}.first(room_octets_));
  room_octets_ = 0;
}

// Octets that stay. What was held back before them is not at the end.
void CanonicalBody::text(Octets octets, BodySink& sink) {
  if (octets.empty()) return;
  for (; line_ends_ > 0; --line_ends_) put(postkeep::octets(crlf), sink);
  if (space_) put(postkeep::octets(" "), sink);
  space_ = false;
  has_text_ = true;
  put(octets, sink);
}

void CanonicalBody::line_end() {
  line_ends_ += 1;
  space_ = false;  // Section 3.4.4: white space at the end of a line goes.
}

void CanonicalBody::read(Octets body, BodySink& sink) {
  if (body.empty()) return;
  if (cr_) {
    cr_ = false;
    if (body.front() == '\n') {
      line_end();
      body = body.subspan(1);
    } else {
      text(octets("\r"), sink);
    }
  }
  if (form_ == Form::simple) return read_simple(body, sink);
  read_relaxed(body, sink);
}

// Section 3.4.3: nothing changes but the lines at the end.
void CanonicalBody::read_simple(Octets body, BodySink& sink) {
  std::size_t start = 0;
  std::size_t at = 0;
  while (at < body.size()) {
    const void* found = std::memchr(body.data() + at, '\r', body.size() - at);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const Octet*>(found) -
                                  body.data());
    if (at + 1 == body.size()) {
      text(body.subspan(start, at - start), sink);
      cr_ = true;
      return;
    }
    if (body[at + 1] == '\n') {
      text(body.subspan(start, at - start), sink);
      line_end();
      start = at + 2;
    }
    at += 1;
  }
  text(body.subspan(start), sink);
}

// Section 3.4.4: white space in a line is one space.
void CanonicalBody::read_relaxed(Octets body, BodySink& sink) {
  std::size_t start = 0;
  std::size_t at = 0;
  const auto turns = [](Octet octet) {
    return octet == '\r' || is_space(octet);
  };
  while (at < body.size()) {
    const Octet* const found =
        std::find_if(body.data() + at, body.data() + body.size(), turns);
    at = static_cast<std::size_t>(found - body.data());
    if (at == body.size()) break;
    if (body[at] == '\r' && at + 1 < body.size() && body[at + 1] != '\n') {
      at += 1;
      continue;
    }
    text(body.subspan(start, at - start), sink);
    if (is_space(body[at])) {
      space_ = true;
      at += 1;
    } else if (at + 1 == body.size()) {
      cr_ = true;
      return;
    } else {
      line_end();
      at += 2;
    }
    start = at;
  }
  text(body.subspan(start), sink);
}

// Sections 3.4.3 and 3.4.4: lines at the end that are empty go, a last line
// without its end gets one. A body of nothing is CRLF where it is simple, and
// nothing where it is relaxed.
void CanonicalBody::end(BodySink& sink) {
  if (cr_) text(octets("\r"), sink);
  cr_ = false;
  if (has_text_ || form_ == Form::simple) put(octets(crlf), sink);
  flush(sink);
}

crypto::Sha256 BodyHash::end() {
  body_.end(*this);
  return hash_.end();
}

}  // namespace postkeep::dkim
