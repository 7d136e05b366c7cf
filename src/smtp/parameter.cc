#include "smtp/parameter.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"
#include "smtp/parameter_machine.h"

namespace postkeep::smtp {
namespace {

enum class Keyword : std::uint8_t {
  none,
  size,
  body,
  smtputf8,
  ret,
  envid,
  auth,
  notify,
  orcpt,
};

struct Named {
  std::string_view name;
  Keyword keyword;
};

constexpr std::array mail_keywords{
    Named{"SIZE", Keyword::size},         Named{"BODY", Keyword::body},
    Named{"SMTPUTF8", Keyword::smtputf8}, Named{"RET", Keyword::ret},
    Named{"ENVID", Keyword::envid},       Named{"AUTH", Keyword::auth},
};
constexpr std::array rcpt_keywords{
    Named{"NOTIFY", Keyword::notify},
    Named{"ORCPT", Keyword::orcpt},
};

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

Keyword keyword_of(std::string_view parameter, const auto& known) {
  const std::string_view keyword = parameter.substr(0, parameter.find('='));
  for (const Named& named : known) {
    if (std::ranges::equal(keyword, named.name, {}, upper)) {
      return named.keyword;
    }
  }
  return Keyword::none;
}

}  // namespace

std::optional<ParameterError> add_mail_parameter(std::string_view parameter,
                                                 MailParameters& parameters) {
  const Keyword keyword = keyword_of(parameter, mail_keywords);
  if (keyword == Keyword::none) return ParameterError::unknown;
  ParameterMachine machine;
  if (!machine.run(parameter)) return ParameterError::bad_value;

  bool twice = false;
  switch (keyword) {
    case Keyword::size:
      twice = parameters.size_octets.has_value();
      parameters.size_octets = machine.size_octets();
      break;
    case Keyword::body:
      twice = parameters.body.has_value();
      parameters.body = machine.body();
      break;
    case Keyword::smtputf8:
      twice = parameters.smtputf8;
      parameters.smtputf8 = true;
      break;
    case Keyword::ret:
      twice = parameters.ret != Ret::not_said;
      parameters.ret = machine.ret();
      break;
    case Keyword::envid:
      if (machine.text().size() > envid_octets_max) {
        return ParameterError::value_too_long;
      }
      twice = parameters.envid.has_value();
      parameters.envid = machine.text();
      break;
    default: {  // AUTH, the last of mail_keywords.
      twice = parameters.auth.has_value();
      if (machine.text() == "<>") {
        parameters.auth = ReversePath{};
        break;
      }
      const auto mailbox = read_mailbox(machine.text());
      if (!mailbox) return ParameterError::bad_value;
      parameters.auth = ReversePath{*mailbox};
      break;
    }
  }
  if (twice) return ParameterError::given_twice;
  return std::nullopt;
}

std::optional<ParameterError> add_rcpt_parameter(std::string_view parameter,
                                                 RcptParameters& parameters) {
  const Keyword keyword = keyword_of(parameter, rcpt_keywords);
  if (keyword == Keyword::none) return ParameterError::unknown;
  ParameterMachine machine;
  if (!machine.run(parameter)) return ParameterError::bad_value;

  if (keyword == Keyword::notify) {
    if (parameters.notify != 0) return ParameterError::given_twice;
    parameters.notify = machine.notify();
    return std::nullopt;
  }
  if (machine.text().size() > orcpt_octets_max) {
    return ParameterError::value_too_long;
  }
  if (parameters.orcpt) return ParameterError::given_twice;
  parameters.orcpt = machine.text();
  return std::nullopt;
}

void ParameterMachine::size_digit(Octet octet) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t digit = octet - std::uint64_t{'0'};
  size_octets_ =
      size_octets_ > (most - digit) / 10 ? most : size_octets_ * 10 + digit;
}

void ParameterMachine::body_seven_bit() { body_ = BodyType::seven_bit; }
void ParameterMachine::body_eight_bit_mime() {
  body_ = BodyType::eight_bit_mime;
}
void ParameterMachine::body_binary_mime() { body_ = BodyType::binary_mime; }
void ParameterMachine::ret_full() { ret_ = Ret::full; }
void ParameterMachine::ret_headers() { ret_ = Ret::headers; }
void ParameterMachine::notify_never() {
  notify_ |= static_cast<std::uint8_t>(Notify::never);
}
void ParameterMachine::notify_success() {
  notify_ |= static_cast<std::uint8_t>(Notify::success);
}
void ParameterMachine::notify_failure() {
  notify_ |= static_cast<std::uint8_t>(Notify::failure);
}
void ParameterMachine::notify_delay() {
  notify_ |= static_cast<std::uint8_t>(Notify::delay);
}

void ParameterMachine::text_octet(Octet octet) {
  text_.push_back(static_cast<char>(octet));
}

void ParameterMachine::hex_digit(Octet octet) {
  const unsigned digit = octet <= '9' ? octet - unsigned{'0'}
                                      : (octet | 0x20U) - unsigned{'a'} + 10;
  hex_ = (hex_ * 16 + digit) % 256;
}

void ParameterMachine::hex_end() { text_.push_back(static_cast<char>(hex_)); }

std::string_view name(ParameterError error) {
  switch (error) {
    case ParameterError::unknown: return "unknown";
    case ParameterError::bad_value: return "bad_value";
    case ParameterError::given_twice: return "given_twice";
    case ParameterError::value_too_long: return "value_too_long";
  }
  check_failed("ParameterError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::smtp
