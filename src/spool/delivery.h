// Delivery: which mailbox gets which message when (local recipients).
//
// Here:      Delivery, a state machine: events in, effects out.
// Not here:  durability (journal.h), processes and channels (role/spool.cc),
//            recipients elsewhere (schedule.h).
// Grammar:   none.
// Laws:      invariants D1 to D8 of docs/spool_states.md,
//            proptests/spool/delivery_laws.h.
//
// States of one recipient, and the event that makes each transition:
//
//   appended  -- durable ------> waiting     its message may be delivered
//   waiting   -- (window) -----> in_flight   effect Deliver
//   in_flight -- placed -------> placed      visible, not flushed
//   in_flight, placed -- done -> done        flushed; effect RecordDone
//   in_flight, placed -- refused, mailbox_gone -> waiting, later
//   done      -- recorded -----> recorded    its outcome is in the journal
//   recorded  -- durable ------> (gone)      effect Forget
//
// No clock and no I/O inside: times come with the events, and next_due() says
// when tick() is wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "spool/entry.h"
#include "spool/journal.h"

namespace postkeep::spool {

// What one mailbox process may have unanswered. One message alone may be
// larger.
inline constexpr std::size_t window_messages_max = 1024;
inline constexpr std::uint64_t window_octets_max = 16 * 1024 * 1024;
// What entries may take in memory, all messages together.
inline constexpr std::size_t entries_octets_max = 512 * 1024 * 1024;
// Waits after the first failure of a mailbox or a delivery, doubled each time.
inline constexpr Duration retry_wait_min = std::chrono::seconds{1};
inline constexpr Duration retry_wait_max = std::chrono::minutes{5};
// Of delivery ids to forget, kept for a user whose mailbox does not run.
inline constexpr std::size_t forgets_kept_max = 256;

enum class RecipientState : std::uint8_t {
  appended,
  waiting,
  in_flight,
  placed,
  done,
  recorded,
  gone,
};
[[nodiscard]] std::string_view name(RecipientState state);

// What a mailbox process answers when it cannot take a message.
enum class DeliveryTrouble : std::uint8_t { no_space, trouble };

// Effects: what the role is to do, in this order.
struct Deliver {  // Hand this recipient's copy to the user's mailbox.
  std::string user;
  DeliveryId delivery_id{};
  MessageId id = 0;
  std::uint32_t recipient = 0;
};
struct NeedMailbox {  // Start the user's mailbox; then mailbox_ready().
  std::string user;
};
struct RecordDone {  // Journal::append_done(); then recorded() or
                     // not_recorded().
  MessageId id = 0;
  std::uint32_t recipient = 0;
};
struct Forget {  // The mailbox need not know these any more.
  std::string user;
  std::vector<DeliveryId> delivery_ids;
};
struct MessageGone {  // Nothing is left to do for it: drop its octets.
  MessageId id = 0;
};
using Effect =
    std::variant<Deliver, NeedMailbox, RecordDone, Forget, MessageGone>;
using Effects = std::vector<Effect>;

struct DeliveryStatus {
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;  // Of those messages.
  std::uint64_t recipients_waiting = 0;
  std::uint64_t recipients_in_flight = 0;  // Placed ones among them.
  std::uint64_t users_backing_off = 0;
  std::optional<WallTime> oldest;  // When the oldest message was received.
};

class Delivery {
 public:
  // Whether another entry may be held in memory; if not, refuse it (452).
  [[nodiscard]] bool has_room_for(const Entry& entry) const;

  // Journal::append() has returned `id`. Recipients without a user are
  // elsewhere: nothing here knows them, and a message that has no others is
  // not held.
  void appended(MessageId id, Entry entry, std::uint64_t message_octets);
  // A message that recovery found: it is durable already.
  void recovered(MessageId id, Entry entry, std::uint64_t message_octets,
                 const std::vector<bool>& recipients_done, SteadyTime now,
                 Effects& effects);
  // The journal is durable up to there.
  void durable(Sequence up_to, SteadyTime now, Effects& effects);

  // The user's mailbox process takes messages.
  void mailbox_ready(const std::string& user, SteadyTime now, Effects& effects);
  // It has ended, or could not be started. What it had not said done for is
  // delivered again; if it had nothing, that is no failure, unless it had been
  // asked for.
  void mailbox_gone(const std::string& user, SteadyTime now, Effects& effects);

  // Answers of a mailbox. What does not fit (unknown ids, wrong states) comes
  // from another process, so it is ignored: false.
  bool placed(const std::string& user, const DeliveryId& delivery_id);
  bool done(const std::string& user, const DeliveryId& delivery_id,
            SteadyTime now, Effects& effects);
  bool refused(const std::string& user, const DeliveryId& delivery_id,
               DeliveryTrouble why, SteadyTime now, Effects& effects);
  // The mailbox still knows these ids, perhaps since before a crash of the
  // spool: those that no message here has are to be forgotten.
  void still_known(const std::string& user,
                   const std::vector<DeliveryId>& delivery_ids,
                   Effects& effects);

  // The answers to RecordDone.
  void recorded(MessageId id, std::uint32_t recipient, Sequence sequence);
  void not_recorded(MessageId id, std::uint32_t recipient, SteadyTime now);

  // Time has passed. To be called at next_due().
  void tick(SteadyTime now, Effects& effects);
  [[nodiscard]] std::optional<SteadyTime> next_due() const;

  [[nodiscard]] DeliveryStatus status() const;
  [[nodiscard]] const Entry* entry(MessageId id) const;
  [[nodiscard]] std::uint64_t message_octets(MessageId id) const;
  // `gone` for what is not here.
  [[nodiscard]] RecipientState state(MessageId id,
                                     std::uint32_t recipient) const;
  // Whether every invariant that can be read off the state holds: for tests.
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Copy {  // One recipient's.
    RecipientState state = RecipientState::appended;
    std::uint32_t failures = 0;
  };
  struct Held {
    Entry entry;
    std::uint64_t octets = 0;
    std::vector<Copy> copies;
    std::size_t left = 0;  // Copies that are not gone.
  };
  struct CopyId {
    MessageId id = 0;
    std::uint32_t recipient = 0;
    auto operator<=>(const CopyId&) const = default;
  };
  enum class Mailbox : std::uint8_t { absent, wanted, ready };
  struct User {
    Mailbox mailbox = Mailbox::absent;
    std::deque<CopyId> waiting;               // In the order of acceptance.
    std::multimap<SteadyTime, CopyId> later;  // Failed: after its time.
    std::set<CopyId> in_flight;               // Or placed.
    std::uint64_t in_flight_octets = 0;
    // So many copies were in flight when the mailbox died. They go one at a
    // time, until it is known which of them it dies of.
    std::size_t suspects = 0;
    std::uint32_t failures = 0;  // In a row.
    SteadyTime not_before = SteadyTime::min();
    std::optional<SteadyTime> planned;  // In due_.
    std::vector<DeliveryId> to_forget;
  };
  using Users = std::map<std::string, User>;
  struct DeliveryIdHash {
    std::size_t operator()(const DeliveryId& id) const;
  };

  void hold(MessageId id, Entry entry, std::uint64_t octets);
  [[nodiscard]] Copy& at(const CopyId& copy);
  [[nodiscard]] std::optional<CopyId> in_flight(const std::string& user,
                                                const DeliveryId& id) const;
  [[nodiscard]] Users::iterator wait_for_user(const CopyId& copy);
  void pump(Users::iterator user, SteadyTime now, Effects& effects);
  [[nodiscard]] static bool has_window_for(const User& user,
                                           std::uint64_t octets);
  void land(User& user, const CopyId& copy);
  void try_later(User& user, const CopyId& copy, SteadyTime now);
  static void back_off(User& user, SteadyTime now);
  void plan(Users::iterator user, SteadyTime now);
  void forget(Users::iterator user, Effects& effects);
  void let_go(const CopyId& copy, Effects& effects);

  std::unordered_map<MessageId, Held> messages_;
  Users users_;
  std::unordered_map<DeliveryId, CopyId, DeliveryIdHash> by_delivery_id_;
  std::deque<MessageId> appended_;       // Until they are durable.
  std::map<Sequence, CopyId> recorded_;  // The same.
  std::set<CopyId> to_record_;           // Done; RecordDone is under way.
  std::multimap<SteadyTime, CopyId> record_again_;
  std::multimap<SteadyTime, std::string> due_;
  std::multimap<WallTime, MessageId> by_age_;
  std::size_t memory_octets_ = 0;
  std::uint64_t message_octets_ = 0;
};

}  // namespace postkeep::spool
