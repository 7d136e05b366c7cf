// The mailbox processes: started ahead, bound to a user when one is wanted,
// ended when that user has nothing more to do.
//
// Here:      Mailboxes.
// Not here:  the process itself (role/mailbox.h), making one (role/nursery.h).
// Laws:      tests/role/mailboxes_test.cc: one process a user at a time; what
//            comes while one ends waits for the next; none that is on its way
//            is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "io/process.h"
#include "role/child.h"

namespace postkeep::role {

// Sessions that wait for one user's next process; more are refused.
inline constexpr std::size_t waiting_sessions_max = 64;

class Mailboxes {
 public:
  // What supervisor does for it.
  class House {
   public:
    // A mailbox process without a user; null when none can be had.
    virtual std::unique_ptr<Child> start_mailbox(std::uint32_t instance) = 0;
    // Makes it that user's: false when there is no directory for him.
    virtual bool bind(Child& child, const std::string& user) = 0;
    // Tells spool how its question for a mailbox ended. When there is one, a
    // channel from spool to `child` is made: false when that failed.
    virtual bool meet_spool(const std::string& user, Child* child) = 0;

   protected:
    ~House() = default;
  };

  Mailboxes(House& house, Timers& timers, Log& log, std::uint32_t processes_max,
            std::uint32_t ahead);

  // Starts those that wait unbound.
  void fill();
  // From auth: SessionHandOver with its descriptor.
  void session(ipc::Received message);
  // From spool: MailboxWanted.
  void wanted(const std::string& user);
  // From a mailbox: MailboxIdle.
  void idle(Child& child, std::uint64_t received);
  // The process has ended; false when it is none of these.
  bool ended(io::ProcessId process, bool in_order);
  // It has, or will never be born.
  void ended(const Child& child, bool in_order);
  // No new ones from now on.
  void drain() { draining_ = true; }

  [[nodiscard]] std::vector<Child*> children() const;
  [[nodiscard]] std::string user_of(const Child& child) const;
  [[nodiscard]] std::size_t bound() const { return users_.size(); }

 private:
  struct Mailbox {
    std::unique_ptr<Child> child;  // Null while it waits to be started again.
    std::uint64_t given = 0;       // Sessions and channels, for MailboxIdle.
    bool ending = false;
    std::uint32_t failures = 0;  // In a row.
    TimerId timer = TimerId::none;
    std::vector<ipc::Received> sessions;  // Wait for the next process.
    bool spool_waits = false;
  };

  Mailbox* find(const std::string& user);
  Mailbox* running(const std::string& user);
  bool start(const std::string& user, Mailbox& mailbox);
  void pass_waiting(const std::string& user, Mailbox& mailbox);
  void refuse(const std::string& user, Mailbox& mailbox);

  House& house_;
  Timers& timers_;
  Log& log_;
  std::uint32_t processes_max_;
  std::uint32_t ahead_;
  std::uint32_t last_instance_ = 0;
  std::vector<std::unique_ptr<Child>> unbound_;
  std::map<std::string, Mailbox> users_;
  bool draining_ = false;
};

}  // namespace postkeep::role
