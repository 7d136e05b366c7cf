// What accounts have sent: messages and recipients of an hour and of a day,
// and whether more may follow (RFC 6409 section 6.2).
//
// Here:      UsageLedger, UsageLimits, Usage.
// Not here:  who asks (role/auth.h), what a client is told (role/smtp.h).
// Laws:      proptests/auth/usage_laws.h: no window holds more than it may,
//            and time always lets an account send again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace postkeep::auth {

// The most of one account; 0 means no such limit.
struct UsageLimits {
  std::uint64_t messages_per_hour_max = 0;
  std::uint64_t messages_per_day_max = 0;
  std::uint64_t recipients_per_hour_max = 0;
  std::uint64_t recipients_per_day_max = 0;
};

// Which of them stands in the way.
enum class UsageLimit : std::uint8_t {
  none,
  messages_per_hour,
  messages_per_day,
  recipients_per_hour,
  recipients_per_day,
};
[[nodiscard]] std::string_view name(UsageLimit limit);

// What was sent since the window's first message, which was `age` ago. A window
// begins with a message and ends after its hour or day: the next one begins
// with the next message.
struct UsageWindow {
  Duration age{};
  std::uint64_t messages = 0;
  std::uint64_t recipients = 0;
  bool operator==(const UsageWindow&) const = default;
};

struct Usage {
  std::string account;
  UsageWindow hour;
  UsageWindow day;
  bool operator==(const Usage&) const = default;
};

class UsageLedger {
 public:
  // `clock` must outlive it.
  UsageLedger(const Clock& clock, UsageLimits limits);
  void set_limits(const UsageLimits& limits) { limits_ = limits; }

  // What stands in the way of one more message to so many recipients.
  [[nodiscard]] UsageLimit obstacle(std::string_view account,
                                    std::uint64_t recipients) const;
  // The same, and counts the message where nothing stands in its way.
  [[nodiscard]] UsageLimit charge(std::string_view account,
                                  std::uint64_t recipients);
  // How many recipients a message may have now.
  [[nodiscard]] std::uint64_t recipients_left(std::string_view account) const;
  // How long until the window of that limit ends.
  [[nodiscard]] Duration wait(std::string_view account, UsageLimit limit) const;

  // All that is still counted, and what another ledger counted: a role that
  // starts anew hears it from those that it answered.
  [[nodiscard]] std::vector<Usage> usages() const;
  void add(const Usage& usage);

 private:
  struct Window {
    SteadyTime since;
    std::uint64_t messages = 0;
    std::uint64_t recipients = 0;
  };
  struct Entry {
    Window hour;
    Window day;
  };
  [[nodiscard]] Entry current(std::string_view account) const;
  [[nodiscard]] static bool is_empty(const Entry& entry);
  void forget_the_old();

  const Clock& clock_;
  UsageLimits limits_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::size_t entries_at_last_look_ = 0;
};

}  // namespace postkeep::auth
