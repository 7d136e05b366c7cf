// The laws of auth/usage.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/usage.h"
#include "sim/sim_clock.h"

namespace postkeep::auth {

struct Sending {
  int account = 0;
  int recipients = 0;
  int minutes_before = 0;
  bool starts_anew = false;  // The ledger does, and hears what was counted.
};

inline UsageLimits law_limits() {
  return {.messages_per_hour_max = 3,
          .messages_per_day_max = 7,
          .recipients_per_hour_max = 10,
          .recipients_per_day_max = 20};
}

// Whatever is sent and whenever: no window holds more than it may, what is said
// to stand in the way is what stands there, what is said to be left passes, and
// after the wait that is told the limit is gone. A second ledger that counts
// what was granted and tells it to one that starts anew makes no difference.
inline bool law_no_window_holds_more(const std::vector<Sending>& sendings) {
  sim::SimClock clock;
  std::optional<UsageLedger> ledger;
  ledger.emplace(clock, law_limits());
  UsageLedger teller(clock, {});
  for (const Sending& one : sendings) {
    clock.pass(std::chrono::minutes(one.minutes_before));
    if (one.starts_anew) {
      ledger.emplace(clock, law_limits());
      for (const Usage& usage : teller.usages()) ledger->add(usage);
      if (ledger->usages() != teller.usages()) return false;
    }
    const std::string account = std::to_string(one.account) + "@a.example";
    const auto recipients = static_cast<std::uint64_t>(one.recipients);
    const UsageLimit limit = ledger->obstacle(account, recipients);
    const std::uint64_t left = ledger->recipients_left(account);
    if ((limit == UsageLimit::none) !=
        (ledger->wait(account, limit) == Duration::zero())) {
      return false;
    }
    if (limit == UsageLimit::none && recipients > left) return false;
    if (ledger->charge(account, recipients) != limit) return false;
    if (limit == UsageLimit::none) {
      static_cast<void>(teller.charge(account, recipients));
    } else {
      sim::SimClock later = clock;
      later.pass(ledger->wait(account, limit));
      UsageLedger then(later, law_limits());
      for (const Usage& usage : ledger->usages()) {
        Usage older = usage;
        older.hour.age += ledger->wait(account, limit);
        older.day.age += ledger->wait(account, limit);
        then.add(older);
      }
      if (recipients <= 10 && then.obstacle(account, recipients) == limit) {
        return false;
      }
    }
  }
  for (const Usage& usage : ledger->usages()) {
    if (usage.hour.messages > 3 || usage.hour.recipients > 10) return false;
    if (usage.day.messages > 7 || usage.day.recipients > 20) return false;
  }
  return true;
}

}  // namespace postkeep::auth
