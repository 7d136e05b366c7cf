// An IMAP session after login: commands in, responses out, over one user's
// mail (RFC 9051 section 3, with RFC 3501's forms).
//
// Here:      Session: the authenticated and the selected state.
// Not here:  before login (imap/login_session.h); the states and what each
//            command does (imap/session_core.h); sockets (role/mailbox.cc).
// Grammar:   none of its own: imap/framer.h and imap/command.h read.
// Laws:      proptests/imap/session_laws.h: cuts do not matter; every tagged
//            command gets one tagged answer; every view is the folder's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/octets.h"
#include "imap/framer.h"
#include "imap/mailbox_name.h"
#include "imap/search_key.h"
#include "store/mailbox.h"

namespace postkeep::imap {

// Responses are made no further ahead of the client than this: past it work
// waits until output_taken(). A slice may add as much again.
inline constexpr std::size_t output_octets_max = 64UL * 1024;
// RFC 9051 section 5.4: the inactivity timer MUST be at least 30 minutes. Half
// a minute more is for clients that send NOOP every 30.
inline constexpr std::int64_t inactivity_seconds_default = 30 * 60 + 30;
// How long a client may leave responses unread.
inline constexpr std::int64_t output_wait_seconds_max = 5 * 60;
// While IDLE, what other programs did to the Maildir is seen this often.
inline constexpr std::int64_t refresh_seconds = 30;

// What the operator sets for sessions.
struct SessionLimits {
  // Of one command. Its message_octets are those of one APPEND.
  FramerLimits command = limits_after_login(64UL * 1024 * 1024);
  std::size_t search_keys = search_keys_max;
  std::size_t bad_commands_max = 20;  // Then BYE. The count never falls.
  std::int64_t inactivity_seconds = inactivity_seconds_default;
  bool offers_utf8 = true;                 // UTF8=ACCEPT (RFC 6855).
  Separator separator = Separator::slash;  // Between levels, as clients see it.
};

class SessionCore;

// What login leaves to the session.
struct SessionStart {
  // The tag of the LOGIN or AUTHENTICATE command, which the session answers.
  std::string tag;
  std::string user_name;  // For the operator's eyes alone.
  bool tls = false;
};

// The session does no I/O. Whoever runs it does this, again and again:
//   received(octets) with what comes in, while wants_input();
//   step() for every session that has_work(), in turn: one session's change
//     may be another's work, and a long command is done in many steps;
//   send output(), saying output_taken() of what went out;
//   tick() at deadline(); close when wants_close() and output() is empty.
// The store must outlive the session.
class Session {
 public:
  Session(store::MailStore& store, const Clock& clock,
          const SessionStart& start, SessionLimits limits = {});
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

  // When tick() is to be called: never later than this. It may change with
  // every other call.
  [[nodiscard]] SteadyTime deadline() const;
  void tick();

  // The server ends: BYE, once the command under way is done.
  void shut_down();
  // The session is over. Send what output() has, then close.
  [[nodiscard]] bool wants_close() const;

  // For the log.
  [[nodiscard]] std::uint64_t commands() const;

  // The whole plaintext answer for a session that cannot be started at all
  // (RFC 5530 section 3: UNAVAILABLE).
  [[nodiscard]] static std::string write_unavailable(const std::string& tag);

 private:
  std::unique_ptr<SessionCore> core_;
};

}  // namespace postkeep::imap
