#include "spool/delivery.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace postkeep::spool {
namespace {

bool is_outside(const Recipient& recipient) { return recipient.user.empty(); }

// How long to wait after the n-th failure in a row, the first being 1.
Duration retry_wait(std::uint32_t failures) {
  Duration wait = retry_wait_min;
  for (std::uint32_t i = 1; i < failures && wait < retry_wait_max; ++i) {
    wait *= 2;
  }
  return std::min(wait, retry_wait_max);
}

}  // namespace

std::string_view name(RecipientState state) {
  switch (state) {
    case RecipientState::appended: return "appended";
    case RecipientState::waiting: return "waiting";
    case RecipientState::in_flight: return "in_flight";
    case RecipientState::placed: return "placed";
    case RecipientState::done: return "done";
    case RecipientState::recorded: return "recorded";
    case RecipientState::gone: return "gone";
  }
  check_failed("RecipientState holds one of its enumerators", __FILE__,
               __LINE__);
}

// The ids are random already.
std::size_t Delivery::DeliveryIdHash::operator()(const DeliveryId& id) const {
  std::size_t hash = 0;
  std::memcpy(&hash, id.data(), sizeof hash);
  return hash;
}

bool Delivery::has_room_for(const Entry& entry) const {
  return memory_octets_ + memory_octets(entry) <= entries_octets_max;
}

Delivery::Copy& Delivery::at(const CopyId& copy) {
  return messages_.at(copy.id).copies.at(copy.recipient);
}

void Delivery::hold(MessageId id, Entry entry, std::uint64_t octets) {
  memory_octets_ += memory_octets(entry);
  message_octets_ += octets;
  by_age_.emplace(entry.received, id);
  Held held{std::move(entry), octets, {}, 0};
  const std::vector<Recipient>& recipients = held.entry.recipients;
  held.copies.resize(recipients.size());
  for (std::uint32_t i = 0; i < recipients.size(); ++i) {
    if (is_outside(recipients[i])) {
      held.copies[i].state = RecipientState::gone;
      continue;
    }
    held.left += 1;
    by_delivery_id_.try_emplace(recipients[i].delivery_id, CopyId{id, i});
  }
  PK_CHECK(messages_.try_emplace(id, std::move(held)).second);
}

void Delivery::appended(MessageId id, Entry entry,
                        std::uint64_t message_octets) {
  if (std::ranges::all_of(entry.recipients, is_outside)) return;
  hold(id, std::move(entry), message_octets);
  appended_.push_back(id);
}

void Delivery::recovered(MessageId id, Entry entry,
                         std::uint64_t message_octets,
                         const std::vector<bool>& recipients_done,
                         SteadyTime now, Effects& effects) {
  if (std::ranges::all_of(entry.recipients, is_outside)) return;
  hold(id, std::move(entry), message_octets);
  const auto count = static_cast<std::uint32_t>(messages_.at(id).copies.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const CopyId copy{id, i};
    if (at(copy).state == RecipientState::gone) continue;
    if (i < recipients_done.size() && recipients_done[i]) {
      let_go(copy, effects);
      if (!messages_.contains(id)) return;
    } else {
      pump(wait_for_user(copy), now, effects);
    }
  }
}

// Its message is durable: puts the copy into its user's queue.
Delivery::Users::iterator Delivery::wait_for_user(const CopyId& copy) {
  at(copy).state = RecipientState::waiting;
  const std::string& name =
      messages_.at(copy.id).entry.recipients[copy.recipient].user;
  const auto user = users_.try_emplace(name).first;
  user->second.waiting.push_back(copy);
  return user;
}

void Delivery::durable(Sequence up_to, SteadyTime now, Effects& effects) {
  std::set<std::string> forgetful;
  while (!recorded_.empty() && recorded_.begin()->first <= up_to) {
    const CopyId copy = recorded_.begin()->second;
    recorded_.erase(recorded_.begin());
    const Recipient& recipient =
        messages_.at(copy.id).entry.recipients[copy.recipient];
    users_[recipient.user].to_forget.push_back(recipient.delivery_id);
    forgetful.insert(recipient.user);
    let_go(copy, effects);
  }
  for (const std::string& user : forgetful) {
    forget(users_.find(user), effects);
  }
  while (!appended_.empty() && appended_.front() <= up_to) {
    const MessageId id = appended_.front();
    appended_.pop_front();
    const auto count =
        static_cast<std::uint32_t>(messages_.at(id).copies.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      if (at({id, i}).state == RecipientState::gone) continue;
      pump(wait_for_user({id, i}), now, effects);
    }
  }
}

// Nothing is left to do for this copy; with the last one the message goes.
void Delivery::let_go(const CopyId& copy, Effects& effects) {
  const auto message = messages_.find(copy.id);
  Held& held = message->second;
  held.copies[copy.recipient].state = RecipientState::gone;
  by_delivery_id_.erase(held.entry.recipients[copy.recipient].delivery_id);
  held.left -= 1;
  if (held.left > 0) return;
  memory_octets_ -= memory_octets(held.entry);
  message_octets_ -= held.octets;
  const auto [first, last] = by_age_.equal_range(held.entry.received);
  const auto aged = std::find_if(
      first, last, [&](const auto& one) { return one.second == copy.id; });
  by_age_.erase(aged);
  messages_.erase(message);
  effects.push_back(MessageGone{copy.id});
}

// Tells a mailbox that runs what it may forget. For one that does not, so much
// is kept; what is dropped it asks about (still_known) when it runs again.
void Delivery::forget(Users::iterator user, Effects& effects) {
  std::vector<DeliveryId>& ids = user->second.to_forget;
  if (ids.empty()) return;
  if (user->second.mailbox == Mailbox::ready) {
    effects.push_back(Forget{user->first, std::move(ids)});
    ids.clear();
  } else if (ids.size() > forgets_kept_max) {
    ids.erase(ids.begin(), ids.end() - forgets_kept_max);
  }
}

bool Delivery::has_window_for(const User& user, std::uint64_t octets) {
  if (user.in_flight.empty()) return true;
  return user.suspects == 0 && user.in_flight.size() < window_messages_max &&
         user.in_flight_octets + octets <= window_octets_max;
}

// Hands over what the window takes, or asks for a mailbox to hand it to.
void Delivery::pump(Users::iterator place, SteadyTime now, Effects& effects) {
  User& user = place->second;
  while (!user.later.empty() && user.later.begin()->first <= now) {
    user.waiting.push_back(user.later.begin()->second);
    user.later.erase(user.later.begin());
  }
  if (!user.waiting.empty() && now >= user.not_before) {
    if (user.mailbox == Mailbox::absent) {
      user.mailbox = Mailbox::wanted;
      effects.push_back(NeedMailbox{place->first});
    }
    while (user.mailbox == Mailbox::ready && !user.waiting.empty()) {
      const CopyId copy = user.waiting.front();
      const Held& held = messages_.at(copy.id);
      if (!has_window_for(user, held.octets)) break;
      user.waiting.pop_front();
      user.in_flight.insert(copy);
      user.in_flight_octets += held.octets;
      at(copy).state = RecipientState::in_flight;
      effects.push_back(Deliver{
          place->first, held.entry.recipients[copy.recipient].delivery_id,
          copy.id, copy.recipient});
    }
  }
  plan(place, now);
}

// Notes when this user's queue is to be looked at again.
void Delivery::plan(Users::iterator place, SteadyTime now) {
  User& user = place->second;
  std::optional<SteadyTime> due;
  if (!user.later.empty()) due = user.later.begin()->first;
  if (!user.waiting.empty() && user.not_before > now) due = user.not_before;
  if (!due) return;
  due = std::max(*due, user.not_before);
  if (user.planned && *user.planned <= *due) return;
  user.planned = due;
  due_.emplace(*due, place->first);
}

void Delivery::land(User& user, const CopyId& copy) {
  user.in_flight.erase(copy);
  user.in_flight_octets -= messages_.at(copy.id).octets;
  if (user.suspects > 0) user.suspects -= 1;
}

void Delivery::try_later(User& user, const CopyId& copy, SteadyTime now) {
  Copy& state = at(copy);
  state.state = RecipientState::waiting;
  state.failures += 1;
  user.later.emplace(now + retry_wait(state.failures), copy);
}

void Delivery::back_off(User& user, SteadyTime now) {
  user.failures += 1;
  user.not_before = now + retry_wait(user.failures);
}

void Delivery::mailbox_ready(const std::string& name, SteadyTime now,
                             Effects& effects) {
  const auto user = users_.try_emplace(name).first;
  user->second.mailbox = Mailbox::ready;
  forget(user, effects);
  pump(user, now, effects);
}

void Delivery::mailbox_gone(const std::string& name, SteadyTime now,
                            Effects& effects) {
  const auto place = users_.find(name);
  if (place == users_.end()) return;
  User& user = place->second;
  const bool has_failed =
      user.mailbox == Mailbox::wanted || !user.in_flight.empty();
  user.mailbox = Mailbox::absent;
  if (user.in_flight.size() == 1) {
    // It may be what the mailbox died of: the others go before it.
    const CopyId copy = *user.in_flight.begin();
    land(user, copy);
    try_later(user, copy, now);
  } else if (user.in_flight.size() > 1) {
    user.suspects = user.in_flight.size();
    for (auto copy = user.in_flight.rbegin(); copy != user.in_flight.rend();
         ++copy) {
      at(*copy).state = RecipientState::waiting;
      user.waiting.push_front(*copy);
    }
    user.in_flight.clear();
    user.in_flight_octets = 0;
  }
  if (has_failed) back_off(user, now);
  pump(place, now, effects);
  if (user.mailbox == Mailbox::absent && user.waiting.empty() &&
      user.later.empty() && user.to_forget.empty() && !user.planned) {
    users_.erase(place);
  }
}

std::optional<Delivery::CopyId> Delivery::in_flight(
    const std::string& user, const DeliveryId& id) const {
  const auto found = by_delivery_id_.find(id);
  const auto place = users_.find(user);
  if (found == by_delivery_id_.end() || place == users_.end() ||
      !place->second.in_flight.contains(found->second)) {
    return std::nullopt;
  }
  return found->second;
}

bool Delivery::placed(const std::string& user, const DeliveryId& delivery_id) {
  const auto copy = in_flight(user, delivery_id);
  if (!copy) return false;
  at(*copy).state = RecipientState::placed;
  return true;
}

bool Delivery::done(const std::string& name, const DeliveryId& delivery_id,
                    SteadyTime now, Effects& effects) {
  const auto copy = in_flight(name, delivery_id);
  if (!copy) return false;
  const auto user = users_.find(name);
  land(user->second, *copy);
  user->second.failures = 0;
  at(*copy).state = RecipientState::done;
  to_record_.insert(*copy);
  effects.push_back(RecordDone{copy->id, copy->recipient});
  pump(user, now, effects);
  return true;
}

bool Delivery::refused(const std::string& name, const DeliveryId& delivery_id,
                       DeliveryTrouble why, SteadyTime now, Effects& effects) {
  const auto copy = in_flight(name, delivery_id);
  if (!copy) return false;
  const auto user = users_.find(name);
  land(user->second, *copy);
  try_later(user->second, *copy, now);
  // Without space the next message will not fit either.
  if (why == DeliveryTrouble::no_space) back_off(user->second, now);
  pump(user, now, effects);
  return true;
}

void Delivery::still_known(const std::string& user,
                           const std::vector<DeliveryId>& delivery_ids,
                           Effects& effects) {
  std::vector<DeliveryId> unknown;
  for (const DeliveryId& id : delivery_ids) {
    if (!by_delivery_id_.contains(id)) unknown.push_back(id);
  }
  if (!unknown.empty()) effects.push_back(Forget{user, std::move(unknown)});
}

void Delivery::recorded(MessageId id, std::uint32_t recipient,
                        Sequence sequence) {
  const CopyId copy{id, recipient};
  PK_CHECK(to_record_.erase(copy) == 1);
  at(copy).state = RecipientState::recorded;
  PK_CHECK(recorded_.emplace(sequence, copy).second);
}

void Delivery::not_recorded(MessageId id, std::uint32_t recipient,
                            SteadyTime now) {
  const CopyId copy{id, recipient};
  PK_CHECK(to_record_.erase(copy) == 1);
  at(copy).failures += 1;
  record_again_.emplace(now + retry_wait(at(copy).failures), copy);
}

void Delivery::tick(SteadyTime now, Effects& effects) {
  while (!record_again_.empty() && record_again_.begin()->first <= now) {
    const CopyId copy = record_again_.begin()->second;
    record_again_.erase(record_again_.begin());
    to_record_.insert(copy);
    effects.push_back(RecordDone{copy.id, copy.recipient});
  }
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto [time, name] = *due_.begin();
    due_.erase(due_.begin());
    const auto user = users_.find(name);
    if (user == users_.end() || user->second.planned != time) continue;
    user->second.planned.reset();
    pump(user, now, effects);
  }
}

std::optional<SteadyTime> Delivery::next_due() const {
  std::optional<SteadyTime> next;
  if (!due_.empty()) next = due_.begin()->first;
  if (!record_again_.empty() &&
      (!next || record_again_.begin()->first < *next)) {
    next = record_again_.begin()->first;
  }
  return next;
}

}  // namespace postkeep::spool
