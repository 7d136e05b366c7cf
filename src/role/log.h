// log: appends what the roles say to the log.
//
// Reads:     lines of the other roles, on a channel from each.
// May:       write to the file that it was given.
// May not:   open, connect, see files or other roles' memory.
// Talks to:  every role, which talks to it and hears nothing.
// Dies when: any PK_CHECK fails; supervisor starts another, and meanwhile each
//            role keeps up to a megabyte of lines.
#pragma once

#include <list>

#include "role/role_context.h"

namespace postkeep::role {

class LogRole final : public Role {
 public:
  explicit LogRole(RoleContext& context);

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  // The file may have been moved aside: the new one was given.
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  class Source;

  void write(Octets packet, const std::string& source);
  void ended(const Source* source);

  RoleContext& context_;
  Descriptor file_;
  std::list<std::unique_ptr<Source>> sources_;
  std::string lines_;
  std::uint64_t lost_ = 0;  // Octets that the file did not take.
  bool draining_ = false;
};

}  // namespace postkeep::role
