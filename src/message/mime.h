// MIME fields: Content-Type, Content-Transfer-Encoding (RFC 2045), Content-
// Disposition (RFC 2183), Content-Language (RFC 3282), and the parameters of
// RFC 2231.
//
// Here:      ContentType, Disposition, TransferEncoding and their readers.
// Not here:  the tree of parts (structure.h), decoding of bodies (decode.h).
// Grammar:   grammar/rfc2045_mime.rl, rules tolerated_content_type,
//            tolerated_disposition, tolerated_tokens, ….
// Laws:      proptests/message/mime_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::message {

// Parameters of one field that are read; a field with more is refused.
inline constexpr std::size_t parameters_max = 64;
// RFC 2046 section 5.1.1: no more than 70 characters. Longer ones are seen.
inline constexpr std::size_t boundary_octets_max = 70;
inline constexpr std::size_t tolerated_boundary_octets_max = 250;

// As it stands in the field, unquoted: "name" or RFC 2231's "name*0*".
struct Parameter {
  std::string name;  // In lower case.
  std::string value;
  bool operator==(const Parameter&) const = default;
};

struct ContentType {
  std::string type = "text";      // In lower case.
  std::string subtype = "plain";  // In lower case.
  std::vector<Parameter> parameters;
  bool operator==(const ContentType&) const = default;
};

struct Disposition {
  std::string type;  // In lower case: "inline", "attachment", ….
  std::vector<Parameter> parameters;
  bool operator==(const Disposition&) const = default;
};

enum class TransferEncoding : std::uint8_t {
  seven_bit,
  eight_bit,
  binary,
  quoted_printable,
  base64,
  unknown,  // RFC 2045 section 6.4: treated as application/octet-stream.
};

enum class MimeError : std::uint8_t {
  outside_grammar,
  too_many_parameters,
};
[[nodiscard]] std::string_view name(MimeError error);

// Readers of the values of fields, folded or unfolded.
[[nodiscard]] std::expected<ContentType, MimeError> read_content_type(
    std::string_view value);
[[nodiscard]] std::expected<Disposition, MimeError> read_disposition(
    std::string_view value);
// The mechanism in lower case ("base64").
[[nodiscard]] std::expected<std::string, MimeError> read_transfer_encoding(
    std::string_view value);
[[nodiscard]] TransferEncoding transfer_encoding(std::string_view mechanism);
// Language tags, in the order in which they stand.
[[nodiscard]] std::expected<std::vector<std::string>, MimeError> read_languages(
    std::string_view value);

// The value of a parameter as UTF-8: pieces of RFC 2231 ("name*0", "name*1*")
// put together in the order of their numbers, percent signs decoded, charset
// taken into account. `ambiguous` when there is more than one way to read it:
// the name twice, a piece twice or missing, or a plain and a continued form
// that differ.
struct ParameterValue {
  std::string text;
  bool found = false;
  bool ambiguous = false;
};
[[nodiscard]] ParameterValue parameter(const std::vector<Parameter>& parameters,
                                       std::string_view name);

// The readers behind the functions above: machines in message/mime_*.rl, their
// actions in message/mime.cc.
class MimeFieldReader {
 public:
  [[nodiscard]] std::expected<ContentType, MimeError> read_type(
      std::string_view value);
  [[nodiscard]] std::expected<Disposition, MimeError> read_disposition(
      std::string_view value);

 private:
  bool run_type(Octets input);
  bool run_disposition(Octets input);
  void type_octet(Octet octet);
  void subtype_octet(Octet octet);
  void name_start();
  void name_octet(Octet octet);
  void value_start();
  void value_gap();
  void value_octet(Octet octet);
  void end_parameter();

  ContentType read_;
  Parameter parameter_;
  bool has_value_ = false;
  bool gap_ = false;  // White space or a comment since the last octet.
  bool too_many_ = false;
};

class MimeTokensReader {
 public:
  [[nodiscard]] std::expected<std::vector<std::string>, MimeError> read(
      std::string_view value);

 private:
  bool run(Octets input);
  void token_octet(Octet octet);
  void comma();

  std::vector<std::string> tokens_;
  bool too_many_ = false;
};

// "name", "name*", "name*0" or "name*0*".
class ParameterNameReader {
 public:
  [[nodiscard]] bool read(std::string_view name);
  [[nodiscard]] const std::string& base() const { return base_; }
  // -1: there is none. Numbers past parameters_max all count as that.
  [[nodiscard]] int section() const { return section_; }
  [[nodiscard]] bool is_extended() const { return extended_; }

 private:
  bool run(Octets input);
  void name_octet(Octet octet);
  void section_digit(Octet octet);
  void extended();

  std::string base_;
  int section_ = -1;
  bool extended_ = false;
};

// charset'language'text, where %XX stands for an octet.
class ExtendedValueReader {
 public:
  [[nodiscard]] bool read(std::string_view value);
  [[nodiscard]] const std::string& charset() const { return charset_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool run(Octets input);
  void charset_octet(Octet octet);
  void value_octet(Octet octet);

  std::string charset_;
  std::string text_;
};

}  // namespace postkeep::message
