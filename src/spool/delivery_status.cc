// What can be asked of the delivery schedule.
#include <algorithm>

#include "spool/delivery.h"

namespace postkeep::spool {

DeliveryStatus Delivery::status() const {
  DeliveryStatus status;
  status.messages = messages_.size();
  status.octets = message_octets_;
  for (const auto& [name, user] : users_) {
    status.recipients_waiting += user.waiting.size() + user.later.size();
    status.recipients_in_flight += user.in_flight.size();
    if (user.failures > 0) status.users_backing_off += 1;
  }
  if (!by_age_.empty()) status.oldest = by_age_.begin()->first;
  return status;
}

const Entry* Delivery::entry(MessageId id) const {
  const auto found = messages_.find(id);
  return found == messages_.end() ? nullptr : &found->second.entry;
}

std::uint64_t Delivery::message_octets(MessageId id) const {
  const auto found = messages_.find(id);
  return found == messages_.end() ? 0 : found->second.octets;
}

RecipientState Delivery::state(MessageId id, std::uint32_t recipient) const {
  const auto found = messages_.find(id);
  if (found == messages_.end() || recipient >= found->second.copies.size()) {
    return RecipientState::gone;
  }
  return found->second.copies[recipient].state;
}

// Where a copy in each state stands: in exactly one place (invariant D1).
bool Delivery::is_consistent() const {
  std::map<CopyId, std::pair<RecipientState, int>> seen;
  const auto see = [&](const CopyId& copy, RecipientState as) {
    auto& [state, count] = seen[copy];
    state = as;
    count += 1;
  };
  for (const auto& [name, user] : users_) {
    std::uint64_t octets = 0;
    for (const CopyId& copy : user.waiting) see(copy, RecipientState::waiting);
    for (const auto& [time, copy] : user.later) {
      see(copy, RecipientState::waiting);
    }
    for (const CopyId& copy : user.in_flight) {
      see(copy, RecipientState::in_flight);
      octets += messages_.at(copy.id).octets;
    }
    // D3: the window.
    if (octets != user.in_flight_octets ||
        user.in_flight.size() > window_messages_max ||
        (octets > window_octets_max && user.in_flight.size() > 1) ||
        (user.mailbox != Mailbox::ready && !user.in_flight.empty())) {
      return false;
    }
  }
  for (const CopyId& copy : to_record_) see(copy, RecipientState::done);
  for (const auto& [time, copy] : record_again_) {
    see(copy, RecipientState::done);
  }
  for (const auto& [sequence, copy] : recorded_) {
    see(copy, RecipientState::recorded);
  }
  for (const MessageId id : appended_) {
    const auto count =
        static_cast<std::uint32_t>(messages_.at(id).copies.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      if (messages_.at(id).copies[i].state == RecipientState::gone) continue;
      see({id, i}, RecipientState::appended);
    }
  }
  std::size_t all = 0;
  for (const auto& [id, held] : messages_) {
    std::size_t left = 0;
    for (std::uint32_t i = 0; i < held.copies.size(); ++i) {
      RecipientState state = held.copies[i].state;
      if (state == RecipientState::gone) continue;
      left += 1;
      if (state == RecipientState::placed) state = RecipientState::in_flight;
      const auto found = seen.find({id, i});
      if (found == seen.end() || found->second != std::pair{state, 1}) {
        return false;
      }
      all += 1;
    }
    if (left != held.left || left == 0) return false;
  }
  return all == seen.size();
}

}  // namespace postkeep::spool
