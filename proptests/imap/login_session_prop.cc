// Commands, answers and time in any order: the laws of imap/login_session.h.
#include <rapidcheck.h>

#include "imap/login_session_laws.h"

using namespace postkeep;
using namespace postkeep::imap;

namespace {

rc::Gen<std::string> words() {
  return rc::gen::weightedElement<std::string>({
      {3, "a NOOP\r\n"},
      {3, "b LOGIN fred secret\r\n"},
      {2, "c LOGIN {4}\r\nfred {6}\r\nsecret\r\n"},
      {2, "c LOGIN {4+}\r\nfred secret\r\n"},
      {4, "d AUTHENTICATE PLAIN\r\n"},
      {2, "e AUTHENTICATE PLAIN AGZyZWQAc2VjcmV0\r\n"},
      {1, "e AUTHENTICATE PLAIN =\r\n"},
      {3, "AGZyZWQAc2VjcmV0\r\n"},
      {2, "\r\n"},
      {2, "*\r\n"},
      {1, "====\r\n"},
      {3, "f STARTTLS\r\n"},
      {1, "g CAPABILITY\r\n"},
      {1, "h SELECT INBOX\r\n"},
      {1, "i ID NIL\r\n"},
      {1, "j LOGOUT\r\n"},
      {1, "k NO SUCH COMMAND\r\n"},
      {1, std::string("l NUL \0 in it\r\n", 15)},
      {1, "GET / HTTP/1.1\r\n"},
      {1, "half a"},
  });
}

rc::Gen<LoginEvent> event() {
  return rc::gen::weightedOneOf<LoginEvent>({
      {3, rc::gen::map(words(),
                       [](std::string said) {
                         return LoginEvent{LoginHappening::say,
                                           std::move(said)};
                       })},
      {2,
       rc::gen::map(rc::gen::weightedElement<LoginHappening>(
                        {{4, LoginHappening::refuse},
                         {4, LoginHappening::challenge},
                         {2, LoginHappening::accept},
                         {2, LoginHappening::accept_with_more},
                         {4, LoginHappening::start_tls},
                         {1, LoginHappening::pass},
                         {1, LoginHappening::shut_down}}),
                    [](LoginHappening what) { return LoginEvent{what, {}}; })},
  });
}

bool laws_hold(const LoginScript& script, bool tls) {
  login::Configuration configuration;
  configuration.tls = tls;
  const LoginOutcome outcome =
      run_login_script(configuration, script, std::size_t{1} << 20);
  return law_one_question_at_a_time(outcome) &&
         law_the_end_is_the_end(outcome) &&
         law_tls_before_passwords(outcome, tls) &&
         law_login_answers_are_responses(outcome) &&
         law_login_cuts_do_not_matter(configuration, script);
}

}  // namespace

int main() {
  return rc::check("imap::LoginSession keeps its laws",
                   [](bool tls) {
                     const auto script =
                         *rc::gen::container<std::vector<LoginEvent>>(event());
                     RC_ASSERT(laws_hold(script, tls));
                   })
             ? 0
             : 1;
}
