// What smtp/server_session.h says beside its replies: dialogues cannot see it.
#include "smtp/server_session.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <variant>

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

class SmtpServerSession : public testing::Test {
 protected:
  SmtpServerSession() {
    session_.start(now_);
    say("EHLO client.example.org\r\n");
  }
  void say(const std::string& octets) {
    session_.received(postkeep::octets(octets), now_);
    asked_.reset();
    while (const auto effect = session_.next_effect()) {
      if (const auto* ask = std::get_if<AskRecipient>(&*effect)) asked_ = *ask;
    }
  }
  // RCPT, answered with that many users; how many there were before it.
  std::size_t ask(std::size_t users_count) {
    say("RCPT TO:<ann@example.org>\r\n");
    if (!asked_) return 999;
    RecipientAnswer answer{.verdict = RecipientVerdict::local, .users = {}};
    answer.users.resize(users_count, {"somebody@example.org", ""});
    const AskRecipient asked = *asked_;
    session_.recipient_answer(asked.question, answer, now_);
    say("");
    return asked.users_count;
  }

  SteadyTime now_{std::chrono::hours(1)};
  ServerSession session_{std::make_shared<const ServerOptions>(), "session",
                         Peer{.address = "192.0.2.1"}, std::nullopt};
  std::optional<AskRecipient> asked_;
};

// An offer holds so many users: the role counts those of one transaction, not
// of all that the session began.
TEST_F(SmtpServerSession, users_are_counted_anew_in_each_transaction) {
  for (int i = 0; i < 2; ++i) {
    say("MAIL FROM:<bob@example.net>\r\n");
    EXPECT_EQ(ask(3), 0U);
    EXPECT_EQ(ask(4), 3U);
    EXPECT_EQ(ask(1), 7U);
    say("RSET\r\n");
  }
}

}  // namespace
