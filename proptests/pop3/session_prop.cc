// Two clients, deliveries, and others who take mail away: the laws of
// pop3/session_laws.h, and those of sessions before login.
#include <rapidcheck.h>

#include "pop3/login_session_laws.h"
#include "pop3/session_laws.h"

using namespace postkeep;
using namespace postkeep::pop3;

namespace {

rc::Gen<std::string> words() {
  return rc::gen::weightedElement<std::string>({
      {3, "STAT\r\n"},    {3, "LIST\r\n"},    {2, "LIST 2\r\n"},
      {3, "RETR 1\r\n"},  {3, "RETR 2\r\n"},  {1, "RETR 9\r\n"},
      {4, "DELE 1\r\n"},  {4, "DELE 2\r\n"},  {2, "DELE 3\r\n"},
      {2, "RSET\r\n"},    {1, "NOOP\r\n"},    {2, "TOP 2 1\r\n"},
      {1, "TOP 1 0\r\n"}, {3, "UIDL\r\n"},    {1, "UIDL 1\r\n"},
      {4, "QUIT\r\n"},    {1, "CAPA\r\n"},    {1, "LANG\r\n"},
      {1, "LANG en\r\n"}, {1, "LANG de\r\n"}, {1, "UTF8\r\n"},
      {1, "USER a\r\n"},  {1, "XYZZY\r\n"},   {1, "RETR -1\r\n"},
      {1, "RETR 0\r\n"},  {1, "half"},        {1, "\n"},
  });
}

rc::Gen<Event> event() {
  const auto client = rc::gen::inRange<std::size_t>(0, 2);
  return rc::gen::weightedOneOf<Event>({
      {8, rc::gen::apply(
              [](std::size_t which, std::string said) {
                return Event{Happening::say, which, std::move(said), 0};
              },
              client, words())},
      {2, rc::gen::apply(
              [](std::size_t which, Happening what, std::size_t number) {
                return Event{what, which, {}, number};
              },
              client,
              rc::gen::element(Happening::disconnect, Happening::deliver,
                               Happening::expunge, Happening::pass),
              rc::gen::inRange<std::size_t>(0, 9))},
  });
}

rc::Gen<imap::LoginEvent> login_event() {
  using imap::LoginEvent;
  using imap::LoginHappening;
  return rc::gen::weightedOneOf<LoginEvent>({
      {3, rc::gen::map(
              rc::gen::element<std::string>(
                  "USER fred\r\n", "PASS secret\r\n", "AUTH PLAIN\r\n",
                  "AUTH PLAIN AGZyZWQAc2VjcmV0\r\n", "AUTH PLAIN =\r\n",
                  "AUTH X\r\n", "AGZyZWQAc2VjcmV0\r\n", "*\r\n", "\r\n",
                  "====\r\n", "STLS\r\n", "CAPA\r\n", "UTF8\r\n", "LANG\r\n",
                  "STAT\r\n", "QUIT\r\n", "GET / HTTP/1.1\r\n", "half", "\n"),
              [](std::string said) {
                return LoginEvent{LoginHappening::say, std::move(said)};
              })},
      {2, rc::gen::map(
              rc::gen::element(
                  LoginHappening::refuse, LoginHappening::challenge,
                  LoginHappening::accept, LoginHappening::accept_with_more,
                  LoginHappening::start_tls, LoginHappening::pass),
              [](LoginHappening what) { return LoginEvent{what, {}}; })},
  });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("two sessions of one mailbox keep to the model", [] {
    const auto script = *rc::gen::container<std::vector<Event>>(event());
    const Outcome outcome = run_script(script, {});
    RC_ASSERT(outcome.fault.value_or("") == "");
    RC_ASSERT(law_answers_are_responses(outcome));
    RC_ASSERT(law_cuts_do_not_matter(script));
  });
  held &= rc::check("pop3::LoginSession keeps its laws", [](bool tls) {
    const auto script =
        *rc::gen::container<std::vector<imap::LoginEvent>>(login_event());
    RC_ASSERT(login_laws_hold(script, tls));
  });
  return held ? 0 : 1;
}
