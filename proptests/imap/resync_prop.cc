// Two clients change one mailbox at random, other programs meddle, the server
// is stopped and killed. A third client is cut off at any response and comes
// back: after it has resynchronised, with QRESYNC or with CONDSTORE alone (RFC
// 7162 section 6), it has what is there, over any store.
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <set>

#include "imap/session.h"
#include "store/world.h"
#include "tests/imap/manual_clock.h"
#include "tests/imap/memory_store.h"
#include "tests/imap/response_syntax.h"
#include "tests/imap/resync_client.h"

using namespace postkeep;
using namespace postkeep::imap;

namespace {

// A store, and what befalls it.
class Site {
 public:
  virtual ~Site() = default;
  virtual store::MailStore& store() = 0;
  virtual const Clock& clock() = 0;
  virtual void pass() = 0;
  // Another program's doing, to message `number` of INBOX.
  virtual void meddle(std::size_t number) = 0;
  // No session is left. True: the server was away and is back.
  virtual bool stop(std::size_t how) = 0;
};

class MemorySite final : public Site {
 public:
  MemorySite() {
    if (!store_.create("other", {})) std::abort();
  }
  store::MailStore& store() override { return store_; }
  const Clock& clock() override { return clock_; }
  void pass() override { clock_.pass(std::chrono::seconds(2)); }
  void meddle(std::size_t number) override {
    store_.folder("INBOX").foreign([number](MemoryFolder& inbox) {
      const auto messages = inbox.messages();
      if (messages.empty()) return;
      const store::Uid uid = messages[number % messages.size()].uid;
      if (number % 2 == 0) {
        static_cast<void>(inbox.expunge({&uid, 1}));
      } else {
        static_cast<void>(inbox.change_flags({&uid, 1}, store::FlagChange::add,
                                             {store::flag_draft, 0}, {},
                                             store::Durable::at_once));
      }
    });
  }
  bool stop(std::size_t how) override {
    if (how % 3 == 0) store_.folder("INBOX").forget_expunged();
    return true;
  }

 private:
  ManualClock clock_;
  MemoryStore store_;
};

// The real store, on a disk that is simulated.
class MaildirSite final : public Site {
 public:
  MaildirSite() {
    if (!world_.store->create("other", {})) std::abort();
  }
  store::MailStore& store() override { return *world_.store; }
  const Clock& clock() override { return world_.clock; }
  void pass() override { world_.clock.pass(std::chrono::seconds(2)); }
  void meddle(std::size_t number) override {
    store::Elsewhere other(world_.disk);
    const auto names = other.names({"cur"});
    if (names.empty()) return;
    if (number % 5 == 0) {
      for (const std::string& name : names) mark_deleted(name);
      return;
    }
    const std::string& name = names[number % names.size()];
    if (number % 3 == 0) {
      other.remove({"cur", name});
    } else if (number % 3 == 1) {
      mark_deleted(name);
    } else {
      other.write({"new", "1767225600.M" + std::to_string(++foreign_) + ".h"},
                  "Subject: foreign\r\n\r\nx\r\n");
    }
  }
  bool stop(std::size_t how) override {
    if (how % 3 == 0) {
      world_.kill();
    } else {
      world_.stop();
      if (how % 3 == 1) {
        static_cast<void>(
            world_.disk.remove(world_.disk.root(), "postkeep-index"));
        static_cast<void>(
            world_.disk.remove(world_.disk.root(), "postkeep-index-wal"));
      }
      meddle(how / 3);
      world_.start();
    }
    return true;
  }

 private:
  void mark_deleted(const std::string& name) {
    if (name.ends_with('T')) return;
    store::Elsewhere(world_.disk).rename({"cur", name}, {"cur", name + "T"});
  }

  store::World world_;
  int foreign_ = 0;
};

constexpr std::array<const char*, 30> commands = {
    "STORE 1 +FLAGS (\\Deleted)",
    "STORE 1:* +FLAGS (\\Seen)",
    "UID STORE 2:4 -FLAGS (\\Seen $One)",
    "UID STORE 1:* FLAGS (\\Answered $Two)",
    "STORE 2 +FLAGS (\\Deleted $One)",
    "UID STORE 3:6 +FLAGS (\\Deleted)",
    "STORE 1:2 (UNCHANGEDSINCE 9) +FLAGS (\\Flagged)",
    "EXPUNGE",
    "UID EXPUNGE 1:3",
    "NOOP",
    "FETCH 1:* (UID FLAGS)",
    "FETCH 1 BODY[]",
    "UID FETCH 1:* (MODSEQ)",
    "COPY 1 INBOX",
    "MOVE 1 other",
    "UID MOVE 2:3 INBOX",
    "APPEND INBOX (\\Flagged) {3+}\r\nabc",
    "IDLE\r\nDONE",
    "UID SEARCH MODSEQ 4",
    "UID STORE 1:* (UNCHANGEDSINCE 12) -FLAGS.SILENT (\\Seen $One)",
    "STORE 1:* (UNCHANGEDSINCE 20) FLAGS ($Three)",
    "UID MOVE 1:2 other",
    "MOVE 2 INBOX",
    "APPEND INBOX ($Two) {3+}\r\nabc (\\Deleted) {3+}\r\ndef",
    "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 6)",
    "FETCH 1:* (UID FLAGS) (CHANGEDSINCE 14)",
    "UID EXPUNGE 3:*",
    "STORE 1:2 +FLAGS.SILENT (\\Flagged $One)",
    "UID STORE 2:5 FLAGS.SILENT (\\Seen)",
    "STORE 2 -FLAGS.SILENT (\\Seen)",
};
// What only those say who change the mailbox: it would make another client of
// the one that watches, or end what it has selected.
constexpr std::array<const char*, 4> commands_of_others = {
    "ENABLE QRESYNC",
    "ENABLE UTF8=ACCEPT",
    "CLOSE",
    "SELECT INBOX",
};

struct Step {
  std::size_t what = 0;
  std::size_t number = 0;
  std::size_t choice = 0;
};
void showValue(const Step& step, std::ostream& os) {
  os << step.what << '/' << step.number << '/' << step.choice;
}

class Play {
 public:
  Play(Site& site, bool quick) : site_(site), quick_(quick) {
    for (int n = 0; n < 5; ++n) append();
    connect_all();
  }

  void step(const Step& step) {
    switch (step.what) {
      case 0:
      case 1:
      case 2:
      case 3:
        say(step.what % 2, commands[step.number % commands.size()]);
        break;
      case 4: append(); break;
      case 11: move_back(); break;
      case 12:
        say(step.number % 2,
            commands_of_others[step.choice % commands_of_others.size()]);
        break;
      case 5: say(watcher, commands[step.number % commands.size()]); break;
      case 6: fetch_new(); break;
      case 7: site_.meddle(step.number); break;
      case 8: site_.pass(); break;
      case 9:
        cut(step.number);
        resync(step.choice);
        break;
      default:
        cut(step.number);
        sessions_ = {};
        if (!site_.stop(step.number)) break;
        connect_all();
        resync(step.choice);
        break;
    }
  }

  // Comes back, and looks at everything.
  void end(const Step& step) {
    cut(step.number);
    resync(step.choice);
  }

 private:
  static constexpr std::size_t watcher = 2;

  void append() {
    const auto inbox = site_.store().open("INBOX");
    RC_ASSERT(inbox.has_value());
    RC_ASSERT((*inbox)->refresh().has_value());
    static_cast<void>(
        (*inbox)->append(octets("Subject: a\r\n\r\nb\r\n"), {}, 9));
    settle();
  }

  // What was moved away comes back, under new UIDs.
  void move_back() {
    const auto inbox = site_.store().open("INBOX");
    const auto other = site_.store().open("other");
    RC_ASSERT(inbox.has_value() && other.has_value());
    std::vector<store::Uid> uids;
    for (const store::Message& message : (*other)->messages()) {
      uids.push_back(message.uid);
    }
    RC_ASSERT((*inbox)->refresh().has_value());
    static_cast<void>((*other)->move(uids, **inbox));
    settle();
  }

  void connect(std::size_t which) {
    sessions_[which] = std::make_unique<Session>(
        site_.store(), site_.clock(), SessionStart{"L", "fred", true});
    settle();
    heard_[which].clear();
  }

  void connect_all() {
    for (std::size_t i = 0; i < 2; ++i) {
      connect(i);
      say(i, "SELECT INBOX");
    }
  }

  void say(std::size_t which, const std::string& words) {
    if (!sessions_[which]) return;
    const std::string line =
        "t" + std::to_string(++tag_) + ' ' + words + "\r\n";
    if (which == watcher) client_.say(line);
    sessions_[which]->received(octets(line));
    settle();
  }

  void settle() {
    bool worked = true;
    while (worked) {
      worked = false;
      for (std::size_t i = 0; i < sessions_.size(); ++i) {
        if (!sessions_[i]) continue;
        if (sessions_[i]->has_work()) {
          sessions_[i]->step();
          worked = true;
        }
        const Octets out = sessions_[i]->output();
        heard_[i].append(out.begin(), out.end());
        sessions_[i]->output_taken(out.size());
      }
    }
  }

  void listen(std::size_t count_max = SIZE_MAX) {
    for (const std::string& response : responses(heard_[watcher])) {
      if (count_max-- == 0) break;
      client_.hear(response);
    }
    heard_[watcher].clear();
  }

  // The connection breaks after some response: part of what was on its way
  // arrives.
  void cut(std::size_t number) {
    const std::size_t count = responses(heard_[watcher]).size();
    listen(number % (count + 1));
    client_.disconnected();
    sessions_[watcher].reset();
  }

  void fetch_new() {
    listen();
    client_.expect_new();
    say(watcher, "UID FETCH " + std::to_string(client_.known_up_to() + 1) +
                     ":* (FLAGS)");
    listen();
    client_.fetched_new();
  }

  void resync(std::size_t choice) {
    connect(watcher);
    site_.pass();
    client_.expect_sync();
    const std::string since = std::to_string(client_.highest());
    const std::string all = "1:" + std::to_string(client_.known_up_to());
    const bool knows_some =
        client_.highest() != 0 && client_.known_up_to() != 0;
    if (quick_) {
      say(watcher, "ENABLE QRESYNC");
      listen();
      client_.expect_sync();
      std::string known = since;
      if (choice % 2 == 1) known += ' ' + all;
      if (choice % 4 >= 2 && !client_.kept().empty()) {
        known += " (" + client_.numbers() + ' ' + client_.uids() + ")";
      }
      const auto inbox = site_.store().open("INBOX");
      say(watcher, knows_some ? "SELECT INBOX (QRESYNC (" +
                                    std::to_string((*inbox)->uid_validity()) +
                                    ' ' + known + "))"
                              : "SELECT INBOX");
      listen();
    } else {
      say(watcher, "SELECT INBOX (CONDSTORE)");
      listen();
      if (knows_some) {
        say(watcher,
            "UID FETCH " + all + " (FLAGS) (CHANGEDSINCE " + since + ")");
        listen();
        say(watcher, "UID SEARCH UID " + all);
        listen();
        client_.keep_only_found();
      }
    }
    client_.synced();
    fetch_new();
    must_have_what_is_there();
  }

  void must_have_what_is_there() {
    const auto inbox = site_.store().open("INBOX");
    RC_ASSERT(inbox.has_value());
    ResyncClient::Kept there;
    for (const store::Message& message : (*inbox)->messages()) {
      there[message.uid] = flags_of(message.flags, (*inbox)->keywords());
    }
    RC_ASSERT(client_.kept() == there);
  }

  static std::string flags_of(store::Flags flags,
                              const std::vector<std::string>& keywords) {
    constexpr std::array names = {"\\Answered", "\\Flagged", "\\Deleted",
                                  "\\Seen", "\\Draft"};
    std::set<std::string> set;
    for (std::size_t bit = 0; bit < names.size(); ++bit) {
      if ((flags.system >> bit & 1) != 0) set.insert(names.at(bit));
    }
    for (std::size_t bit = 0; bit < keywords.size(); ++bit) {
      if ((flags.keywords >> bit & 1) != 0) set.insert(keywords[bit]);
    }
    std::string result;
    for (const std::string& flag : set) result += flag + ' ';
    return result;
  }

  Site& site_;
  bool quick_;
  std::array<std::unique_ptr<Session>, 3> sessions_;
  std::array<std::string, 3> heard_;
  ResyncClient client_;
  std::size_t tag_ = 0;
};

rc::Gen<Step> step() {
  const auto kind = rc::gen::weightedElement<std::size_t>({{4, 0},
                                                           {4, 1},
                                                           {4, 2},
                                                           {4, 3},
                                                           {3, 4},
                                                           {4, 5},
                                                           {2, 6},
                                                           {2, 7},
                                                           {1, 8},
                                                           {4, 9},
                                                           {2, 10},
                                                           {1, 11},
                                                           {2, 12}});
  return rc::gen::apply(
      [](std::size_t what, std::size_t number, std::size_t choice) {
        return Step{what, number, choice};
      },
      kind, rc::gen::inRange<std::size_t>(0, 4000),
      rc::gen::inRange<std::size_t>(0, 4));
}

template <typename Place>
bool check(const char* what, bool quick) {
  return rc::check(what, [quick] {
    Place site;
    Play play(site, quick);
    play.end({});
    for (const Step& one : *rc::gen::container<std::vector<Step>>(step())) {
      play.step(one);
    }
    play.end(*step());
  });
}

}  // namespace

int main() {
  bool held = true;
  held &= check<MemorySite>("QRESYNC, in memory", true);
  held &= check<MemorySite>("CONDSTORE, in memory", false);
  held &= check<MaildirSite>("QRESYNC, on a Maildir", true);
  held &= check<MaildirSite>("CONDSTORE, on a Maildir", false);
  return held ? 0 : 1;
}
