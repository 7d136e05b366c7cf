// What supervisor and the roles say to each other: how a role starts, reloads
// and ends; and how a user's mailbox is found.
//
// Here:      Start, Give, Enter, Ready, Reload, Drain, Drained, MailboxWanted,
//            MailboxGiven, MailboxIdle, MailboxIdleAnswer, MailboxBirth,
//            MailboxBorn, SpoolFileWanted, SpoolFileMade, ReloadWanted.
// Not here:  SessionHandOver (ipc/auth_messages.h), which auth sends to
//            supervisor and supervisor to the mailbox of `user`;
//            StatusQuestion (ipc/control_messages.h), which control asks.
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
//
// A role's life: Start, any number of Give, Enter; it builds itself, closes its
// door and says Ready. Later: Give (a peer was restarted), Give … Reload,
// Drain.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipc/control_messages.h"
#include "ipc/kind.h"
#include "ipc/role_name.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

inline constexpr std::size_t claims_max = 32;
inline constexpr std::size_t connect_ports_max = 32;

struct ConnectPort {
  std::uint16_t port = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(port);
  }
};

// supervisor → role: who you are.
struct Start {
  static constexpr Kind kind = Kind::start;

  RoleName role = RoleName::log;
  std::uint32_t instance = 0;
  std::uint32_t uid = 0;  // To become; the present one where it cannot change.
  std::uint32_t gid = 0;
  std::uint32_t landlock_abi_max = 0;
  std::vector<std::string> require;  // Claims without which it ends.
  std::string user;                  // Of a mailbox: whose.
  // TCP ports that it may connect to, where its policy lets it connect at all.
  std::vector<ConnectPort> connect_ports;

  template <class Wire>
  void fields(Wire& wire) {
    wire(role, RoleName::pickup);
    wire(instance);
    wire(uid);
    wire(gid);
    wire(landlock_abi_max);
    wire.texts(require, claims_max, name_octets_max);
    wire(user, address_octets_max);
    wire.list(connect_ports, connect_ports_max);
  }
};

// supervisor → role, with as many descriptors as names. "peer:ROLE:INSTANCE"
// is a channel to that role and replaces an earlier one; other names are in
// role/role_context.h.
struct Give {
  static constexpr Kind kind = Kind::give;

  std::vector<std::string> names;

  template <class Wire>
  void fields(Wire& wire) {
    wire.texts(names, packet_descriptors_max, name_octets_max);
  }
};

// supervisor → role: you have all that you start with; close your door.
struct Enter {
  static constexpr Kind kind = Kind::enter;

  template <class Wire>
  void fields(Wire& /*wire*/) {}
};

// role → supervisor: the door is closed; these claims hold (or their stand-ins
// do), as `postkeep sandbox` prints them.
struct Ready {
  static constexpr Kind kind = Kind::ready;

  std::vector<StatusLine> claims;

  template <class Wire>
  void fields(Wire& wire) {
    wire.list(claims, claims_max);
  }
};

// supervisor → role: what was given since the last Reload (or Enter) is the
// new configuration and its files.
struct Reload {
  static constexpr Kind kind = Kind::reload;

  template <class Wire>
  void fields(Wire& /*wire*/) {}
};

// supervisor → role: take nothing new, end what is under way, say Drained.
// After `seconds` the role is ended.
struct Drain {
  static constexpr Kind kind = Kind::drain;

  std::uint32_t seconds = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(seconds);
  }
};

// role → supervisor, just before it exits by itself.
struct Drained {
  static constexpr Kind kind = Kind::drained;

  template <class Wire>
  void fields(Wire& /*wire*/) {}
};

// spool → supervisor: a channel to the mailbox of `user`, please.
struct MailboxWanted {
  static constexpr Kind kind = Kind::mailbox_wanted;

  std::string user;

  template <class Wire>
  void fields(Wire& wire) {
    wire(user, address_octets_max);
  }
};

// supervisor → spool, with one descriptor when `ok`: a channel to the mailbox
// of `user`, whose other end that mailbox gets as "peer:spool:0". When not ok
// (no process or directory to be had): ask again later.
struct MailboxGiven {
  static constexpr Kind kind = Kind::mailbox_given;

  std::string user;
  bool ok = false;

  template <class Wire>
  void fields(Wire& wire) {
    wire(user, address_octets_max);
    wire(ok);
  }
};

// mailbox → supervisor: I have no session and no unflushed work, and would
// end. `received` is how many SessionHandOver messages and channels
// (Role::peer) it has had since it started, so that none that is under way is
// lost.
struct MailboxIdle {
  static constexpr Kind kind = Kind::mailbox_idle;

  std::uint64_t received = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(received);
  }
};

// supervisor → mailbox: true: end now, nothing more will come; false: something
// is on its way to you.
struct MailboxIdleAnswer {
  static constexpr Kind kind = Kind::mailbox_idle_answer;

  bool end = false;

  template <class Wire>
  void fields(Wire& wire) {
    wire(end);
  }
};

// supervisor → seed, with two descriptors: the new process' line to supervisor
// and its standard error. Fork one mailbox process that has these and nothing
// else.
struct MailboxBirth {
  static constexpr Kind kind = Kind::mailbox_birth;

  std::uint32_t instance = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(instance);
  }
};

// seed → supervisor: it is that process, a child of supervisor; 0 when there
// could be none.
struct MailboxBorn {
  static constexpr Kind kind = Kind::mailbox_born;

  std::uint32_t instance = 0;
  std::uint32_t process = 0;

  template <class Wire>
  void fields(Wire& wire) {
    wire(instance);
    wire(process);
  }
};

// mbox → supervisor: the spool file of this local user is not there; make it,
// empty and his, which only root can.
struct SpoolFileWanted {
  static constexpr Kind kind = Kind::spool_file_wanted;

  std::string user;

  template <class Wire>
  void fields(Wire& wire) {
    wire(user, name_octets_max);
  }
};

// supervisor → mbox. When not ok: the log says why; ask again later.
struct SpoolFileMade {
  static constexpr Kind kind = Kind::spool_file_made;

  std::string user;
  bool ok = false;

  template <class Wire>
  void fields(Wire& wire) {
    wire(user, name_octets_max);
    wire(ok);
  }
};

// control → supervisor: the operator asks for what SIGHUP does.
//
// control also sends StatusQuestion. Supervisor passes it on to every role with
// a number of its own, adds what it knows of each role (pid, uptime, restarts;
// for "sandbox" the claims of its Ready), and answers control with one
// StatusAnswer that repeats control's number, at the latest after two seconds:
// keys are "ROLE:INSTANCE fact".
struct ReloadWanted {
  static constexpr Kind kind = Kind::reload_wanted;

  template <class Wire>
  void fields(Wire& /*wire*/) {}
};

}  // namespace postkeep::ipc
