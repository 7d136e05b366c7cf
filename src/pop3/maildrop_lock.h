// The lock of RFC 1939 section 4: one session at a time has a user's maildrop.
//
// Here:      MaildropLock, MaildropHold.
// Not here:  other protocols: they may change a mailbox while POP3 shows it
//            (pop3/session.h says what is seen then).
// Grammar:   none.
// Laws:      tests/pop3/session_test.cc. All sessions of a user are in one
//            process, so the lock is gone with it and never stale.
#pragma once

namespace postkeep::pop3 {

struct MaildropLock {
  bool is_held = false;
};

// Holds a lock, if it could be had, until it is let go or destroyed.
class MaildropHold {
 public:
  explicit MaildropHold(MaildropLock& lock) : lock_(lock) {}
  ~MaildropHold() { let_go(); }
  MaildropHold(const MaildropHold&) = delete;
  MaildropHold& operator=(const MaildropHold&) = delete;

  [[nodiscard]] bool take() {
    if (lock_.is_held) return false;
    lock_.is_held = has_ = true;
    return true;
  }
  void let_go() {
    if (has_) lock_.is_held = has_ = false;
  }

 private:
  MaildropLock& lock_;
  bool has_ = false;
};

}  // namespace postkeep::pop3
