// docs/smtp_client_session.md shows the table that the session runs on: this
// test writes it from the code again and compares.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "smtp/client_session.h"

using namespace postkeep::smtp;

namespace {

std::string states(ClientStates set) {
  std::string text;
  for (int i = 0; i <= static_cast<int>(ClientState::closed); ++i) {
    const auto state = static_cast<ClientState>(i);
    if (!contains(set, state)) continue;
    if (!text.empty()) text += ", ";
    text += name(state);
  }
  return text.empty() ? "the same" : text;
}

std::string events(ClientEvents set) {
  std::string text;
  for (int i = 0; i <= static_cast<int>(ClientEvent::timeout); ++i) {
    const auto event = static_cast<ClientEvent>(i);
    if (!contains(set, event)) continue;
    if (!text.empty()) text += ", ";
    text += name(event);
  }
  return text;
}

// The picture has what leads from one state to another; what changes nothing
// stands in the table.
std::string picture() {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> arrows;
  for (const ClientTransition& row : ClientSession::transitions()) {
    for (int i = 0; i <= static_cast<int>(ClientState::closed); ++i) {
      for (int k = 0; k < static_cast<int>(ClientState::closed); ++k) {
        const auto from = static_cast<ClientState>(i);
        const auto to = static_cast<ClientState>(k);
        if (i == k || !contains(row.from, from) || !contains(row.to, to)) {
          continue;
        }
        arrows[{std::string{name(from)}, std::string{name(to)}}].emplace(
            events(row.events));
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
      "# One SMTP session, client side\n\n"
      "Written from `ClientSession::transitions()` (src/smtp/client_table.cc) "
      "by\ntests/smtp/client_table_test.cc, which fails when this page is not "
      "what the code\ndoes. `tests/smtp/client_explore_test.cc` plays every "
      "session of a small world on\nthe production code and shows that each "
      "row "
      "happens, and that what the client\nbelieves of each recipient is "
      "true.\n\n"
      "A state's name says which reply is awaited; with PIPELINING more "
      "commands "
      "are out\nthan the one. An answer of the role without a row came too "
      "late "
      "and changes\nnothing. Any row may also end in `closed`; the picture "
      "leaves "
      "that state out.\n\n" +
      picture() + "\n| in | event | leads to | done by |\n|---|---|---|---|\n";
  for (const ClientTransition& row : ClientSession::transitions()) {
    text += "| " + states(row.from) + " | " + events(row.events) + " | " +
            states(row.to) + " | `" + std::string{row.member} + "` |\n";
  }
  return text;
}

TEST(SmtpClientTable, the_page_shows_what_the_code_does) {
  std::ifstream in(POSTKEEP_TOP "/docs/smtp_client_session.md",
                   std::ios::binary);
  const std::string written{std::istreambuf_iterator<char>(in), {}};
  const std::string wanted = page();
  if (written == wanted) return;
  const std::string out = testing::TempDir() + "smtp_client_session.md";
  std::ofstream(out, std::ios::binary) << wanted;
  FAIL() << "docs/smtp_client_session.md is not what the code does; " << out
         << " is: look at it, then copy it there";
}

}  // namespace
