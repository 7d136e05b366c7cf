// Two sessions change one mailbox at random: whatever they do, each client's
// picture of it is right (imap/session.h).
#include <rapidcheck.h>

#include <algorithm>

#include "imap/session_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

namespace {

rc::Gen<std::string> command() {
  return rc::gen::weightedElement<std::string>({
      {3, "NOOP"},
      {3, "STORE 1 +FLAGS (\\Deleted)"},
      {2, "STORE 1:* -FLAGS (\\Seen)"},
      {2, "UID STORE 2:5 +FLAGS.SILENT (\\Deleted $Keyword)"},
      {2, "UID STORE 1:* FLAGS (\\Answered)"},
      {3, "EXPUNGE"},
      {2, "UID EXPUNGE 3:*"},
      {3, "FETCH 1:* (UID FLAGS)"},
      {2, "FETCH 1:2 BODY[]"},
      {2, "UID FETCH 1:* (BODY[TEXT] FLAGS)"},
      {1, "SEARCH UNSEEN"},
      {1, "UID SEARCH RETURN (SAVE COUNT) DELETED"},
      {1, "FETCH $ UID"},
      {2, "COPY 1 INBOX"},
      {1, "UID COPY 1:3 other/box"},
      {2, "MOVE 2 other/box"},
      {1, "UID MOVE 1:2 INBOX"},
      {2, "APPEND INBOX (\\Flagged) {3+}\r\nabc"},
      {1, "APPEND INBOX {3+}\r\nabc (\\Seen) {3+}\r\nabc () ~{1+}\r\nd"},
      {1, "APPEND INBOX {3+}\r\nabc {0+}\r\n"},
      {1, "LIST (SUBSCRIBED) \"\" * RETURN (STATUS (APPENDLIMIT MESSAGES))"},
      {1, "FETCH 1:2 (BINARY.SIZE[1] BINARY.PEEK[1])"},
      {2, "IDLE\r\nDONE"},
      {1, "CHECK"},
      {1, "STATUS INBOX (MESSAGES)"},
      {1, "CLOSE"},
      {1, "EXAMINE INBOX"},
      {3, "SELECT INBOX"},
      {1, "SELECT other/box"},
      {1, "RENAME INBOX other/old"},
      {1, "DELETE other/old"},
      {1, "NO SUCH COMMAND"},
      {1, "ENABLE QRESYNC"},
      {1, "ENABLE CONDSTORE"},
      {1, "ENABLE UTF8=ACCEPT"},
      {1, "SELECT INBOX (CONDSTORE)"},
      {2, "SELECT INBOX (QRESYNC (1 3))"},
      {1, "SELECT INBOX (QRESYNC (1 3 1:4 (1:3 1:3)))"},
      {2, "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 4 VANISHED)"},
      {1, "FETCH 1:* (UID MODSEQ) (CHANGEDSINCE 6)"},
      {2, "UID STORE 1:3 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Draft)"},
      {1, "STORE 1:2 (UNCHANGEDSINCE 9) FLAGS (\\Deleted)"},
      {1, "UID SEARCH 1 MODSEQ 3"},
      {1, "SEARCH RETURN (MIN MAX) MODSEQ 2"},
      {1, "STATUS INBOX (HIGHESTMODSEQ)"},
  });
}

rc::Gen<Event> event() {
  return rc::gen::oneOf(
      rc::gen::apply(
          [](bool second, const std::string& words) {
            return Event{Happening::say, second ? 1UL : 0UL, words, 0};
          },
          rc::gen::arbitrary<bool>(), command()),
      rc::gen::apply(
          [](Happening what, std::size_t number) {
            return Event{what, 0, {}, number};
          },
          rc::gen::element(Happening::deliver, Happening::expunge,
                           Happening::flag, Happening::foreign_expunge,
                           Happening::pass),
          rc::gen::inRange<std::size_t>(0, 8)));
}

// Commands get tags of their own; at the end both look at all of INBOX.
Script finished(Script script) {
  for (std::size_t i = 0; i < 2; ++i) {
    script.insert(script.begin(),
                  {Happening::say, i, "select SELECT INBOX\r\n", 0});
  }
  std::size_t tag = 0;
  for (Event& event : script) {
    if (event.what != Happening::say || event.octets.starts_with("select")) {
      continue;
    }
    event.octets = "t" + std::to_string(++tag) + ' ' + event.octets + "\r\n";
  }
  for (const char* words :
       {"last1 SELECT INBOX\r\n", "last2 FETCH 1:* (UID FLAGS)\r\n"}) {
    for (std::size_t i = 0; i < 2; ++i) {
      script.push_back({Happening::say, i, words, 0});
    }
  }
  return script;
}

// The same without selecting again: what was announced must be enough.
Script looked_at(Script script) {
  script = finished(std::move(script));
  script.resize(script.size() - 4);
  for (const char* words : {"n1 NOOP\r\n", "n2 UID FETCH 1:* (FLAGS)\r\n"}) {
    for (std::size_t i = 0; i < 2; ++i) {
      script.push_back({Happening::say, i, words, 0});
    }
  }
  return script;
}

// Commands that keep INBOX selected.
bool stays_in_inbox(const Event& event) {
  for (const char* word : {"SELECT", "EXAMINE", "CLOSE", "NO SUCH"}) {
    if (event.octets.find(word) != std::string::npos) return false;
  }
  return true;
}

std::vector<std::uint32_t> uids_of(const Outcome& outcome) {
  std::vector<std::uint32_t> uids;
  for (const auto& [uid, flags] : outcome.inbox) uids.push_back(uid);
  return uids;
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("answers, numbers and cuts", [] {
    const Script script = finished(*rc::gen::container<Script>(event()));
    const Outcome outcome = run_script(script, {});
    RC_ASSERT(law_answers_are_responses(outcome));
    RC_ASSERT(law_numbers_make_sense(outcome));
    RC_ASSERT(law_stores_are_flushed_first(outcome));
    RC_ASSERT(law_each_command_is_answered_once(outcome));
    RC_ASSERT(law_cuts_do_not_matter(script));
  });
  held &= rc::check("every tag is answered once", [] {
    const Script script = finished(*rc::gen::container<Script>(event()));
    const Outcome outcome = run_script(script, {});
    for (std::size_t i = 0; i < 2; ++i) {
      const ClientModel model = model_of(outcome.heard[i]);
      for (const Event& event : script) {
        if (event.what != Happening::say || event.session != i) continue;
        const std::string tag = event.octets.substr(0, event.octets.find(' '));
        RC_ASSERT(outcome.closed[i] || model.answers().contains(tag));
      }
      for (const auto& [tag, count] : model.answers()) {
        RC_ASSERT(count == 1 || tag == "*");
      }
    }
  });
  held &= rc::check("both clients come to know all of the mailbox", [] {
    Script events = *rc::gen::container<Script>(event());
    std::erase_if(events,
                  [](const Event& one) { return !stays_in_inbox(one); });
    const Outcome outcome = run_script(looked_at(events), {});
    for (std::size_t i = 0; i < 2; ++i) {
      const ClientModel model = model_of(outcome.heard[i]);
      RC_ASSERT(!outcome.closed[i]);
      RC_ASSERT(model.uids() == uids_of(outcome));
    }
  });
  return held ? 0 : 1;
}
