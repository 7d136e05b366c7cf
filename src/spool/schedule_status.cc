// What the operator may wish of the schedule, and what can be asked of it.
#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "spool/schedule.h"

namespace postkeep::spool {

bool Schedule::hold(MessageId id) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return false;
  found->second.held = true;
  for (std::uint32_t i = 0; i < found->second.items.size(); ++i) {
    if (found->second.items[i].place != Place::in_flight) unplan({id, i});
  }
  return true;
}

bool Schedule::release(MessageId id, SteadyTime now, ScheduleEffects& effects) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return false;
  found->second.held = false;
  for (std::uint32_t i = 0; i < found->second.items.size(); ++i) {
    if (found->second.items[i].place != Place::in_flight) plan({id, i}, now);
  }
  pump(now, effects);
  return true;
}

bool Schedule::retry(MessageId id, SteadyTime now, ScheduleEffects& effects) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return false;
  for (std::uint32_t i = 0; i < found->second.items.size(); ++i) {
    Item& item = found->second.items[i];
    if (item.place == Place::in_flight) continue;
    for (Copy& copy : item.copies) copy.due = std::min(copy.due, now);
    const auto destination = destinations_.find(item.destination);
    if (destination == destinations_.end()) continue;
    destination->second.not_before = SteadyTime::min();
    plan({id, i}, now);
  }
  pump(now, effects);
  return true;
}

bool Schedule::retry_destination(const std::string& name, SteadyTime now,
                                 ScheduleEffects& effects) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return false;
  const DestinationId id = found->second;
  destinations_.at(id).not_before = SteadyTime::min();
  for (auto& [message_id, message] : messages_) {
    for (std::uint32_t i = 0; i < message.items.size(); ++i) {
      Item& item = message.items[i];
      if (item.destination != id || item.place == Place::in_flight) continue;
      for (Copy& copy : item.copies) copy.due = std::min(copy.due, now);
      plan({message_id, i}, now);
    }
  }
  take_turns(id, now);
  pump(now, effects);
  return true;
}

bool Schedule::remove(MessageId id, SteadyTime now, ScheduleEffects& effects) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return false;
  Message& message = found->second;
  Settle settle{id, SettleWhy::removed, {}};
  for (std::uint32_t i = 0; i < message.items.size(); ++i) {
    Item& item = message.items[i];
    for (Copy& copy : item.copies) {
      // It is durable in a moment: nobody can know of it yet.
      if (copy.state == CopyState::appended) return false;
      if (copy.state != CopyState::waiting) continue;
      copy.state = CopyState::settling;
      settle.recipients.push_back(copy.recipient);
    }
    if (item.place != Place::in_flight) plan({id, i}, now);
  }
  message.removing = true;
  std::ranges::sort(settle.recipients);
  if (!settle.recipients.empty()) effects.emplace_back(std::move(settle));
  return true;
}

std::optional<MessageId> Schedule::next(MessageId after) const {
  const auto found = messages_.upper_bound(after);
  if (found == messages_.end()) return std::nullopt;
  return found->first;
}

std::optional<MessageId> Schedule::find(QueueId queue_id) const {
  const auto found = by_queue_id_.find(static_cast<std::uint64_t>(queue_id));
  if (found == by_queue_id_.end()) return std::nullopt;
  return found->second;
}

std::optional<MessageView> Schedule::view(MessageId id, SteadyTime now) const {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return std::nullopt;
  const Message& message = found->second;
  MessageView view{id,
                   message.queue_id,
                   message.octets,
                   now - message.received,
                   message.held,
                   {}};
  for (const Item& item : message.items) {
    const auto at = destinations_.find(item.destination);
    if (at == destinations_.end()) continue;
    const Destination& destination = at->second;
    for (const Copy& copy : item.copies) {
      CopyView one{
          copy.recipient, destination.name, copy.state, copy.attempts, {},
          false,          nullptr,          nullptr};
      one.destination_waits = destination.not_before > now;
      if (copy.state == CopyState::waiting && !message.held) {
        one.next = std::max(copy.due, destination.not_before);
      }
      if (!copy.answer.status.empty()) one.answer = &copy.answer;
      if (destination.failures > 0) {
        one.destination_answer = &destination.answer;
      }
      view.copies.push_back(one);
    }
  }
  std::ranges::sort(view.copies, {}, &CopyView::recipient);
  return view;
}

Answer Schedule::answer(MessageId id, std::uint32_t recipient) const {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return {};
  for (const Item& item : found->second.items) {
    for (const Copy& copy : item.copies) {
      if (copy.recipient != recipient) continue;
      if (!copy.answer.status.empty()) return copy.answer;
      const auto destination = destinations_.find(item.destination);
      if (destination != destinations_.end()) {
        return printable(destination->second.answer);
      }
    }
  }
  return {};
}

ScheduleStatus Schedule::status(SteadyTime now) const {
  ScheduleStatus status;
  status.messages = messages_.size();
  status.destinations = destinations_.size();
  status.jobs = jobs_.size();
  for (const auto& [id, message] : messages_) {
    status.held += message.held ? 1U : 0U;
    for (const Item& item : message.items) {
      status.recipients += item.copies.size();
    }
  }
  for (const auto& [id, destination] : destinations_) {
    status.destinations_waiting += destination.not_before > now ? 1U : 0U;
  }
  return status;
}

// S1: each item stands where it says, once; S3 and S4: the connections.
bool Schedule::is_consistent() const {
  std::map<ItemId, int> in_flight;
  std::map<DestinationId, std::uint32_t> jobs;
  std::uint32_t again = 0;
  for (const auto& [id, job] : jobs_) {
    in_flight[job.item] += 1;
    jobs[job.destination] += 1;
    again += job.again ? 1 : 0;
  }
  std::multiset<std::pair<SteadyTime, ItemId>> later;
  for (const auto& [due, item] : later_) later.emplace(due, item);
  std::map<DestinationId, std::uint32_t> items;
  std::size_t later_count = 0;
  for (const auto& [id, message] : messages_) {
    for (std::uint32_t i = 0; i < message.items.size(); ++i) {
      const Item& item = message.items[i];
      if (item.copies.empty()) continue;
      items[item.destination] += 1;
      const ItemId item_id{id, i};
      const bool is_in_flight = item.place == Place::in_flight;
      if (in_flight.contains(item_id) != is_in_flight) return false;
      for (const Copy& copy : item.copies) {
        if (copy.state == CopyState::in_flight && !is_in_flight) return false;
        if (copy.state == CopyState::waiting && item.place == Place::nowhere &&
            !message.held) {
          return false;
        }
      }
      if (item.place != Place::later) continue;
      later_count += 1;
      if (later.count({item.due, item_id}) != 1) return false;
    }
  }
  for (const auto& [id, destination] : destinations_) {
    if (items[id] != destination.items || jobs[id] != destination.in_flight ||
        destination.in_flight > limits_.destination_jobs_max) {
      return false;
    }
  }
  return later_count == later.size() && again == jobs_again_ &&
         jobs_.size() <= limits_.jobs_max &&
         items.size() == destinations_.size() &&
         by_name_.size() == destinations_.size();
}

}  // namespace postkeep::spool
