// One connection of a dialogue: what the client says, and whether the server
// says what is written. For tests/imap/dialog.cc.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "login/session.h"
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
  // Nothing is left that was not heard.
  void must_be_silent();
  [[nodiscard]] const std::string& heard() const { return heard_; }
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

// What a story is told in.
class DialogProtocol {
 public:
  virtual ~DialogProtocol() = default;
  // `words`: of the story's line "session".
  virtual std::unique_ptr<DialogClient> make_session(
      store::MailStore& store, ManualClock& clock, PlayHow how, int number,
      const std::string& words) = 0;
  virtual std::unique_ptr<login::Session> make_login(
      const login::Configuration& configuration, const Clock& clock) = 0;
  // What does not keep to the formal syntax in all that a client heard.
  virtual std::optional<std::string> syntax_fault_in(
      const std::string& heard) = 0;
};

std::unique_ptr<DialogClient> make_login_client(DialogProtocol& protocol,
                                                const std::string& words,
                                                ManualClock& clock,
                                                PlayHow how);

// A client of a protocol's Session.
template <typename Session>
class SessionClient final : public DialogClient {
 public:
  template <typename... Parts>
  explicit SessionClient(PlayHow how, Parts&&... parts)
      : how_(how), session_(std::forward<Parts>(parts)...) {}

  // All that the session says of itself counts as heard.
  void skip_greeting() {
    while (run()) {
    }
    expected_ = heard_.size();
  }

  bool run() override {
    bool worked = false;
    if (!unsent_.empty() && session_.wants_input()) {
      const std::string now = unsent_.substr(0, how_.octets_at_once);
      unsent_.erase(0, now.size());
      session_.received(octets(now));
      worked = true;
    }
    while (session_.has_work() || !session_.output().empty()) {
      if (session_.has_work()) session_.step();
      take();
      worked = true;
    }
    if (session_.wants_close()) unsent_.clear();
    return worked;
  }

  void tick() override { session_.tick(); }

  void must_be_closed() override {
    if (!session_.wants_close()) fail("the session goes on");
  }

  bool event(const std::string& line) override {
    if (line != "shut_down") return false;
    session_.shut_down();
    return true;
  }

 private:
  void take() {
    const Octets all = session_.output();
    const std::size_t count = std::min(how_.taken_at_once, all.size());
    heard_.append(reinterpret_cast<const char*>(all.data()), count);
    session_.output_taken(count);
  }

  PlayHow how_;
  Session session_;
};

}  // namespace postkeep::imap
