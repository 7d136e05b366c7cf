#include "smtp/enhanced_code.h"

namespace postkeep::smtp {
namespace {

std::uint16_t with_digit(std::uint16_t number, Octet digit) {
  return static_cast<std::uint16_t>(number * 10 + (digit - '0'));
}

}  // namespace

std::optional<EnhancedCode> EnhancedCodeReader::read(std::string_view text) {
  code_ = {};
  if (!run(octets(text))) return std::nullopt;
  return code_;
}

void EnhancedCodeReader::kind_digit(Octet octet) {
  code_.kind = with_digit(code_.kind, octet);
}
void EnhancedCodeReader::subject_digit(Octet octet) {
  code_.subject = with_digit(code_.subject, octet);
}
void EnhancedCodeReader::detail_digit(Octet octet) {
  code_.detail = with_digit(code_.detail, octet);
}

std::optional<EnhancedCode> read_enhanced_code(const Reply& reply) {
  if (reply.lines.empty()) return std::nullopt;
  EnhancedCodeReader reader;
  const auto code = reader.read(reply.lines.front());
  if (!code || code->kind != reply.code / 100) return std::nullopt;
  return code;
}

std::string write(const EnhancedCode& code) {
  return std::to_string(code.kind) + '.' + std::to_string(code.subject) + '.' +
         std::to_string(code.detail);
}

}  // namespace postkeep::smtp
