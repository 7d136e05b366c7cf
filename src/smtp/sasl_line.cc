#include "smtp/sasl_line.h"

#include <utility>

#include "smtp/sasl_line_machine.h"

namespace postkeep::smtp {

std::optional<SaslResponse> read_sasl_line(std::string_view text) {
  SaslLineMachine machine;
  if (!machine.run(text)) return std::nullopt;
  return std::move(machine.response());
}

void SaslLineMachine::cancel() { response_.cancelled = true; }
void SaslLineMachine::upper_case(Octet octet) { sextet(octet - 'A' + 0U); }
void SaslLineMachine::lower_case(Octet octet) { sextet(octet - 'a' + 26U); }
void SaslLineMachine::digit(Octet octet) { sextet(octet - '0' + 52U); }
void SaslLineMachine::plus() { sextet(62); }
void SaslLineMachine::slash() { sextet(63); }

// Bits that are left over before padding are dropped (RFC 4648 section 3.5).
void SaslLineMachine::sextet(unsigned value) {
  bits_ = (bits_ << 6U | value) & 0xFFFFFFU;
  bits_count_ += 6;
  if (bits_count_ < 8) return;
  bits_count_ -= 8;
  response_.octets.push_back(static_cast<Octet>(bits_ >> bits_count_ & 0xFFU));
}

std::string write_base64(Octets octets) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t count = octets.size() - i < 3 ? octets.size() - i : 3;
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8U | (k < count ? octets[i + k] : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? alphabet[bits >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace postkeep::smtp
