// docs/smtp_session.md shows the table that the session runs on: this test
// writes it from the code again and compares.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "smtp/server_session.h"

using namespace postkeep::smtp;

namespace {

std::string states(ServerStates set) {
  std::string text;
  for (int i = 0; i <= static_cast<int>(ServerState::closed); ++i) {
    const auto state = static_cast<ServerState>(i);
    if (!contains(set, state)) continue;
    if (!text.empty()) text += ", ";
    text += name(state);
  }
  return text.empty() ? "the same" : text;
}

// The picture has what leads from one state to another; what changes nothing
// stands in the table.
std::string picture() {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> arrows;
  for (const ServerTransition& row : ServerSession::transitions()) {
    for (int i = 0; i <= static_cast<int>(ServerState::closed); ++i) {
      for (int k = 0; k < static_cast<int>(ServerState::closed); ++k) {
        const auto from = static_cast<ServerState>(i);
        const auto to = static_cast<ServerState>(k);
        if (i == k || !contains(row.from, from) || !contains(row.to, to)) {
          continue;
        }
        arrows[{std::string{name(from)}, std::string{name(to)}}].emplace(
            name(row.event));
      }
    }
  }
  std::string text = "```mermaid\nstateDiagram-v2\n  [*] --> connected\n";
  for (const auto& [ends, events] : arrows) {
    text += "  " + ends.first + " --> " + ends.second + ": ";
    bool first = true;
    for (const std::string& event : events) {
      text += (first ? "" : ", ") + event;
      first = false;
    }
    text += '\n';
  }
  return text + "```\n";
}

std::string page() {
  std::string text =
      "# One SMTP session, server side\n\n"
      "Written from `ServerSession::transitions()` (src/smtp/server_table.cc) "
      "by\ntests/smtp/server_table_test.cc, which fails when this page is not "
      "what the code\ndoes. `tests/smtp/server_explore_test.cc` tries every "
      "sequence of events on the\nproduction code and shows that each row "
      "happens.\n\nA command without a row is out of order: 503, and nothing "
      "changes. An answer\nwithout a row came too late and changes nothing. "
      "Any row may also end in\n`closed`, where a limit says so; the picture "
      "leaves that state out.\n\n" +
      picture() + "\n| in | event | leads to | done by |\n|---|---|---|---|\n";
  for (const ServerTransition& row : ServerSession::transitions()) {
    text += "| " + states(row.from) + " | " + std::string{name(row.event)} +
            " | " + states(row.to) + " | `" + std::string{row.member} + "` |\n";
  }
  return text;
}

TEST(SmtpServerTable, the_page_shows_what_the_code_does) {
  std::ifstream in(POSTKEEP_TOP "/docs/smtp_session.md", std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(in), {}};
  const std::string wanted = page();
  if (written == wanted) return;
  const std::string out = testing::TempDir() + "smtp_session.md";
  std::ofstream(out, std::ios::binary) << wanted;
  FAIL() << "docs/smtp_session.md is not what the code does; " << out
         << " is: look at it, then copy it there";
}

}  // namespace
