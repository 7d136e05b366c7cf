// The table of roles: a name, and the function that builds it.
#pragma once

#include "ipc/role_name.h"
#include "role/role_context.h"

namespace postkeep::role {

std::unique_ptr<Role> make_log(RoleContext& context);
std::unique_ptr<Role> make_keys(RoleContext& context);
std::unique_ptr<Role> make_auth(RoleContext& context);
std::unique_ptr<Role> make_spool(RoleContext& context);
std::unique_ptr<Role> make_control(RoleContext& context);
std::unique_ptr<Role> make_seed(RoleContext& context);
std::unique_ptr<Role> make_mailbox(RoleContext& context);
std::unique_ptr<Role> make_mbox(RoleContext& context);
std::unique_ptr<Role> make_login(RoleContext& context);
std::unique_ptr<Role> make_access(RoleContext& context);
std::unique_ptr<Role> make_submission(RoleContext& context);
std::unique_ptr<Role> make_smtp_in(RoleContext& context);
std::unique_ptr<Role> make_dns(RoleContext& context);
std::unique_ptr<Role> make_connect(RoleContext& context);
std::unique_ptr<Role> make_smtp_out(RoleContext& context);
std::unique_ptr<Role> make_pickup(RoleContext& context);

// Null for a role that this binary does not have.
[[nodiscard]] MakeRole make_of(ipc::RoleName role);

}  // namespace postkeep::role
