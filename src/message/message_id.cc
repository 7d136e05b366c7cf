#include "message/message_id.h"

#include <utility>

#include "base/check.h"

namespace postkeep::message {

std::expected<std::vector<std::string>, MessageIdError> MessageIdReader::read(
    std::string_view value) {
  ids_.clear();
  too_many_ = false;
  if (!run(octets(value))) {
    return std::unexpected(MessageIdError::outside_grammar);
  }
  if (too_many_) return std::unexpected(MessageIdError::too_many);
  std::erase_if(ids_, [](const std::string& id) { return id.empty(); });
  return std::move(ids_);
}

void MessageIdReader::id_start() {
  too_many_ = too_many_ || ids_.size() == message_ids_max;
  if (!too_many_) ids_.emplace_back();
}

void MessageIdReader::id_octet(Octet octet) {
  if (!too_many_) ids_.back().push_back(static_cast<char>(octet));
}

std::expected<std::string, MessageIdError> read_message_id(
    std::string_view value) {
  auto ids = MessageIdReader{}.read(value);
  if (!ids) return std::unexpected(ids.error());
  if (ids->size() != 1) return std::unexpected(MessageIdError::outside_grammar);
  return std::move(ids->front());
}

std::expected<std::vector<std::string>, MessageIdError> read_message_ids(
    std::string_view value) {
  return MessageIdReader{}.read(value);
}

std::string_view name(MessageIdError error) {
  switch (error) {
    case MessageIdError::outside_grammar: return "outside_grammar";
    case MessageIdError::too_many: return "too_many";
  }
  check_failed("MessageIdError holds one of its enumerators", __FILE__,
               __LINE__);
}

}  // namespace postkeep::message
