// Schedule: which message goes to which other host when.
//
// Here:      Schedule, a state machine: events in, effects out.
// Not here:  durability (journal.h), mailboxes of this server (delivery.h),
//            routes and connections (role/spool_outbound.cc).
// Grammar:   none.
// Laws:      invariants S1 to S9 of docs/spool_states.md,
//            proptests/spool/schedule_prop.cc.
//
// States of one recipient, and the event that makes each transition:
//
//   appended  -- durable ----------> waiting    its message may leave
//   waiting   -- (due, a turn) ----> in_flight  effect Send
//   in_flight -- deferred ---------> waiting    later; effect NoteDeferral
//   in_flight -- put_off ----------> waiting    at once
//   in_flight -- delivered, failed -> settling  effect Settle
//   waiting   -- (too old) --------> settling   effect Settle
//   settling  -- settled ----------> (gone)     its outcome is in the journal
//   settling  -- not_settled ------> settling   effect Settle again, later
//
// What is due to one destination stands in one queue. A destination that could
// not be reached waits as a whole: only one message is tried, now and then, and
// the others cost nothing meanwhile. What was tried before shares half of the
// connections; so there is always room for a message that has just come.
//
// No clock and no I/O inside: times come with the events, and next_due() says
// when tick() is wanted. All of them are steady: a civil clock that jumps by a
// year expires nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "spool/entry.h"
#include "spool/journal.h"

namespace postkeep::spool {

// What all that waits may take in memory.
inline constexpr std::size_t schedule_octets_max =
    std::size_t{512} * 1024 * 1024;
// A destination begins with so many connections, and gets more as it takes
// mail.
inline constexpr double window_first = 2;
// Transactions in a row that may end without a word on their recipients and
// are begun again at once.
inline constexpr std::uint8_t put_offs_max = 3;

struct ScheduleLimits {
  // After the first failure; twice as much after each that follows, up to the
  // other. RFC 5321 section 4.5.4.1 asks for 30 minutes at least, and allows
  // two early tries; half an hour is the sum of the first three.
  Duration retry_wait_min = std::chrono::minutes{5};
  Duration retry_wait_max = std::chrono::hours{3};
  // The same for a destination that could not be reached.
  Duration destination_wait_max = std::chrono::hours{1};
  // When the sender is told that his message is late; zero: never.
  Duration delay_notice_after = std::chrono::hours{4};
  // RFC 5321 section 4.5.4.1: 4 to 5 days.
  Duration lifetime = std::chrono::hours{120};
  std::uint32_t jobs_max = 200;             // Transactions under way.
  std::uint32_t destination_jobs_max = 20;  // To one destination.
  std::uint32_t job_recipients_max = 100;   // RFC 5321 section 4.5.3.1.8.
};

// How long to wait after the n-th failure, the first being 1: spread by up to
// a tenth, so that what failed together does not come back together.
[[nodiscard]] Duration retry_wait(Duration first, Duration longest,
                                  std::uint32_t failures, std::uint64_t salt);

enum class JobId : std::uint64_t { none = 0 };

// One recipient elsewhere, as the schedule is told of it.
struct OutsideRecipient {
  std::uint32_t recipient = 0;  // An index into the entry's.
  std::string destination;      // A domain, or a next hop. Never empty.
  // What recovery knows.
  std::uint32_t attempts = 0;
  Duration wait{};
  Answer answer;
};

// What became of one recipient in a transaction.
enum class CopyVerdict : std::uint8_t {
  delivered,  // The next host has it, and says what becomes of it.
  relayed,    // It has it, and will not say (RFC 3461 section 5.2.2).
  deferred,
  failed,
  put_off,  // Nothing was said of it.
};
[[nodiscard]] std::string_view name(CopyVerdict verdict);
struct CopyResult {
  CopyVerdict verdict = CopyVerdict::deferred;
  Answer answer;
};
// What became of the destination meanwhile.
enum class Reach : std::uint8_t {
  fine,
  strained,  // It was reached, and asked for less, or was too slow.
  none,      // No host of it could be reached, or none would talk.
};
struct JobEnd {
  Reach reach = Reach::fine;
  Answer answer;                    // Of the destination, where it is not fine.
  std::vector<CopyResult> results;  // In the order of Send's recipients.
};

enum class SettleWhy : std::uint8_t {
  delivered,
  relayed,
  failed,
  expired,
  removed,  // By the operator: nobody is told.
};
[[nodiscard]] std::string_view name(SettleWhy why);

// Effects: what the role is to do, in this order.
struct Send {  // One transaction. Answered by ended().
  JobId job = JobId::none;
  std::string destination;
  MessageId id = 0;
  std::vector<std::uint32_t> recipients;  // Ascending.
};
struct Settle {  // Into the journal, with a report where one is due; then
                 // settled() or not_settled().
  MessageId id = 0;
  SettleWhy why = SettleWhy::delivered;
  std::vector<std::uint32_t> recipients;  // Ascending.
};
struct TellDelay {  // Then delay_told() or delay_not_told().
  MessageId id = 0;
  std::vector<std::uint32_t> recipients;  // Ascending.
  Duration left{};                        // Until the message expires.
};
struct NoteDeferral {  // Into the journal, some time. No answer.
  MessageId id = 0;
  std::uint32_t recipient = 0;
  std::uint32_t attempts = 0;
  Duration wait{};
};
struct MessageLeft {  // No recipient elsewhere is left.
  MessageId id = 0;
};
using ScheduleEffect =
    std::variant<Send, Settle, TellDelay, NoteDeferral, MessageLeft>;
using ScheduleEffects = std::vector<ScheduleEffect>;

enum class CopyState : std::uint8_t { appended, waiting, in_flight, settling };
[[nodiscard]] std::string_view name(CopyState state);

// What a person may ask of one recipient.
struct CopyView {
  std::uint32_t recipient = 0;
  std::string_view destination;
  CopyState state = CopyState::waiting;
  std::uint32_t attempts = 0;
  std::optional<SteadyTime> next;  // Its own, or its destination's.
  bool destination_waits = false;
  const Answer* answer = nullptr;              // Of the last attempt.
  const Answer* destination_answer = nullptr;  // Where it waits.
};
struct MessageView {
  MessageId id = 0;
  QueueId queue_id{};
  std::uint64_t octets = 0;
  Duration age{};
  bool held = false;
  std::vector<CopyView> copies;
};

struct ScheduleStatus {
  std::uint64_t messages = 0;
  std::uint64_t recipients = 0;
  std::uint64_t destinations = 0;
  std::uint64_t destinations_waiting = 0;
  std::uint64_t jobs = 0;
  std::uint64_t held = 0;
};

class Schedule {
 public:
  void set_limits(const ScheduleLimits& limits) { limits_ = limits; }
  [[nodiscard]] const ScheduleLimits& limits() const { return limits_; }
  // Whether another message may be held in memory; if not, refuse it (452).
  [[nodiscard]] bool has_room() const {
    return memory_octets_ < schedule_octets_max;
  }

  // Journal::append() has returned `id`. Where `recipients` is empty nothing
  // happens.
  void appended(MessageId id, QueueId queue_id, std::uint64_t octets,
                std::vector<OutsideRecipient> recipients, SteadyTime now);
  // A message that recovery found. It is as old as `age`.
  void recovered(MessageId id, QueueId queue_id, std::uint64_t octets,
                 std::uint8_t marks, Duration age,
                 std::vector<OutsideRecipient> recipients, SteadyTime now);
  // The journal is durable up to there.
  void durable(Sequence up_to, SteadyTime now, ScheduleEffects& effects);

  // False: no such job, or it has ended already.
  bool ended(JobId job, const JobEnd& end, SteadyTime now,
             ScheduleEffects& effects);
  void settled(MessageId id, const std::vector<std::uint32_t>& recipients,
               SteadyTime now, ScheduleEffects& effects);
  void not_settled(const Settle& settle, SteadyTime now);
  void delay_told(MessageId id);
  void delay_not_told(MessageId id, SteadyTime now);

  // The operator's wishes. False: no such message.
  bool hold(MessageId id);
  bool release(MessageId id, SteadyTime now, ScheduleEffects& effects);
  bool retry(MessageId id, SteadyTime now, ScheduleEffects& effects);
  // What is in flight ends first.
  bool remove(MessageId id, SteadyTime now, ScheduleEffects& effects);
  // All that waits for this destination, and the destination itself.
  bool retry_destination(const std::string& destination, SteadyTime now,
                         ScheduleEffects& effects);

  // Time has passed. To be called at next_due().
  void tick(SteadyTime now, ScheduleEffects& effects);
  [[nodiscard]] std::optional<SteadyTime> next_due() const;

  [[nodiscard]] bool holds(MessageId id) const {
    return messages_.contains(id);
  }
  [[nodiscard]] std::optional<MessageView> view(MessageId id,
                                                SteadyTime now) const;
  // The first message above `after`.
  [[nodiscard]] std::optional<MessageId> next(MessageId after) const;
  [[nodiscard]] std::optional<MessageId> find(QueueId queue_id) const;
  // What the recipient was answered last, or its destination was.
  [[nodiscard]] Answer answer(MessageId id, std::uint32_t recipient) const;
  [[nodiscard]] ScheduleStatus status(SteadyTime now) const;
  // Whether every invariant that can be read off the state holds: for tests.
  [[nodiscard]] bool is_consistent() const;

 private:
  using DestinationId = std::uint64_t;  // Never used again.
  struct Copy {                         // One recipient's.
    std::uint32_t recipient = 0;
    std::uint32_t attempts = 0;
    CopyState state = CopyState::appended;
    SteadyTime due;
    Answer answer;
  };
  enum class Place : std::uint8_t { nowhere, later, ready, in_flight };
  struct Item {  // What one message has for one destination.
    DestinationId destination = 0;
    std::vector<Copy> copies;
    Place place = Place::nowhere;
    bool tried = false;  // Or recovered: not fresh.
    bool asked = false;  // A host has answered since the server was started.
    std::uint8_t put_offs = 0;
    SteadyTime due;  // Where it is `later`.
  };
  struct Message {
    QueueId queue_id{};
    std::uint64_t octets = 0;
    std::size_t memory_octets = 0;
    SteadyTime received;
    std::vector<Item> items;
    bool held = false;
    bool removing = false;
    bool delay_told = false;  // Or about to be.
    SteadyTime deadline;      // In deadlines_.
  };
  struct ItemId {
    MessageId id = 0;
    std::uint32_t item = 0;
    auto operator<=>(const ItemId&) const = default;
  };
  struct Destination {
    std::string name;
    // May name what has left meanwhile: an item is ready only if it says so.
    std::deque<ItemId> fresh;
    std::deque<ItemId> again;
    std::uint32_t items = 0;
    std::uint32_t in_flight = 0;
    double window = window_first;
    std::uint32_t failures = 0;  // In a row.
    SteadyTime not_before = SteadyTime::min();
    SteadyTime wake = SteadyTime::min();      // In wake_.
    SteadyTime narrowed = SteadyTime::min();  // When `window` was, last.
    Answer answer;                            // Of the last failure.
    bool in_fresh_turns = false;
    bool in_again_turns = false;
  };
  struct Job {
    ItemId item;
    std::vector<std::uint32_t> recipients;
    DestinationId destination = 0;
    bool again = false;
    SteadyTime since;
  };

  Message& hold_message(MessageId id, QueueId queue_id, std::uint64_t octets,
                        std::vector<OutsideRecipient> recipients,
                        SteadyTime received, SteadyTime now);
  DestinationId destination_of(const std::string& name);
  [[nodiscard]] Item& at(const ItemId& item) {
    return messages_.at(item.id).items.at(item.item);
  }
  void start(MessageId id, SteadyTime now);
  void plan(const ItemId& id, SteadyTime now);
  void unplan(const ItemId& id);
  void set_deadline(MessageId id, Message& message, SteadyTime deadline);
  void meet_deadline(MessageId id, SteadyTime now, ScheduleEffects& effects);
  void expire(MessageId id, Message& message, SteadyTime now,
              ScheduleEffects& effects);
  void take_turns(DestinationId id, SteadyTime now);
  void pump(SteadyTime now, ScheduleEffects& effects);
  bool pump(std::deque<DestinationId>& turns, bool again, SteadyTime now,
            ScheduleEffects& effects);
  [[nodiscard]] bool has_slot(const Destination& destination, bool again) const;
  bool send_one(DestinationId id, bool again, SteadyTime now,
                ScheduleEffects& effects);
  void send(const ItemId& id, bool again, SteadyTime now,
            ScheduleEffects& effects);
  void note_reach(const Job& job, const JobEnd& end, SteadyTime now);
  struct Endings;
  void note_result(const Job& job, Copy& copy, const CopyResult& result,
                   bool may_be_put_off, SteadyTime now, Endings& endings,
                   ScheduleEffects& effects);
  void leave_item(Item& item);

  ScheduleLimits limits_;
  std::map<MessageId, Message> messages_;
  std::unordered_map<std::uint64_t, MessageId> by_queue_id_;
  std::unordered_map<DestinationId, Destination> destinations_;
  std::unordered_map<std::string, DestinationId> by_name_;
  DestinationId last_destination_ = 0;
  std::map<JobId, Job> jobs_;
  std::uint64_t last_job_ = 0;
  std::uint32_t jobs_again_ = 0;
  std::deque<MessageId> appended_;  // Until they are durable.
  std::multimap<SteadyTime, ItemId> later_;
  std::multimap<SteadyTime, DestinationId> wake_;
  std::multimap<SteadyTime, MessageId> deadlines_;
  std::multimap<SteadyTime, Settle> settle_again_;
  std::deque<DestinationId> fresh_turns_;
  std::deque<DestinationId> again_turns_;
  std::size_t memory_octets_ = 0;
};

}  // namespace postkeep::spool
