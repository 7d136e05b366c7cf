#include "spool/schedule.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace postkeep::spool {
namespace {

// What cannot be recorded is tried again after so long.
constexpr Duration record_again_wait = std::chrono::seconds{10};
// A message that was not tried yet when its time came gets some more.
constexpr Duration expiry_grace = std::chrono::minutes{10};
// Of nodes in maps and of the allocator, for one message and one recipient.
constexpr std::size_t message_overhead_octets = 320;
constexpr std::size_t copy_overhead_octets = 64;

std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

std::size_t memory_octets(const std::vector<OutsideRecipient>& recipients) {
  return message_overhead_octets +
         recipients.size() * (sizeof(OutsideRecipient) + copy_overhead_octets +
                              answer_text_octets_max / 4);
}

}  // namespace

std::string_view name(SettleWhy why) {
  switch (why) {
    case SettleWhy::delivered: return "delivered";
    case SettleWhy::relayed: return "relayed";
    case SettleWhy::failed: return "failed";
    case SettleWhy::expired: return "expired";
    case SettleWhy::removed: return "removed";
  }
  check_failed("SettleWhy holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view name(CopyVerdict verdict) {
  switch (verdict) {
    case CopyVerdict::delivered: return "delivered";
    case CopyVerdict::relayed: return "relayed";
    case CopyVerdict::deferred: return "deferred";
    case CopyVerdict::failed: return "failed";
    case CopyVerdict::put_off: return "put_off";
  }
  check_failed("CopyVerdict holds one of its enumerators", __FILE__, __LINE__);
}

std::string_view name(CopyState state) {
  switch (state) {
    case CopyState::appended: return "appended";
    case CopyState::waiting: return "waiting";
    case CopyState::in_flight: return "in_flight";
    case CopyState::settling: return "settling";
  }
  check_failed("CopyState holds one of its enumerators", __FILE__, __LINE__);
}

Duration retry_wait(Duration first, Duration longest, std::uint32_t failures,
                    std::uint64_t salt) {
  Duration wait = first;
  for (std::uint32_t i = 1; i < failures && wait < longest; ++i) wait *= 2;
  wait = std::min(wait, longest);
  const auto spread =
      static_cast<std::int64_t>(mix(salt * 31 + failures) % 201) - 100;
  return wait + wait / 1000 * spread;
}

Schedule::DestinationId Schedule::destination_of(const std::string& name) {
  const auto [found, is_new] = by_name_.try_emplace(name, 0);
  if (is_new) {
    found->second = ++last_destination_;
    destinations_[found->second].name = name;
  }
  return found->second;
}

Schedule::Message& Schedule::hold_message(
    MessageId id, QueueId queue_id, std::uint64_t octets,
    std::vector<OutsideRecipient> recipients, SteadyTime received,
    SteadyTime now) {
  const auto [place, is_new] = messages_.try_emplace(id);
  PK_CHECK(is_new);
  Message& message = place->second;
  message.memory_octets = memory_octets(recipients);
  memory_octets_ += message.memory_octets;
  message.queue_id = queue_id;
  message.octets = octets;
  message.received = received;
  by_queue_id_[static_cast<std::uint64_t>(queue_id)] = id;
  for (OutsideRecipient& one : recipients) {
    const DestinationId destination = destination_of(one.destination);
    auto item =
        std::ranges::find(message.items, destination, &Item::destination);
    if (item == message.items.end()) {
      message.items.emplace_back().destination = destination;
      item = message.items.end() - 1;
      destinations_.at(destination).items += 1;
    }
    item->copies.push_back({one.recipient, one.attempts, CopyState::appended,
                            now + one.wait, std::move(one.answer)});
  }
  message.items.shrink_to_fit();
  return message;
}

void Schedule::appended(MessageId id, QueueId queue_id, std::uint64_t octets,
                        std::vector<OutsideRecipient> recipients,
                        SteadyTime now) {
  if (recipients.empty()) return;
  hold_message(id, queue_id, octets, std::move(recipients), now, now);
  appended_.push_back(id);
}

void Schedule::recovered(MessageId id, QueueId queue_id, std::uint64_t octets,
                         std::uint8_t marks, Duration age,
                         std::vector<OutsideRecipient> recipients,
                         SteadyTime now) {
  if (recipients.empty()) return;
  Message& message = hold_message(id, queue_id, octets, std::move(recipients),
                                  now - std::max(age, Duration(0)), now);
  message.held = (marks & mark_held) != 0;
  message.delay_told = (marks & mark_delay_told) != 0;
  for (Item& item : message.items) item.tried = true;
  start(id, now);
}

void Schedule::durable(Sequence up_to, SteadyTime now,
                       ScheduleEffects& effects) {
  while (!appended_.empty() && appended_.front() <= up_to) {
    start(appended_.front(), now);
    appended_.pop_front();
  }
  pump(now, effects);
}

// Its message is durable: it may leave.
void Schedule::start(MessageId id, SteadyTime now) {
  Message& message = messages_.at(id);
  for (std::uint32_t i = 0; i < message.items.size(); ++i) {
    for (Copy& copy : message.items[i].copies) copy.state = CopyState::waiting;
    plan({id, i}, now);
  }
  const bool tells =
      !message.delay_told && limits_.delay_notice_after > Duration(0);
  set_deadline(id, message,
               message.received + (tells ? std::min(limits_.delay_notice_after,
                                                    limits_.lifetime)
                                         : limits_.lifetime));
}

void Schedule::set_deadline(MessageId id, Message& message,
                            SteadyTime deadline) {
  const auto [first, last] = deadlines_.equal_range(message.deadline);
  const auto old = std::find_if(
      first, last, [&](const auto& one) { return one.second == id; });
  if (old != last) deadlines_.erase(old);
  message.deadline = deadline;
  deadlines_.emplace(deadline, id);
}

// Puts an item that is not in flight where its waiting copies belong.
void Schedule::plan(const ItemId& id, SteadyTime now) {
  unplan(id);
  const Message& message = messages_.at(id.id);
  if (message.held) return;
  Item& item = at(id);
  std::optional<SteadyTime> due;
  for (const Copy& copy : item.copies) {
    if (copy.state != CopyState::waiting) continue;
    due = std::min(due.value_or(copy.due), copy.due);
  }
  if (!due) return;
  if (*due > now) {
    item.place = Place::later;
    item.due = *due;
    later_.emplace(*due, id);
    return;
  }
  item.place = Place::ready;
  Destination& destination = destinations_.at(item.destination);
  (item.tried ? destination.again : destination.fresh).push_back(id);
  take_turns(item.destination, now);
}

void Schedule::unplan(const ItemId& id) {
  Item& item = at(id);
  PK_CHECK(item.place != Place::in_flight);
  if (item.place == Place::later) {
    const auto [first, last] = later_.equal_range(item.due);
    later_.erase(std::find_if(
        first, last, [&](const auto& one) { return one.second == id; }));
  }
  item.place = Place::nowhere;
}

// Sees to it that the destination is asked what it has, now or in time.
void Schedule::take_turns(DestinationId id, SteadyTime now) {
  Destination& destination = destinations_.at(id);
  if (destination.fresh.empty() && destination.again.empty()) return;
  if (destination.not_before > now) {
    if (destination.wake != destination.not_before) {
      destination.wake = destination.not_before;
      wake_.emplace(destination.wake, id);
    }
    return;
  }
  // A destination in trouble has nothing fresh.
  const bool is_well = destination.failures == 0;
  if (is_well && !destination.fresh.empty() && !destination.in_fresh_turns) {
    destination.in_fresh_turns = true;
    fresh_turns_.push_back(id);
  }
  if ((!is_well || !destination.again.empty()) && !destination.in_again_turns) {
    destination.in_again_turns = true;
    again_turns_.push_back(id);
  }
}

void Schedule::tick(SteadyTime now, ScheduleEffects& effects) {
  while (!settle_again_.empty() && settle_again_.begin()->first <= now) {
    effects.emplace_back(std::move(settle_again_.begin()->second));
    settle_again_.erase(settle_again_.begin());
  }
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    meet_deadline(deadlines_.begin()->second, now, effects);
  }
  while (!later_.empty() && later_.begin()->first <= now) {
    plan(later_.begin()->second, now);
  }
  while (!wake_.empty() && wake_.begin()->first <= now) {
    const DestinationId id = wake_.begin()->second;
    wake_.erase(wake_.begin());
    if (destinations_.contains(id)) take_turns(id, now);
  }
  pump(now, effects);
}

std::optional<SteadyTime> Schedule::next_due() const {
  std::optional<SteadyTime> next;
  const auto look = [&](const auto& times) {
    if (times.empty()) return;
    next = std::min(next.value_or(times.begin()->first), times.begin()->first);
  };
  look(later_);
  look(wake_);
  look(deadlines_);
  look(settle_again_);
  return next;
}

void Schedule::meet_deadline(MessageId id, SteadyTime now,
                             ScheduleEffects& effects) {
  Message& message = messages_.at(id);
  const SteadyTime end = message.received + limits_.lifetime;
  if (now < end) {
    set_deadline(id, message, end);
    if (message.delay_told || message.held) return;
    // After a long stop of ours the hosts are asked before the sender is told.
    const bool is_asked =
        std::ranges::any_of(message.items, [&](const Item& item) {
          const auto at = destinations_.find(item.destination);
          return item.asked ||
                 (at != destinations_.end() && at->second.failures > 0);
        });
    if (!is_asked) {
      return set_deadline(id, message, std::min(end, now + expiry_grace));
    }
    TellDelay tell{id, {}, end - now};
    for (const Item& item : message.items) {
      for (const Copy& copy : item.copies) {
        if (copy.state == CopyState::settling) continue;
        tell.recipients.push_back(copy.recipient);
      }
    }
    std::ranges::sort(tell.recipients);
    if (tell.recipients.empty()) return;
    message.delay_told = true;
    effects.emplace_back(std::move(tell));
    return;
  }
  set_deadline(id, message, now + expiry_grace);
  if (!message.held) expire(id, message, now, effects);
}

// Gives up what waits. What was not tried since the server was started is tried
// first: its host may be well, and only we were away.
void Schedule::expire(MessageId id, Message& message, SteadyTime now,
                      ScheduleEffects& effects) {
  Settle settle{id, SettleWhy::expired, {}};
  for (std::uint32_t i = 0; i < message.items.size(); ++i) {
    Item& item = message.items[i];
    if (item.place == Place::in_flight) continue;
    const auto found = destinations_.find(item.destination);
    const bool is_down =
        found != destinations_.end() && found->second.failures > 0;
    for (Copy& copy : item.copies) {
      if (copy.state != CopyState::waiting) continue;
      if (!is_down && !item.asked) continue;
      copy.state = CopyState::settling;
      settle.recipients.push_back(copy.recipient);
    }
    plan({id, i}, now);
  }
  std::ranges::sort(settle.recipients);
  if (!settle.recipients.empty()) effects.emplace_back(std::move(settle));
}

void Schedule::delay_told(MessageId id) {
  const auto message = messages_.find(id);
  if (message != messages_.end()) message->second.delay_told = true;
}

void Schedule::delay_not_told(MessageId id, SteadyTime now) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return;
  found->second.delay_told = false;
  set_deadline(id, found->second, now + record_again_wait);
}

void Schedule::not_settled(const Settle& settle, SteadyTime now) {
  settle_again_.emplace(now + record_again_wait, settle);
}

// Their outcome is in the journal.
void Schedule::settled(MessageId id,
                       const std::vector<std::uint32_t>& recipients,
                       SteadyTime now, ScheduleEffects& effects) {
  const auto found = messages_.find(id);
  PK_CHECK(found != messages_.end());
  Message& message = found->second;
  bool has_left = true;
  for (Item& item : message.items) {
    const bool had_copies = !item.copies.empty();
    std::erase_if(item.copies, [&](const Copy& copy) {
      return copy.state == CopyState::settling &&
             std::ranges::binary_search(recipients, copy.recipient);
    });
    if (had_copies && item.copies.empty()) leave_item(item);
    has_left = has_left && item.copies.empty();
  }
  if (has_left) {
    const auto [first, last] = deadlines_.equal_range(message.deadline);
    deadlines_.erase(std::find_if(
        first, last, [&](const auto& one) { return one.second == id; }));
    by_queue_id_.erase(static_cast<std::uint64_t>(message.queue_id));
    memory_octets_ -= message.memory_octets;
    messages_.erase(found);
    effects.emplace_back(MessageLeft{id});
  }
  pump(now, effects);
}

// The last copy for its destination has gone.
void Schedule::leave_item(Item& item) {
  const auto destination = destinations_.find(item.destination);
  destination->second.items -= 1;
  item.place = Place::nowhere;
  if (destination->second.items > 0) return;
  by_name_.erase(destination->second.name);
  destinations_.erase(destination);
}

}  // namespace postkeep::spool
