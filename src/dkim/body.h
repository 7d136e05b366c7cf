// Bodies as DKIM hashes them: canonical forms, read as a stream (RFC 6376
// sections 3.4.3, 3.4.4 and 3.7).
//
// Here:      Form, CanonicalBody, BodyHash.
// Not here:  header fields (dkim/field.h), the signature (dkim/signature.h).
// Grammar:   none: octets are rewritten, and all are accepted.
// Laws:      proptests/dkim/body_laws.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/octets.h"
#include "crypto/hash.h"

namespace postkeep::dkim {

// Section 3.4: what changes on its way may still be the same.
enum class Form : std::uint8_t { simple, relaxed };
[[nodiscard]] std::string_view name(Form form);

class BodySink {
 public:
  virtual void body_octets(Octets octets) = 0;

 protected:
  ~BodySink() = default;
};

// Rewrites a body while it goes by, cut anywhere. Lines end with CRLF; a bare
// CR or LF is an octet like any other. Holds a few KiB, however long the body.
class CanonicalBody {
 public:
  explicit CanonicalBody(Form form) : form_(form) {}

  void read(Octets body, BodySink& sink);
  // The body is complete; nothing may be read after it.
  void end(BodySink& sink);

 private:
  void read_simple(Octets body, BodySink& sink);
  void read_relaxed(Octets body, BodySink& sink);
  void line_end();
  void text(Octets octets, BodySink& sink);
  void put(Octets octets, BodySink& sink);
  void flush(BodySink& sink);

  Form form_;
  bool cr_ = false;     // The last octet was CR.
  bool space_ = false;  // White space since the last octet that was not.
  bool has_text_ = false;
  std::uint64_t line_ends_ = 0;  // Since the last octet of text.
  std::array<Octet, 4096> room_{};
  std::size_t room_octets_ = 0;
};

// The hash of bh= (section 3.5).
class BodyHash final : private BodySink {
 public:
  explicit BodyHash(Form form) : body_(form) {}

  void read(Octets body) { body_.read(body, *this); }
  [[nodiscard]] crypto::Sha256 end();

 private:
  void body_octets(Octets octets) override { hash_.read(octets); }

  CanonicalBody body_;
  crypto::Sha256Stream hash_;
};

}  // namespace postkeep::dkim
