// What every role gets and what every role is: the shape that role/start.cc
// puts around smtp_in, spool, mailbox and the others.
//
// Here:      RoleContext, Role, SupervisorLine, MakeRole.
// Not here:  how a process becomes a role (role/start.h); which roles exist
//            and who talks to whom (role/topology.h).
// Laws:      after make_role returns, the door closes: nothing can be opened,
//            no thread started. Only then runs the first event.
//
// A role is built by `std::unique_ptr<Role> make_<role>(RoleContext&)` from the
// ports alone, so that tests/sim can build it too. The function stands in the
// table of role/role_table.cc.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/channel.h"
#include "base/clock.h"
#include "base/dialer.h"
#include "base/disk.h"
#include "base/dns_exchange.h"
#include "base/drop_box.h"
#include "base/log.h"
#include "base/net.h"
#include "base/random.h"
#include "base/workers.h"
#include "ipc/packets.h"
#include "ipc/role_name.h"

namespace postkeep::role {

// The role's way to supervisor. Messages are sent typed, as on any channel:
//     context.supervisor.send(ipc::MailboxWanted::kind, ipc::write(wanted));
class SupervisorLine {
 public:
  // False when supervisor has gone: the process ends by itself then.
  virtual bool send(ipc::Kind kind, Octets message,
                    std::vector<Descriptor> descriptors = {}) = 0;
  // Says Drained and ends the process, once what is queued has gone out.
  virtual void drained() = 0;

 protected:
  ~SupervisorLine() = default;
};

// Descriptors by name. What supervisor gives:
//   "configuration"        sealed memory: the operator's file
//   "accounts"             sealed memory: the account table      auth
//   "mboxes"               sealed memory: lines of the account table that have
//                          an mbox, without passwords        spool, mbox
//   "certificate:NAME"     sealed memory: a chain in PEM         roles with TLS
//   "key:NAME"             sealed memory: its private key in PEM keys
//   "resolvers"            sealed memory: whom to ask, in lines dns
//   "authorities"          sealed memory: certificates in PEM    smtp_out
//   "listen:mx:N"          listening sockets of port 25          smtp_in
//   "listen:lmtp:N"        local sockets, loopback       smtp_in
//   "listen:submission:N"  587     "listen:submissions:N" 465    submission
//   "listen:imap:N"        143     "listen:imaps:N"       993    access
//   "listen:pop3:N"        110     "listen:pop3s:N"       995    access
//   "listen:control:0"     the command line's local socket       control
//   "log"                  what lines are appended to            log
// (The root directory of mailbox, mbox and spool becomes context.disk.)
using Given = std::map<std::string, Descriptor, std::less<>>;

struct RoleContext {
  ipc::RoleName role = ipc::RoleName::log;
  std::uint32_t instance = 0;
  std::string user;  // Of a mailbox: whose it is. Else empty.

  Clock& clock;
  Timers& timers;
  Net& net;
  Channels& channels;
  SharedMemory& memory;
  Random& random;
  Log& log;
  Disk* disk = nullptr;                 // mailbox and spool: their directory.
  Flusher* flusher = nullptr;           // The same.
  Workers* workers = nullptr;           // auth.
  DnsExchange* dns_exchange = nullptr;  // dns.
  Dialer* dialer = nullptr;             // connect.
  DropBox* drop_box = nullptr;          // pickup.
  SupervisorLine& supervisor;

  // What was given at the start; after a reload what was given for it. A role
  // takes (moves) what it wants; the rest is closed.
  Given given;
};

// Largest configuration, account table, certificate chain or key, in octets.
inline constexpr std::size_t given_octets_max = 64 * 1024 * 1024;

// The octets of a given sealed memory, or nullopt when it is not there or not
// sealed.
[[nodiscard]] std::optional<std::string> given_text(RoleContext& context,
                                                    std::string_view name);

class Role {
 public:
  virtual ~Role() = default;

  // A channel to a peer: at the start (before the loop runs, after the door
  // closed), and again whenever that peer was started anew; then the former
  // channel has ended or is about to.
  virtual void peer(ipc::RoleName role, std::uint32_t instance,
                    std::unique_ptr<Channel> channel) = 0;
  // A message of supervisor that start.cc does not answer itself:
  // MailboxGiven, SessionHandOver, MailboxIdleAnswer, StatusQuestion (from
  // control through supervisor) …
  virtual void supervisor_message(ipc::Received /*message*/) {}
  // context.given holds the new configuration and its files.
  virtual void reload() {}
  // Take nothing new; when all is done, call context.supervisor.drained().
  virtual void drain() = 0;
};

// Everything that needs threads or large memory is made here; false pointers
// mean that the role cannot run with what it was given (logged by itself).
using MakeRole = std::unique_ptr<Role> (*)(RoleContext& context);

}  // namespace postkeep::role
