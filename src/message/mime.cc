#include "message/mime.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "message/charset.h"
#include "message/header.h"

namespace postkeep::message {
namespace {

int hexadecimal_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// RFC 2231 section 4: "%" and two hexadecimal digits are an octet. A "%" that
// they do not follow stands for itself.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() &&
                       hexadecimal_value(text[i + 1]) >= 0 &&
                       hexadecimal_value(text[i + 2]) >= 0;
    if (!coded) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(hexadecimal_value(text[i + 1]) * 16 +
                                 hexadecimal_value(text[i + 2]));
    i += 2;
  }
  return decoded;
}

// One parameter whose base name is the one that was asked for.
struct Piece {
  int section = -1;
  bool extended = false;
  std::string_view value;
  std::size_t place = 0;  // In the field.
};

std::vector<Piece> pieces_of(const std::vector<Parameter>& parameters,
                             std::string_view name) {
  std::vector<Piece> pieces;
  ParameterNameReader reader;
  for (const Parameter& parameter : parameters) {
    if (same_without_case(parameter.name, name)) {
      pieces.push_back({-1, false, parameter.value, pieces.size()});
    } else if (reader.read(parameter.name) &&
               same_without_case(reader.base(), name)) {
      pieces.push_back({reader.section(), reader.is_extended(), parameter.value,
                        pieces.size()});
    }
  }
  return pieces;
}

// The text of pieces 0, 1, … up to the first that is missing; RFC 2231 section
// 4.1 gives the charset to the first alone.
std::string joined(const std::vector<Piece>& pieces) {
  std::string text;
  std::string charset;
  int wanted = pieces.front().section;
  for (const Piece& piece : pieces) {
    if (piece.section != wanted) break;
    ++wanted;
    ExtendedValueReader reader;
    if (!piece.extended) {
      text += piece.value;
    } else if (piece.section <= 0 && reader.read(piece.value)) {
      charset = reader.charset();
      text += percent_decoded(reader.text());
    } else {
      text += percent_decoded(piece.value);
    }
  }
  if (charset.empty()) return replace_bad_utf8(text);
  return to_utf8(charset, text).value_or(replace_bad_utf8(text));
}

}  // namespace

std::expected<ContentType, MimeError> MimeFieldReader::read_type(
    std::string_view value) {
  *this = {};
  read_.type.clear();
  read_.subtype.clear();
  if (!run_type(octets(value))) {
    return std::unexpected(MimeError::outside_grammar);
  }
  end_parameter();
  if (too_many_) return std::unexpected(MimeError::too_many_parameters);
  read_.type = in_lower_case(read_.type);
  read_.subtype = in_lower_case(read_.subtype);
  return std::move(read_);
}

std::expected<Disposition, MimeError> MimeFieldReader::read_disposition(
    std::string_view value) {
  *this = {};
  read_.type.clear();
  if (!run_disposition(octets(value))) {
    return std::unexpected(MimeError::outside_grammar);
  }
  end_parameter();
  if (too_many_) return std::unexpected(MimeError::too_many_parameters);
  return Disposition{in_lower_case(read_.type), std::move(read_.parameters)};
}

void MimeFieldReader::type_octet(Octet octet) {
  read_.type.push_back(static_cast<char>(octet));
}

void MimeFieldReader::subtype_octet(Octet octet) {
  read_.subtype.push_back(static_cast<char>(octet));
}

void MimeFieldReader::name_start() { end_parameter(); }

void MimeFieldReader::name_octet(Octet octet) {
  parameter_.name.push_back(static_cast<char>(octet));
}

void MimeFieldReader::value_start() { has_value_ = true; }

void MimeFieldReader::value_gap() { gap_ = true; }

void MimeFieldReader::value_octet(Octet octet) {
  if (gap_ && !parameter_.value.empty()) parameter_.value += ' ';
  gap_ = false;
  parameter_.value.push_back(static_cast<char>(octet));
}

void MimeFieldReader::end_parameter() {
  if (has_value_) {
    too_many_ = too_many_ || read_.parameters.size() == parameters_max;
    parameter_.name = in_lower_case(parameter_.name);
    if (!too_many_) read_.parameters.push_back(std::move(parameter_));
  }
  parameter_ = {};
  has_value_ = gap_ = false;
}

std::expected<std::vector<std::string>, MimeError> MimeTokensReader::read(
    std::string_view value) {
  tokens_.assign(1, {});
  too_many_ = false;
  if (!run(octets(value))) return std::unexpected(MimeError::outside_grammar);
  if (too_many_) return std::unexpected(MimeError::too_many_parameters);
  return std::move(tokens_);
}

void MimeTokensReader::token_octet(Octet octet) {
  tokens_.back().push_back(static_cast<char>(octet));
}

void MimeTokensReader::comma() {
  too_many_ = too_many_ || tokens_.size() == parameters_max;
  if (!too_many_) tokens_.emplace_back();
}

bool ParameterNameReader::read(std::string_view name) {
  base_.clear();
  section_ = -1;
  extended_ = false;
  return run(octets(name));
}

void ParameterNameReader::name_octet(Octet octet) {
  base_.push_back(static_cast<char>(octet));
}

void ParameterNameReader::section_digit(Octet octet) {
  const int before = std::max(section_, 0);
  section_ =
      std::min(before * 10 + (octet - '0'), static_cast<int>(parameters_max));
}

void ParameterNameReader::extended() { extended_ = true; }

bool ExtendedValueReader::read(std::string_view value) {
  charset_.clear();
  text_.clear();
  return run(octets(value));
}

void ExtendedValueReader::charset_octet(Octet octet) {
  charset_.push_back(static_cast<char>(octet));
}

void ExtendedValueReader::value_octet(Octet octet) {
  text_.push_back(static_cast<char>(octet));
}

std::expected<ContentType, MimeError> read_content_type(
    std::string_view value) {
  return MimeFieldReader{}.read_type(value);
}

std::expected<Disposition, MimeError> read_disposition(std::string_view value) {
  return MimeFieldReader{}.read_disposition(value);
}

std::expected<std::string, MimeError> read_transfer_encoding(
    std::string_view value) {
  auto tokens = MimeTokensReader{}.read(value);
  if (!tokens || tokens->size() != 1) {
    return std::unexpected(MimeError::outside_grammar);
  }
  return in_lower_case(tokens->front());
}

TransferEncoding transfer_encoding(std::string_view mechanism) {
  using enum TransferEncoding;
  if (same_without_case(mechanism, "7bit")) return seven_bit;
  if (same_without_case(mechanism, "8bit")) return eight_bit;
  if (same_without_case(mechanism, "binary")) return binary;
  if (same_without_case(mechanism, "quoted-printable")) return quoted_printable;
  if (same_without_case(mechanism, "base64")) return base64;
  return unknown;
}

std::expected<std::vector<std::string>, MimeError> read_languages(
    std::string_view value) {
  return MimeTokensReader{}.read(value);
}

// RFC 2231 section 3: the order of the pieces in the field does not matter. A
// form with pieces or a charset wins over a plain one (section 4.1's example),
// but a reader that does not know of RFC 2231 sees the plain one: ambiguous.
ParameterValue parameter(const std::vector<Parameter>& parameters,
                         std::string_view name) {
  std::vector<Piece> pieces = pieces_of(parameters, name);
  if (pieces.empty()) return {};
  const auto order = [](const Piece& piece) {
    return std::pair{piece.section, piece.section < 0 && piece.extended};
  };
  std::ranges::sort(pieces, {}, [&](const Piece& piece) {
    return std::pair{order(piece), piece.place};
  });
  const auto same = [&](const Piece& a, const Piece& b) {
    return order(a) == order(b);
  };
  ParameterValue result;
  result.ambiguous = std::ranges::adjacent_find(pieces, same) != pieces.end();

  std::vector<Piece> plain;
  std::vector<Piece> extended;
  std::vector<Piece> continued;
  for (const Piece& piece : pieces) {
    if (piece.section >= 0)
      continued.push_back(piece);
    else
      (piece.extended ? extended : plain).push_back(piece);
  }
  const bool starts = !continued.empty() && continued.front().section == 0;
  // Some readers go on behind a piece that is missing, some stop there.
  if (!continued.empty() &&
      (!starts || static_cast<std::size_t>(continued.back().section) + 1 !=
                      continued.size())) {
    result.ambiguous = true;
  }
  std::optional<std::string> text;
  for (const auto* form : {&extended, &continued, &plain}) {
    if (form->empty() || (form == &continued && !starts)) continue;
    const std::string read = joined(*form);
    if (text && *text != read) result.ambiguous = true;
    if (!text) text = read;
  }
  result.found = text.has_value();
  result.text = std::move(text).value_or("");
  return result;
}

std::string_view name(MimeError error) {
  switch (error) {
    case MimeError::outside_grammar: return "outside_grammar";
    case MimeError::too_many_parameters: return "too_many_parameters";
  }
  check_failed("MimeError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::message
