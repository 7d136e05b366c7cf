// A session after login, whatever its protocol: what role/mailbox.cc needs of
// one, over a protocol's own Session.
//
// Here:      UserSession, make_user_session(), write_unavailable().
// Not here:  the protocols (imap/session.h, pop3/session.h).
// Grammar:   none.
// Laws:      those of the protocols.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/octets.h"
#include "config/config.h"
#include "ipc/auth_messages.h"
#include "pop3/maildrop_lock.h"
#include "store/mailbox.h"

namespace postkeep::role {

// Each function is the protocol's own: imap/session.h says what they do.
class UserSession {
 public:
  virtual ~UserSession() = default;
  virtual void received(Octets octets) = 0;
  [[nodiscard]] virtual bool wants_input() const = 0;
  [[nodiscard]] virtual bool has_work() const = 0;
  virtual void step() = 0;
  [[nodiscard]] virtual Octets output() const = 0;
  virtual void output_taken(std::size_t octets) = 0;
  [[nodiscard]] virtual SteadyTime deadline() const = 0;
  virtual void tick() = 0;
  virtual void shut_down() = 0;
  [[nodiscard]] virtual bool wants_close() const = 0;
  [[nodiscard]] virtual std::uint64_t commands() const = 0;
};

// What all sessions of one user are over.
struct UserMail {
  store::MailStore& store;
  pop3::MaildropLock& maildrop_lock;
  const Clock& clock;
  const config::Config& config;
  const std::string& user;
};

// nullptr: no service of that name reads mail.
[[nodiscard]] std::unique_ptr<UserSession> make_user_session(
    const ipc::SessionHandOver& given, const UserMail& mail);

// The answer for a session that cannot be started.
[[nodiscard]] std::string write_unavailable(const ipc::SessionHandOver& given);

}  // namespace postkeep::role
