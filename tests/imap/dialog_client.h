// One connection of a dialogue: what the client says, and whether the server
// says what is written. For tests/imap/dialog.cc.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "store/mailbox.h"
#include "tests/imap/dialog.h"
#include "tests/imap/manual_clock.h"

namespace postkeep::imap {

class DialogClient {
 public:
  virtual ~DialogClient() = default;

  void say(const std::string& octets) { unsent_ += octets; }
  void hear(const std::string& line);
  void hear_effect(const std::string& effect);
  // Nothing is left that was not heard, and all of it kept to the syntax.
  void must_be_silent();
  [[nodiscard]] const std::optional<std::string>& fault() const {
    return fault_;
  }

  // Goes on as far as it goes; false: nothing was to do.
  virtual bool run() = 0;
  virtual void tick() = 0;
  virtual void must_be_closed() = 0;
  // A line of the story that is for this kind of session alone.
  virtual bool event(const std::string& line) = 0;

 protected:
  void fail(const std::string& what) {
    if (!fault_) fault_ = what;
  }

  std::string unsent_;
  std::string heard_;  // All that came, and how much of it was expected.
  std::size_t expected_ = 0;
  std::deque<std::string> effects_;

 private:
  std::optional<std::string> fault_;
};

std::unique_ptr<DialogClient> make_session_client(store::MailStore& store,
                                                  ManualClock& clock,
                                                  PlayHow how, int number);
std::unique_ptr<DialogClient> make_login_client(const std::string& words,
                                                ManualClock& clock,
                                                PlayHow how);

}  // namespace postkeep::imap
