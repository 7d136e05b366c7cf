#include "tests/imap/session_script.h"

#include <algorithm>

#include "imap/session.h"
#include "tests/imap/manual_clock.h"
#include "tests/imap/memory_store.h"

namespace postkeep::imap {
namespace {

constexpr std::string_view first_message =
    "From: Fred <fred@example.org>\r\n"
    "To: b@example.org, =?utf-8?q?J=C3=BC?= <j@example.org>\r\n"
    "Subject: first\r\n"
    "Date: Wed, 17 Jul 1996 02:23:25 -0700\r\n"
    "Content-Type: multipart/mixed; boundary=x\r\n"
    "\r\n"
    "--x\r\n\r\none\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: in\r\n\r\ntwo\r\n--x--\r\n";
constexpr std::string_view later_message = "Subject: later\r\n\r\ntext\r\n";

class Runner {
 public:
  explicit Runner(PlayHow how) : how_(how) {
    add(first_message);
    add(later_message);
    add("no header\r\n");
    if (!store_.create("other/box", {})) return;
    for (std::size_t i = 0; i < 2; ++i) {
      sessions_[i] = std::make_unique<Session>(
          store_, clock_, SessionStart{"L", "fred", true},
          SessionLimits{.command = limits_after_login(4096)});
    }
    settle();
    for (std::string& heard : outcome_.heard) heard.clear();
  }

  void event(const Event& event) {
    MemoryFolder& inbox = store_.folder("INBOX");
    const auto messages = inbox.messages();
    const store::Uid uid =
        messages.empty() ? 0 : messages[event.number % messages.size()].uid;
    switch (event.what) {
      case Happening::say: say(event.session, event.octets); break;
      case Happening::deliver: add(later_message); break;
      case Happening::expunge:
        static_cast<void>(inbox.expunge({&uid, 1}));
        break;
      case Happening::flag:
        static_cast<void>(inbox.change_flags({&uid, 1},
                                             event.number % 2 == 0
                                                 ? store::FlagChange::add
                                                 : store::FlagChange::remove,
                                             {store::flag_flagged, 0}));
        break;
      case Happening::foreign_expunge:
        inbox.foreign([uid](MemoryFolder& folder) {
          static_cast<void>(folder.expunge({&uid, 1}));
        });
        break;
      case Happening::pass:
        clock_.pass(std::chrono::seconds(31));
        for (const auto& session : sessions_) session->tick();
        break;
      case Happening::fail: inbox.fail_next(store::StoreError::trouble); break;
    }
    settle();
  }

  Outcome outcome() {
    for (std::size_t i = 0; i < 2; ++i) {
      outcome_.closed[i] = sessions_[i]->wants_close();
      outcome_.commands[i] = sessions_[i]->commands();
    }
    for (const store::Message& it : store_.folder("INBOX").messages()) {
      outcome_.inbox.emplace_back(it.uid, it.flags.system);
    }
    return std::move(outcome_);
  }

 private:
  void add(std::string_view text) {
    static_cast<void>(
        store_.folder("INBOX").append(octets(text), {}, 837596665));
  }

  void say(std::size_t which, std::string_view octets_said) {
    Session& session = *sessions_[which];
    while (!octets_said.empty() && !session.wants_close()) {
      const std::string_view now = octets_said.substr(0, how_.octets_at_once);
      octets_said.remove_prefix(now.size());
      session.received(octets(now));
      settle();
    }
  }

  void settle() {
    bool worked = true;
    while (worked) {
      worked = false;
      for (std::size_t i = 0; i < 2; ++i) worked = step(i) || worked;
    }
  }

  bool has_unflushed() { return store_.folder("INBOX").has_unflushed(); }

  bool step(std::size_t which) {
    Session& session = *sessions_[which];
    const bool worked = session.has_work() || !session.output().empty();
    const std::size_t before = session.output().size();
    if (session.has_work()) session.step();
    if (!has_unflushed()) {
      changed_flags_ = nullptr;
    } else {
      if (changed_flags_ == nullptr) changed_flags_ = &session;
      outcome_.told_before_flush =
          outcome_.told_before_flush ||
          (changed_flags_ == &session && session.output().size() > before);
    }
    const Octets all = session.output();
    outcome_.waiting_octets_max =
        std::max(outcome_.waiting_octets_max, all.size());
    const std::size_t count = std::min(how_.taken_at_once, all.size());
    const std::string_view heard(reinterpret_cast<const char*>(all.data()),
                                 count);
    outcome_.heard[which] += heard;
    session.output_taken(count);
    return worked;
  }

  PlayHow how_;
  ManualClock clock_;
  MemoryStore store_;
  std::array<std::unique_ptr<Session>, 2> sessions_;
  const Session* changed_flags_ = nullptr;  // And has not flushed them.
  Outcome outcome_;
};

}  // namespace

Outcome run_script(const Script& script, PlayHow how) {
  Runner runner(how);
  for (const Event& event : script) runner.event(event);
  return runner.outcome();
}

Script read_script(Octets octets) {
  Script script;
  std::size_t session = 0;
  std::size_t number = 0;
  for (const Octet octet : octets) {
    number += octet;
    if (octet >= 0xF8) {
      if (octet == 0xF8) {
        session = 1 - session;
      } else {
        script.push_back({static_cast<Happening>(octet - 0xF8), 0, {}, number});
      }
      continue;
    }
    const bool goes_on = !script.empty() &&
                         script.back().what == Happening::say &&
                         script.back().session == session;
    if (!goes_on) script.push_back({Happening::say, session, {}, 0});
    script.back().octets += static_cast<char>(octet);
  }
  // 0xFF is no happening: it ends what is said, so that cuts can be mutated.
  std::erase_if(
      script, [](const Event& event) { return event.what > Happening::fail; });
  return script;
}

}  // namespace postkeep::imap
