#include "message/received.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "message/header.h"

namespace postkeep::message {

std::expected<Received, ReceivedError> ReceivedReader::read(
    std::string_view value) {
  *this = {};
  if (!run(octets(value))) {
    return std::unexpected(ReceivedError::outside_grammar);
  }
  if (too_many_) return std::unexpected(ReceivedError::too_many_tokens);
  if (date_.find_first_not_of(" \t\r\n") != std::string::npos) {
    const auto date_time = recover_date_time(date_);
    if (!date_time) return std::unexpected(ReceivedError::bad_date_time);
    received_.date_time = *date_time;
  }
  return std::move(received_);
}

void ReceivedReader::gap() { gap_ = true; }

void ReceivedReader::token_octet(Octet octet) {
  if (gap_) {
    too_many_ = too_many_ || received_.tokens.size() == received_tokens_max;
    if (!too_many_) received_.tokens.emplace_back();
  }
  gap_ = false;
  if (!too_many_) received_.tokens.back().push_back(static_cast<char>(octet));
}

void ReceivedReader::semicolon() { date_.clear(); }

void ReceivedReader::date_octet(Octet octet) {
  date_.push_back(static_cast<char>(octet));
}

std::expected<Received, ReceivedError> read_received(std::string_view value) {
  return ReceivedReader{}.read(value);
}

std::string_view clause(const Received& received, std::string_view keyword) {
  const auto found =
      std::ranges::find_if(received.tokens, [&](const std::string& token) {
        return same_without_case(token, keyword);
      });
  if (found == received.tokens.end()) return {};
  const auto value = std::next(found);
  return value == received.tokens.end() ? std::string_view{} : *value;
}

std::string_view name(ReceivedError error) {
  switch (error) {
    case ReceivedError::outside_grammar: return "outside_grammar";
    case ReceivedError::too_many_tokens: return "too_many_tokens";
    case ReceivedError::bad_date_time: return "bad_date_time";
  }
  check_failed("ReceivedError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::message
