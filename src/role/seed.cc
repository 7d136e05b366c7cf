// seed: forks mailbox processes. Holds nothing of any user.
//
// Reads:     typed messages of supervisor.
// May:       fork children of supervisor; what such a child does until its own
//            door is closed.
// May not:   execute, connect, listen; nothing from outside reaches it.
// Talks to:  supervisor (MailboxBorn).
// Dies when: supervisor wants a fresh one, or any PK_CHECK fails; supervisor
//            starts another, no mailbox notices.
//
// A program that is started anew dirties 450 KiB with its own addresses, which
// are the same in all: those that are forked share them.
#include <cstdlib>
#include <utility>

#include "io/process.h"
#include "ipc/supervisor_messages.h"
#include "role/link.h"
#include "role/role_table.h"
#include "role/start.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

void live() {
  using ipc::RoleName;
  io::rename_process(arguments_of(RoleName::seed),
                     arguments_of(RoleName::mailbox));
  std::exit(start(name(RoleName::mailbox)));
}

class SeedRole final : public Role {
 public:
  explicit SeedRole(RoleContext& context) : context_(context) {}

  void peer(ipc::RoleName /*role*/, std::uint32_t /*instance*/,
            std::unique_ptr<Channel> /*channel*/) override {}

  void supervisor_message(ipc::Received message) override {
    if_message<ipc::MailboxBirth>(message, [&](const ipc::MailboxBirth& birth) {
      if (message.descriptors.size() != 2) return;
      const auto child = io::fork_sibling(message.descriptors[0],
                                          message.descriptors[1], live);
      births_ += child ? 1U : 0U;
      if (!child) {
        context_.log.line(Severity::error, "fork_failed",
                          {{"why", name(child.error())}});
      }
      context_.supervisor.send(
          ipc::MailboxBorn::kind,
          ipc::write(ipc::MailboxBorn{
              birth.instance, child ? static_cast<std::uint32_t>(*child) : 0}));
    });
    answer_status(context_, message, {{"births", births_}});
  }

  void drain() override { context_.supervisor.drained(); }

 private:
  RoleContext& context_;
  std::uint64_t births_ = 0;
};

}  // namespace

std::unique_ptr<Role> make_seed(RoleContext& context) {
  return std::make_unique<SeedRole>(context);
}

}  // namespace postkeep::role
