// The machine that takes one esmtp-param apart: part of smtp/parameter.cc.
//
// Here:      ParameterMachine.
// Not here:  what others use (smtp/parameter.h).
// Grammar:   grammar/rfc5321_parameter.rl, rule parameter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "smtp/parameter.h"

namespace postkeep::smtp {

class ParameterMachine {
 public:
  // Reads the whole of `text`; false: it is no parameter with a value that
  // its RFC allows.
  [[nodiscard]] bool run(std::string_view text);

  [[nodiscard]] std::uint64_t size_octets() const { return size_octets_; }
  [[nodiscard]] BodyType body() const { return body_; }
  [[nodiscard]] Ret ret() const { return ret_; }
  [[nodiscard]] std::uint8_t notify() const { return notify_; }
  // The decoded value of ENVID, AUTH or ORCPT.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void size_digit(Octet octet);
  void body_seven_bit();
  void body_eight_bit_mime();
  void body_binary_mime();
  void ret_full();
  void ret_headers();
  void notify_never();
  void notify_success();
  void notify_failure();
  void notify_delay();
  void text_octet(Octet octet);
  void hex_digit(Octet octet);
  void hex_end();

  std::uint64_t size_octets_ = 0;
  BodyType body_ = BodyType::seven_bit;
  Ret ret_ = Ret::not_said;
  std::uint8_t notify_ = 0;
  std::string text_;
  unsigned hex_ = 0;
};

}  // namespace postkeep::smtp
