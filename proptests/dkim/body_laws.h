// The laws of dkim/body.h. Said once, here; tried by tests/, proptests/ and
// fuzz/. Each law returns true when it holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dkim/body.h"

namespace postkeep::dkim {

class BodyText final : public BodySink {
 public:
  void body_octets(Octets octets) override {
    text.append(octets.begin(), octets.end());
  }
  std::string text;
};

inline std::string canonical_body(Form form, Octets body, std::size_t piece) {
  BodyText text;
  CanonicalBody reader(form);
  while (!body.empty()) {
    const Octets part = body.first(std::min(piece, body.size()));
    reader.read(part, text);
    body = body.subspan(part.size());
  }
  reader.end(text);
  return text.text;
}

// The oracle: RFC 6376 sections 3.4.3 and 3.4.4 step by step, on whole lines.
inline std::string reference_body(Form form, std::string_view body) {
  std::vector<std::string> lines;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find("\r\n"), body.size());
    std::string line{body.substr(0, end)};
    body.remove_prefix(std::min(end + 2, body.size()));
    if (form == Form::relaxed) {
      std::string reduced;
      for (const char c : line) {
        const bool space = c == ' ' || c == '\t';
        if (!space) reduced += c;
        if (space && !reduced.ends_with(' ')) reduced += ' ';
      }
      while (reduced.ends_with(' ')) reduced.pop_back();
      line = reduced;
    }
    lines.push_back(line);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  if (lines.empty() && form == Form::simple) return "\r\n";
  std::string canonical;
  for (const std::string& line : lines) canonical += line + "\r\n";
  return canonical;
}

inline bool law_body_is_as_the_rfc_says(Octets body, std::size_t piece) {
  const std::string_view text{reinterpret_cast<const char*>(body.data()),
                              body.size()};
  for (const Form form : {Form::simple, Form::relaxed}) {
    if (canonical_body(form, body, piece) != reference_body(form, text)) {
      return false;
    }
  }
  return true;
}

// What is canonical stays as it is, and the hash is that of its octets.
inline bool law_canonical_is_for_good(Octets body) {
  for (const Form form : {Form::simple, Form::relaxed}) {
    const std::string once = canonical_body(form, body, body.size() + 1);
    if (canonical_body(form, octets(once), 3) != once) return false;
    BodyHash hash(form);
    hash.read(body);
    if (hash.end() != crypto::sha256(octets(once))) return false;
  }
  return true;
}

}  // namespace postkeep::dkim
