// A small world, explored to its end: every sequence of three happenings to
// two sessions of one mailbox, over the commands at which its state turns.
#include <gtest/gtest.h>

#include "imap/session_laws.h"

namespace postkeep::imap {
namespace {

std::vector<Event> alphabet() {
  std::vector<Event> events;
  for (const std::size_t session : {0UL, 1UL}) {
    for (const char* words :
         {"SELECT INBOX", "EXAMINE INBOX", "CLOSE", "EXPUNGE",
          "STORE 1 +FLAGS (\\Deleted)",
          "UID STORE 2:3 FLAGS.SILENT (\\Deleted)",
          "FETCH 1:* (UID BODY[TEXT])", "UID FETCH 1:* FLAGS", "SEARCH UNSEEN",
          "COPY 1 INBOX", "MOVE 1 other/box", "IDLE"}) {
      events.push_back({Happening::say, session, words, 0});
    }
    events.push_back({Happening::say, session, "DONE", 0});
  }
  events.push_back({Happening::deliver, 0, {}, 0});
  events.push_back({Happening::expunge, 0, {}, 1});
  events.push_back({Happening::foreign_expunge, 0, {}, 0});
  events.push_back({Happening::pass, 0, {}, 0});
  return events;
}

void say(Script& script, std::size_t session, const std::string& line) {
  script.push_back({Happening::say, session, line + "\r\n", 0});
}

// Both select INBOX, then `events`; then both look at what they know.
Script whole(const std::vector<const Event*>& events) {
  Script script;
  say(script, 0, "s0 SELECT INBOX");
  say(script, 1, "s1 SELECT INBOX");
  int tag = 0;
  for (const Event* event : events) {
    script.push_back(*event);
    if (event->what != Happening::say) continue;
    const bool is_done = event->octets == "DONE";
    script.back().octets = (is_done ? "" : "t" + std::to_string(++tag) + ' ') +
                           event->octets + "\r\n";
  }
  for (const std::size_t session : {0UL, 1UL}) {
    say(script, session, "DONE");  // Wherever it is not idle: BAD.
  }
  // Twice, so that the second finds nothing new.
  for (const char* line : {"n NOOP", "u UID FETCH 1:* (FLAGS)"}) {
    say(script, 0, line);
    say(script, 1, line);
  }
  return script;
}

// A client that has INBOX selected knows exactly what is there.
bool pictures_are_right(const Outcome& outcome) {
  std::vector<std::uint32_t> uids;
  for (const auto& [uid, flags] : outcome.inbox) uids.push_back(uid);
  for (const std::string& heard : outcome.heard) {
    if (heard.find("u OK UID FETCH") == std::string::npos) continue;
    if (model_of(heard).uids() != uids) return false;
  }
  return true;
}

std::string told(const Script& script, const Outcome& outcome) {
  std::string text;
  for (const Event& event : script) {
    text += std::to_string(static_cast<int>(event.what)) + "/" +
            std::to_string(event.session) + " " + event.octets + "\n";
  }
  return text + "---\n" + outcome.heard[0] + "---\n" + outcome.heard[1];
}

TEST(SessionWorld, holds_its_laws_in_every_state_within_three_steps) {
  const std::vector<Event> events = alphabet();
  std::size_t scripts = 0;
  for (const Event& first : events) {
    // The two sessions are alike: what the second does first is the first's.
    if (first.session == 1) continue;
    for (const Event& second : events) {
      for (const Event& third : events) {
        const Script script = whole({&first, &second, &third});
        const Outcome outcome = run_script(script, {});
        ASSERT_TRUE(law_answers_are_responses(outcome))
            << told(script, outcome);
        ASSERT_TRUE(law_numbers_make_sense(outcome)) << told(script, outcome);
        ASSERT_TRUE(law_each_command_is_answered_once(outcome))
            << told(script, outcome);
        ASSERT_TRUE(pictures_are_right(outcome)) << told(script, outcome);
        ++scripts;
      }
    }
  }
  EXPECT_EQ(scripts, 15'300U);
}

}  // namespace
}  // namespace postkeep::imap
