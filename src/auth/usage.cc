#include "auth/usage.h"

#include <algorithm>

#include "auth/account.h"

namespace postkeep::auth {
namespace {

constexpr Duration hour = std::chrono::hours{1};
constexpr Duration day = std::chrono::hours{24};

bool passes(std::uint64_t counted, std::uint64_t more, std::uint64_t max) {
  return max == 0 || (counted <= max && more <= max - counted);
}

}  // namespace

UsageLedger::UsageLedger(const Clock& clock, UsageLimits limits)
    : clock_(clock), limits_(limits) {}

// What counts now: a window that is over is empty.
UsageLedger::Entry UsageLedger::current(std::string_view account) const {
  const SteadyTime now = clock_.steady();
  const auto found = entries_.find(folded(account));
  Entry entry = found == entries_.end() ? Entry{} : found->second;
  if (entry.hour.messages == 0 || now - entry.hour.since >= hour) {
    entry.hour = Window{.since = now};
  }
  if (entry.day.messages == 0 || now - entry.day.since >= day) {
    entry.day = Window{.since = now};
  }
  return entry;
}

// The day may be over while the last hour that began in it is not.
bool UsageLedger::is_empty(const Entry& entry) {
  return entry.hour.messages == 0 && entry.day.messages == 0;
}

UsageLimit UsageLedger::obstacle(std::string_view account,
                                 std::uint64_t recipients) const {
  const Entry entry = current(account);
  if (!passes(entry.day.messages, 1, limits_.messages_per_day_max)) {
    return UsageLimit::messages_per_day;
  }
  if (!passes(entry.day.recipients, recipients,
              limits_.recipients_per_day_max)) {
    return UsageLimit::recipients_per_day;
  }
  if (!passes(entry.hour.messages, 1, limits_.messages_per_hour_max)) {
    return UsageLimit::messages_per_hour;
  }
  if (!passes(entry.hour.recipients, recipients,
              limits_.recipients_per_hour_max)) {
    return UsageLimit::recipients_per_hour;
  }
  return UsageLimit::none;
}

UsageLimit UsageLedger::charge(std::string_view account,
                               std::uint64_t recipients) {
  const UsageLimit limit = obstacle(account, recipients);
  if (limit != UsageLimit::none) return limit;
  Entry entry = current(account);
  for (Window* window : {&entry.hour, &entry.day}) {
    window->messages += 1;
    window->recipients += recipients;
  }
  entries_[folded(account)] = entry;
  forget_the_old();
  return UsageLimit::none;
}

std::uint64_t UsageLedger::recipients_left(std::string_view account) const {
  const Entry entry = current(account);
  std::uint64_t left = UINT64_MAX;
  const auto bound = [&](std::uint64_t counted, std::uint64_t max) {
    if (max != 0) left = std::min(left, max - std::min(max, counted));
  };
  bound(entry.hour.recipients, limits_.recipients_per_hour_max);
  bound(entry.day.recipients, limits_.recipients_per_day_max);
  return left;
}

Duration UsageLedger::wait(std::string_view account, UsageLimit limit) const {
  const Entry entry = current(account);
  const SteadyTime now = clock_.steady();
  switch (limit) {
    case UsageLimit::none: return Duration{0};
    case UsageLimit::messages_per_hour:
    case UsageLimit::recipients_per_hour: return entry.hour.since + hour - now;
    case UsageLimit::messages_per_day:
    case UsageLimit::recipients_per_day: break;
  }
  return entry.day.since + day - now;
}

std::vector<Usage> UsageLedger::usages() const {
  const SteadyTime now = clock_.steady();
  std::vector<Usage> all;
  for (const auto& [account, kept] : entries_) {
    const Entry entry = current(account);
    if (is_empty(entry)) continue;
    const auto window = [&](const Window& one) {
      return UsageWindow{.age = now - one.since,
                         .messages = one.messages,
                         .recipients = one.recipients};
    };
    all.push_back({account, window(entry.hour), window(entry.day)});
  }
  return all;
}

void UsageLedger::add(const Usage& usage) {
  Entry entry = current(usage.account);
  const SteadyTime now = clock_.steady();
  const auto take = [&](Window& window, const UsageWindow& more,
                        Duration length) {
    if (more.age < Duration{0} || more.age >= length) return;
    window.since = std::min(window.since, now - more.age);
    window.messages += more.messages;
    window.recipients += more.recipients;
  };
  take(entry.hour, usage.hour, hour);
  take(entry.day, usage.day, day);
  if (is_empty(entry)) return;
  entries_[folded(usage.account)] = entry;
}

// Now and then, so that who has not sent for a day takes no room.
void UsageLedger::forget_the_old() {
  if (entries_.size() < 2 * entries_at_last_look_ + 1000) return;
  std::erase_if(entries_,
                [&](const auto& one) { return is_empty(current(one.first)); });
  entries_at_last_look_ = entries_.size();
}

std::string_view name(UsageLimit limit) {
  switch (limit) {
    case UsageLimit::none: return "none";
    case UsageLimit::messages_per_hour: return "messages_per_hour";
    case UsageLimit::messages_per_day: return "messages_per_day";
    case UsageLimit::recipients_per_hour: return "recipients_per_hour";
    case UsageLimit::recipients_per_day: break;
  }
  return "recipients_per_day";
}

}  // namespace postkeep::auth
