// Message identifiers: Message-ID, In-Reply-To, References (RFC 5322 section
// 3.6.4, with the obsolete forms of section 4.5.4).
//
// Here:      read_message_id(), read_message_ids().
// Not here:  making new ones (that needs base/random.h: smtp/).
// Grammar:   grammar/rfc5322_message_id.rl, rule tolerated_msg_ids.
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

// How many identifiers of one References field are read.
inline constexpr std::size_t message_ids_max = 1000;

enum class MessageIdError : std::uint8_t {
  outside_grammar,
  too_many,
};
[[nodiscard]] std::string_view name(MessageIdError error);

// Identifiers are what stands between "<" and ">", octet by octet. A Message-ID
// with none, or with more than one, is outside the grammar; empty ones do not
// count.
[[nodiscard]] std::expected<std::string, MessageIdError> read_message_id(
    std::string_view value);
// The value of In-Reply-To or References; phrases between them are left out.
[[nodiscard]] std::expected<std::vector<std::string>, MessageIdError>
read_message_ids(std::string_view value);

// The reader behind both.
class MessageIdReader {
 public:
  [[nodiscard]] std::expected<std::vector<std::string>, MessageIdError> read(
      std::string_view value);

 private:
  // message/message_id.rl: the machine; its actions are in message_id.cc.
  bool run(Octets input);
  void id_start();
  void id_octet(Octet octet);

  std::vector<std::string> ids_;
  bool too_many_ = false;
};

}  // namespace postkeep::message
