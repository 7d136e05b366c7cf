#include "role/role_table.h"

namespace postkeep::role {

MakeRole make_of(ipc::RoleName role) {
  switch (role) {
    case ipc::RoleName::log: return make_log;
    case ipc::RoleName::keys: return make_keys;
    case ipc::RoleName::auth: return make_auth;
    case ipc::RoleName::spool: return make_spool;
    case ipc::RoleName::control: return make_control;
    case ipc::RoleName::seed: return make_seed;
    case ipc::RoleName::mailbox: return make_mailbox;
    case ipc::RoleName::mbox: return make_mbox;
    case ipc::RoleName::login: return make_login;
    case ipc::RoleName::access: return make_access;
    case ipc::RoleName::submission: return make_submission;
    case ipc::RoleName::smtp_in: return make_smtp_in;
    case ipc::RoleName::dns: return make_dns;
    case ipc::RoleName::connect: return make_connect;
    case ipc::RoleName::smtp_out: return make_smtp_out;
    case ipc::RoleName::pickup: return make_pickup;
    case ipc::RoleName::supervisor: break;
  }
  return nullptr;
}

}  // namespace postkeep::role
