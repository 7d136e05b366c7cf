// A POP3 session after login: the TRANSACTION and UPDATE states (RFC 1939
// sections 5 and 6).
//
// Here:      Session.
// Not here:  before login (pop3/login_session.h); what it shows
//            (pop3/maildrop.h); sockets (role/mailbox.cc).
// Grammar:   none of its own: pop3/line.h and pop3/command.h read.
// Laws:      proptests/pop3/session_laws.h: cuts do not matter; each command
//            gets one answer; nothing is deleted but at QUIT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "pop3/maildrop_lock.h"
#include "store/mailbox.h"

namespace postkeep::pop3 {

// Responses are made no further ahead of the client than this: past it work
// waits until output_taken(). A slice may add as much again, twice.
inline constexpr std::size_t output_octets_max = 64UL * 1024;
// RFC 1939 section 3: an autologout timer MUST be of at least ten minutes.
inline constexpr std::int64_t autologout_seconds_min = 10 * 60;
// How long a client may leave responses unread.
inline constexpr std::int64_t output_wait_seconds_max = 5 * 60;
// What one slice takes of messages, where each costs little, and of octets.
inline constexpr std::size_t slice_messages_max = 1'000;
inline constexpr std::size_t slice_octets_max = 1024UL * 1024;

struct SessionLimits {
  std::int64_t autologout_seconds = autologout_seconds_min;
  std::size_t bad_commands_max = 20;  // Then the end. It never falls.
};

// What login leaves to the session.
struct SessionStart {
  bool tls = false;
  bool utf8 = false;
  // For CAPA, which says after login what it said before.
  bool offers_login = true;
  std::vector<std::string> mechanisms;
};

class SessionCore;

// The session does no I/O. Whoever runs it does what imap/session.h says of
// its sessions: received(), step() while has_work(), output(), tick().
// The store and the lock must outlive it.
class Session {
 public:
  Session(store::MailStore& store, MaildropLock& lock, const Clock& clock,
          SessionStart start, SessionLimits limits = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Octets from the client, borrowed until the call returns.
  void received(Octets octets);
  // False: stop reading from the client, until it is true again.
  [[nodiscard]] bool wants_input() const;

  // Whether step() would do anything now.
  [[nodiscard]] bool has_work() const;
  // Does one slice of work: a few milliseconds, or one call of the store.
  void step();

  // What is to be sent. Valid until the next call that is not const.
  [[nodiscard]] Octets output() const;
  // The first so many octets of output() have gone out.
  void output_taken(std::size_t octets);

  // When tick() is to be called: never later than this.
  [[nodiscard]] SteadyTime deadline() const;
  void tick();

  // The server ends: once the command under way is done, nothing is deleted
  // that QUIT has not been said for.
  void shut_down();
  // The session is over. Send what output() has, then close.
  [[nodiscard]] bool wants_close() const;

  // For the log.
  [[nodiscard]] std::uint64_t commands() const;

  // The whole answer for a session that cannot be started at all.
  [[nodiscard]] static std::string write_unavailable();

 private:
  std::unique_ptr<SessionCore> core_;
};

}  // namespace postkeep::pop3
