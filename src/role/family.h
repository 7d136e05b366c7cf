// The family of roles while the server runs: who is alive, who is to be
// started again, who talks to whom.
//
// Here:      Family.
// Not here:  signals and the command line (role/supervisor.cc), what each role
//            is given (role/belongings.h), the users' mailboxes
//            (role/mailboxes.h) and where they come from (role/nursery.h).
// Laws:      tests/role/supervisor_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/channel.h"
#include "io/clock.h"
#include "io/log_client.h"
#include "io/loop.h"
#include "io/process.h"
#include "role/belongings.h"
#include "role/child.h"
#include "role/mailboxes.h"
#include "role/nursery.h"
#include "role/status_round.h"

namespace postkeep::role {

class Family final : private Mailboxes::House {
 public:
  class Events {
   public:
    // Every role that supervisor starts by itself is ready, for the first time.
    virtual void family_ready() = 0;
    // A role cannot be started: the server gives up.
    virtual void family_failed(const std::string& why) = 0;
    // control asks for what SIGHUP does.
    virtual void reload_wanted() = 0;
    // After drain(): all have ended.
    virtual void family_ended() = 0;

   protected:
    ~Events() = default;
  };

  Family(io::Loop& loop, const Clock& clock, io::LogClient& log,
         io::ThisProgram program, Belongings& belongings, Events& events);

  void start();
  // Gives all what of_reload() says.
  void reload();
  // Ends all, stage by stage.
  void drain();
  // Ends all at once.
  void kill();
  // Looks which children have ended.
  void reap();

 private:
  struct Slot {
    ipc::RoleName role = ipc::RoleName::log;
    std::uint32_t instance = 0;
    std::unique_ptr<Child> child;
    std::uint32_t restarts = 0;
    std::uint32_t failures = 0;  // In a row.
    bool was_ready = false;
  };

  // House.
  std::unique_ptr<Child> start_mailbox(std::uint32_t instance) override;
  bool bind(Child& child, const std::string& user) override;
  bool meet_spool(const std::string& user, Child* child) override;

  struct Errors {
    Descriptor of_child;  // Its standard error.
    std::pair<Descriptor, Descriptor> to_log;
  };
  std::optional<Errors> errors_of(ipc::RoleName role);
  void give_log(Child& child, Errors errors);
  Child::OnMessage on_message();
  std::unique_ptr<Child> spawn(ipc::RoleName role, std::uint32_t instance);
  void give_log_to_supervisor();
  bool begin(Slot& slot);
  void enter(Slot& slot);
  void introduce(Child& one, Child& other);
  void introduce_to_all(Child& newborn);
  void restart_later(Slot& slot);
  void slot_ended(Slot& slot, const io::Ended& ended);
  void look_whether_ready();

  void message(Child& child, std::optional<ipc::Received> received);
  void spool_file_wanted(Child& mbox, const ipc::Received& received);
  void mailbox_born(const ipc::Received& received);
  void abandon_unborn();
  void ready(Child& child, const ipc::Received& received);
  void status_asked(const ipc::Received& received);
  std::vector<ipc::StatusLine> facts(const std::string& about);
  void log_end(const std::string& name, const io::Ended& ended, bool in_order);

  void next_stage();
  void stage_late();
  [[nodiscard]] std::vector<Child*> children() const;
  [[nodiscard]] Child* find(ipc::RoleName role, std::uint32_t instance) const;

  io::Loop& loop_;
  const Clock& clock_;
  io::LogClient& log_;
  io::ThisProgram program_;
  Belongings& belongings_;
  Events& events_;
  io::PacketChannels channels_;
  std::vector<Slot> slots_;
  Mailboxes mailboxes_;
  Nursery nursery_;
  StatusRounds rounds_;
  std::vector<std::unique_ptr<Child>> ended_;  // Freed after their last call.
  bool all_ready_ = false;
  bool draining_ = false;
  std::uint8_t stage_ = 0;
  TimerId stage_timer_ = TimerId::none;
};

}  // namespace postkeep::role
