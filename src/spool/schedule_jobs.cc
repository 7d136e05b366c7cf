// The half of the schedule that hands out transactions and takes their ends.
#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "spool/schedule.h"

namespace postkeep::spool {

// Gives out what the connections allow, one transaction for each destination in
// turn.
void Schedule::pump(SteadyTime now, ScheduleEffects& effects) {
  while (pump(fresh_turns_, false, now, effects) ||
         pump(again_turns_, true, now, effects)) {
  }
}

// One round. False when nobody could be given anything.
bool Schedule::pump(std::deque<DestinationId>& turns, bool again,
                    SteadyTime now, ScheduleEffects& effects) {
  bool has_sent = false;
  for (std::size_t left = turns.size(); left > 0; --left) {
    if (jobs_.size() >= limits_.jobs_max) break;
    if (again && jobs_again_ >= std::max(limits_.jobs_max / 2, 1U)) break;
    const DestinationId id = turns.front();
    turns.pop_front();
    const auto found = destinations_.find(id);
    if (found == destinations_.end()) continue;
    Destination& destination = found->second;
    (again ? destination.in_again_turns : destination.in_fresh_turns) = false;
    if (!again && destination.failures > 0) {
      take_turns(id, now);
      continue;
    }
    if (!has_slot(destination, again)) {
      // Its own connections are all taken: it comes back when one ends. Where
      // others took them it stays in turn.
      if (destination.failures == 0 &&
          destination.in_flight + 1 <=
              std::min<double>(destination.window,
                               limits_.destination_jobs_max)) {
        take_turns(id, now);
      }
      continue;
    }
    has_sent = send_one(id, again, now, effects) || has_sent;
    take_turns(id, now);
  }
  return has_sent;
}

// A destination in trouble has one connection at a time, to try it. Beyond the
// first one, nobody takes the last quarter.
bool Schedule::has_slot(const Destination& destination, bool again) const {
  if (destination.in_flight == 0) return true;
  if (destination.failures > 0) return false;
  const std::size_t kept = again ? limits_.jobs_max / 2 : limits_.jobs_max / 4;
  return destination.in_flight + 1 <=
             std::min<double>(destination.window,
                              limits_.destination_jobs_max) &&
         jobs_.size() + kept < limits_.jobs_max;
}

// The first item of its queue that is still ready.
bool Schedule::send_one(DestinationId id, bool again, SteadyTime now,
                        ScheduleEffects& effects) {
  Destination& destination = destinations_.at(id);
  if (destination.not_before > now) return false;
  const std::array queues{again ? &destination.again : &destination.fresh,
                          &destination.fresh};
  for (std::deque<ItemId>* const queue : queues) {
    // What is fresh for a destination that is well has its own turn.
    if (again && queue == &destination.fresh && destination.failures == 0) {
      break;
    }
    while (!queue->empty()) {
      const ItemId item = queue->front();
      queue->pop_front();
      const auto message = messages_.find(item.id);
      if (message == messages_.end() ||
          message->second.items.at(item.item).place != Place::ready) {
        continue;
      }
      send(item, again, now, effects);
      return true;
    }
  }
  return false;
}

void Schedule::send(const ItemId& id, bool again, SteadyTime now,
                    ScheduleEffects& effects) {
  Item& item = at(id);
  Destination& destination = destinations_.at(item.destination);
  Job job{id, {}, item.destination, again, now};
  for (Copy& copy : item.copies) {
    if (job.recipients.size() >= limits_.job_recipients_max) break;
    if (copy.state != CopyState::waiting || copy.due > now) continue;
    copy.state = CopyState::in_flight;
    job.recipients.push_back(copy.recipient);
  }
  PK_CHECK(!job.recipients.empty());
  item.place = Place::in_flight;
  destination.in_flight += 1;
  if (again) jobs_again_ += 1;
  const JobId job_id{++last_job_};
  effects.emplace_back(Send{job_id, destination.name, id.id, job.recipients});
  jobs_.emplace(job_id, std::move(job));
}

// What a transaction says of its destination: additive increase,
// multiplicative decrease, once for each round of connections.
void Schedule::note_reach(const Job& job, const JobEnd& end, SteadyTime now) {
  Destination& destination = destinations_.at(job.destination);
  destination.in_flight -= 1;
  if (job.again) jobs_again_ -= 1;
  if (end.reach == Reach::fine) {
    destination.failures = 0;
    destination.not_before = SteadyTime::min();
    destination.window =
        std::min(destination.window + 1 / destination.window,
                 static_cast<double>(limits_.destination_jobs_max));
    return;
  }
  destination.answer = end.answer;
  if (end.reach == Reach::strained) {
    destination.failures = 0;
    if (job.since <= destination.narrowed) return;
    destination.narrowed = now;
    destination.window = std::max(1.0, destination.window / 2);
    return;
  }
  destination.window = window_first;
  // Of connections begun together, only the first end counts.
  if (destination.failures > 0 && job.since <= destination.narrowed) return;
  destination.narrowed = now;
  destination.failures += 1;
  destination.not_before =
      now + retry_wait(limits_.retry_wait_min, limits_.destination_wait_max,
                       destination.failures, job.destination);
}

struct Schedule::Endings {
  std::array<std::vector<std::uint32_t>, 5> settle;  // By SettleWhy.
  bool all_put_off = true;
  std::vector<std::uint32_t>& of(SettleWhy why) {
    return settle[static_cast<std::size_t>(why)];
  }
};

void Schedule::note_result(const Job& job, Copy& copy, const CopyResult& result,
                           bool may_be_put_off, SteadyTime now,
                           Endings& endings, ScheduleEffects& effects) {
  const Message& message = messages_.at(job.item.id);
  const auto settle = [&](SettleWhy why) {
    copy.state = CopyState::settling;
    endings.of(why).push_back(copy.recipient);
  };
  if (result.verdict != CopyVerdict::put_off) endings.all_put_off = false;
  if (!result.answer.status.empty()) copy.answer = printable(result.answer);
  switch (result.verdict) {
    case CopyVerdict::delivered: return settle(SettleWhy::delivered);
    case CopyVerdict::relayed: return settle(SettleWhy::relayed);
    case CopyVerdict::failed: return settle(SettleWhy::failed);
    case CopyVerdict::put_off:
    case CopyVerdict::deferred: break;
  }
  if (message.removing) return settle(SettleWhy::removed);
  if (result.verdict == CopyVerdict::put_off && may_be_put_off) {
    copy.state = CopyState::waiting;
    copy.due = now;
    return;
  }
  if (now - message.received >= limits_.lifetime && !message.held) {
    return settle(SettleWhy::expired);
  }
  copy.state = CopyState::waiting;
  copy.attempts += 1;
  const Duration wait =
      retry_wait(limits_.retry_wait_min, limits_.retry_wait_max, copy.attempts,
                 job.item.id);
  copy.due = now + wait;
  effects.emplace_back(
      NoteDeferral{job.item.id, copy.recipient, copy.attempts, wait});
}

bool Schedule::ended(JobId id, const JobEnd& end, SteadyTime now,
                     ScheduleEffects& effects) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return false;
  const Job job = std::move(found->second);
  jobs_.erase(found);
  note_reach(job, end, now);
  Item& item = at(job.item);
  item.place = Place::nowhere;
  item.tried = true;
  item.asked = true;
  const bool may_be_put_off = item.put_offs < put_offs_max;
  Endings endings;
  std::size_t index = 0;
  for (Copy& copy : item.copies) {
    if (copy.state != CopyState::in_flight) continue;
    const CopyResult result =
        index < end.results.size()
            ? end.results[index]
            : CopyResult{CopyVerdict::deferred, end.answer};
    index += 1;
    note_result(job, copy, result, may_be_put_off, now, endings, effects);
  }
  item.put_offs = endings.all_put_off && may_be_put_off
                      ? static_cast<std::uint8_t>(item.put_offs + 1)
                      : std::uint8_t{0};
  for (std::size_t why = 0; why < endings.settle.size(); ++why) {
    if (endings.settle[why].empty()) continue;
    std::ranges::sort(endings.settle[why]);
    effects.emplace_back(Settle{job.item.id, static_cast<SettleWhy>(why),
                                std::move(endings.settle[why])});
  }
  plan(job.item, now);
  take_turns(job.destination, now);
  pump(now, effects);
  return true;
}

}  // namespace postkeep::spool
