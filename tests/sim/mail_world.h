// MailWorld: spool and mailboxes of one machine on simulated disks, without
// processes and channels: what is accepted, delivered, flushed and forgotten.
//
// Here:      the executor of the delivery schedule's effects; steps of a
//            workload; the question whether all mail is where it should be.
// Not here:  which steps, and when the power fails (mail_crash_test.cc).
// Grammar:   none.
// Laws:      invariants E1 to E3 of docs/spool_states.md.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/sim_clock.h"
#include "sim/sim_disk.h"
#include "sim/sim_random.h"
#include "spool/delivery.h"
#include "spool/journal.h"
#include "store/maildir_store.h"
#include "store/world.h"

namespace postkeep::sim {

inline constexpr std::size_t mail_users = 2;

// What a machine keeps when it is switched off.
struct MailDisks {
  SimDisk spool;
  std::array<SimDisk, mail_users> mailboxes;
};

// What was promised about each message, by its text.
struct MailNotes {
  struct Noted {
    std::size_t recipients = 0;
    bool accepted = false;            // The client read 250.
    std::set<std::size_t> expunging;  // Users who asked for it to be expunged,
    std::set<std::size_t> expunged;   // and were told that it is.
  };
  std::map<std::string, Noted> messages;
};

class MailWorld {
 public:
  MailWorld(MailDisks& disks, MailNotes& notes, std::uint64_t seed);
  ~MailWorld();
  MailWorld(const MailWorld&) = delete;
  MailWorld& operator=(const MailWorld&) = delete;

  [[nodiscard]] bool has_started() const { return journal_ != nullptr; }

  // Steps.
  void accept(std::size_t recipients);
  void append(std::size_t recipients);  // Nobody flushes yet.
  void flush_journal();
  void flush_mailbox(std::size_t user);
  void expunge_first(std::size_t user);
  void kill_mailbox(std::size_t user);
  void upkeep();
  void pass(Duration time);
  // Everything that can be done is done.
  void settle();

  // E1 to E3, of a world that has settled. Empty, or what is broken.
  [[nodiscard]] std::string check();

 private:
  struct Mailbox {
    std::unique_ptr<store::MaildirStore> store;
    std::vector<spool::DeliveryId> placed;
  };

  void run(spool::Effects& effects);
  void deliver(const spool::Deliver& deliver, spool::Effects& more);
  void start_mailbox(std::size_t user);
  [[nodiscard]] std::vector<std::string> texts(std::size_t user);
  [[nodiscard]] static std::size_t number(const std::string& user);

  MailDisks& disks_;
  MailNotes& notes_;
  SimRandom random_;
  SimClock clock_;
  store::Quiet log_;
  std::unique_ptr<spool::Journal> journal_;
  spool::Delivery delivery_;
  std::array<Mailbox, mail_users> mailboxes_;
  std::map<spool::MessageId, std::string> awaiting_;  // Until it is durable.
};

}  // namespace postkeep::sim
