// role/auth.h on simulated ports: answers, delays, fairness, hand-over.
#include "role/auth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <set>
#include <string>
#include <vector>

#include "auth/accounts.h"
#include "role/rig.h"
#include "role/role_table.h"

using namespace postkeep;
using namespace postkeep::role;
using namespace std::chrono_literals;

namespace {

const std::string configuration =
    "hostname = \"mail.example.org\"\n"
    "domains = [\"example.org\", \"example.com\"]\n"
    "[accounts]\n"
    "argon2_passes = 1\n"
    "argon2_memory_kib = 8192\n"
    "delay_first_milliseconds = 1000\n"
    "delay_seconds_max = 30\n"
    "verified_seconds = 600\n";

std::string plain(const std::string& user, const std::string& password) {
  return std::string(1, '\0') + user + std::string(1, '\0') + password;
}

class RoleAuth : public testing::Test {
 protected:
  void SetUp() override {
    rig_.give("configuration", configuration);
    rig_.give("accounts", auth::some_accounts());
    ASSERT_TRUE(rig_.build(make_auth)) << rig_.log.lines.back();
    login_ = rig_.meet(ipc::RoleName::login);
  }

  ipc::AuthStep step_of(std::uint64_t exchange, const std::string& response,
                        const std::string& peer = "192.0.2.1") {
    return {.exchange = exchange,
            .session = "s" + std::to_string(exchange),
            .peer = peer,
            .mechanism = "PLAIN",
            .has_response = true,
            .response = {response.begin(), response.end()},
            .tls_exporter = {},
            .tls_end_point = {}};
  }
  // One login by PLAIN, from beginning to end, without letting time pass.
  ipc::AuthAnswer try_login(const std::string& user,
                            const std::string& password,
                            const std::string& peer = "192.0.2.1") {
    login_->send(step_of(++last_, plain(user, password), peer));
    rig_.settle();
    const auto answers = login_->take<ipc::AuthAnswer>();
    return answers.empty() ? ipc::AuthAnswer() : answers[0];
  }

  Rig rig_{ipc::RoleName::auth};
  std::unique_ptr<RigPeer> login_;
  std::uint64_t last_ = 0;
};

TEST_F(RoleAuth, answers_the_question_of_rcpt) {
  const auto peer = rig_.meet(ipc::RoleName::smtp_in);
  std::uint64_t number = 0;
  for (const char* mailbox : {"sales@example.org", "nobody@example.org",
                              "a@elsewhere.example", "postmaster"}) {
    peer->send(ipc::RecipientQuestion{++number, mailbox});
  }
  rig_.settle();
  const auto answers = peer->take<ipc::RecipientAnswer>();
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0].verdict, ipc::RecipientVerdict::local);
  ASSERT_EQ(answers[0].users.size(), 2U);
  EXPECT_EQ(answers[0].users[1].user, "bob@example.org");
  EXPECT_EQ(answers[1].verdict, ipc::RecipientVerdict::unknown);
  EXPECT_EQ(answers[2].verdict, ipc::RecipientVerdict::not_local);
  EXPECT_EQ(answers[3].verdict, ipc::RecipientVerdict::local);
  EXPECT_EQ(answers[3].question, 4U);
}

TEST_F(RoleAuth, says_in_whose_name_a_login_may_write) {
  const auto peer = rig_.meet(ipc::RoleName::submission);
  const auto ask = [&](const std::string& login,
                       std::vector<std::string> addresses) {
    peer->send(ipc::SenderQuestion{.question = ++last_,
                                   .login = login,
                                   .addresses = std::move(addresses)});
    rig_.settle();
    return peer->take<ipc::SenderAnswer>().at(0);
  };
  EXPECT_EQ(ask("Alice@example.org", {"alice+x@example.org"}).verdict,
            ipc::SenderVerdict::permitted);
  EXPECT_EQ(ask("Alice@example.org", {}).verdict,
            ipc::SenderVerdict::permitted);
  const auto refused =
      ask("Alice@example.org", {"sales@example.org", "bob@example.org"});
  EXPECT_EQ(refused.verdict, ipc::SenderVerdict::refused);
  EXPECT_EQ(refused.address, "bob@example.org");
  EXPECT_EQ(refused.question, last_);
  // An account that is no more, and one that never was.
  EXPECT_EQ(ask("gone@example.org", {}).verdict, ipc::SenderVerdict::refused);
  rig_.give("configuration",
            configuration + "[submission]\nshared_aliases = false\n");
  rig_.give("accounts", auth::some_accounts());
  rig_.role->reload();
  EXPECT_EQ(ask("Alice@example.org", {"sales@example.org"}).verdict,
            ipc::SenderVerdict::refused);
  // Strangers' roles learn nothing of it.
  const auto stranger = rig_.meet(ipc::RoleName::smtp_in);
  stranger->send(ipc::SenderQuestion{
      .question = 1, .login = "Alice@example.org", .addresses = {}});
  stranger->send(ipc::UsageReport{});
  rig_.settle();
  EXPECT_TRUE(stranger->take<ipc::SenderAnswer>().empty());
  EXPECT_TRUE(rig_.log.has("question_refused peer=smtp_in"));
}

TEST_F(RoleAuth, counts_what_a_login_sends) {
  rig_.give("configuration", configuration +
                                 "[submission]\nmessages_per_hour_max = 2\n"
                                 "recipients_per_day_max = 10\n");
  rig_.give("accounts", auth::some_accounts());
  rig_.role->reload();
  auto peer = rig_.meet(ipc::RoleName::submission);
  const auto send = [&](std::uint32_t recipients) {
    peer->send(ipc::SenderQuestion{.question = ++last_,
                                   .login = "Alice@example.org",
                                   .addresses = {"alice@example.org"},
                                   .recipients = recipients});
    rig_.settle();
    return peer->take<ipc::SenderAnswer>().at(0);
  };
  EXPECT_EQ(send(0).recipients_left, 10U);
  EXPECT_EQ(send(4).recipients_left, 6U);
  const auto too_many = send(7);
  EXPECT_EQ(too_many.verdict, ipc::SenderVerdict::limited);
  EXPECT_EQ(too_many.limit, ipc::SendingLimit::recipients_per_day);
  EXPECT_EQ(too_many.limit_max, 10U);
  EXPECT_EQ(too_many.wait_seconds, 24U * 3600);
  EXPECT_EQ(send(1).verdict, ipc::SenderVerdict::permitted);
  const auto too_often = send(0);
  EXPECT_EQ(too_often.limit, ipc::SendingLimit::messages_per_hour);
  EXPECT_EQ(too_often.limit_max, 2U);
  rig_.pass(1h);
  EXPECT_EQ(send(1).verdict, ipc::SenderVerdict::permitted);
}

TEST_F(RoleAuth, hears_what_was_counted_before_it_started) {
  const auto peer = rig_.meet(ipc::RoleName::submission);
  peer->send(ipc::UsageReport{
      .usages = {{.account = "Alice@example.org",
                  .hour_age_microseconds = 1'800'000'000,
                  .hour_messages = 300,
                  .hour_recipients = 300,
                  .day_age_microseconds = ~std::uint64_t{0},
                  .day_messages = ~std::uint64_t{0},
                  .day_recipients = 1},
                 {.account = "nobody@example.org", .hour_messages = 1}}});
  peer->send(ipc::SenderQuestion{.question = 1,
                                 .login = "Alice@example.org",
                                 .addresses = {},
                                 .recipients = 1});
  rig_.settle();
  const auto answer = peer->take<ipc::SenderAnswer>().at(0);
  EXPECT_EQ(answer.limit, ipc::SendingLimit::messages_per_hour);
  EXPECT_EQ(answer.wait_seconds, 1800U);
}

TEST_F(RoleAuth, lets_in_who_knows_the_password) {
  const ipc::AuthAnswer answer = try_login("ALICE@example.org", "wonder land");
  EXPECT_EQ(answer.verdict, ipc::AuthVerdict::success);
  EXPECT_EQ(answer.user, "Alice@example.org");
  EXPECT_TRUE(
      rig_.log.has("login_succeeded session=s1 user=Alice@example.org"));
}

TEST_F(RoleAuth, wrong_unknown_and_locked_look_alike) {
  for (const char* user : {"alice@example.org", "nobody@example.org",
                           "bob@example.org", "sales@example.org"}) {
    const std::size_t before = rig_.log.lines.size();
    const ipc::AuthAnswer answer = try_login(user, "!", "192.0.2.9");
    EXPECT_EQ(answer.verdict, ipc::AuthVerdict::failure) << user;
    EXPECT_TRUE(answer.user.empty() && answer.octets.empty());
    EXPECT_EQ(rig_.log.lines.size(), before + 1);
    rig_.pass(1h);  // So that delays do not tell them apart.
  }
}

TEST_F(RoleAuth, nobody_costs_a_worker_as_much_as_somebody) {
  for (const char* user : {"alice@example.org", "nobody@example.org"}) {
    login_->send(step_of(++last_, plain(user, "x")));
    rig_.post.deliver_all();
    EXPECT_EQ(rig_.workers.waiting(), 1U) << user;
    rig_.settle();
  }
}

// Not how many, but how much: processor time of a check, the least of several.
TEST_F(RoleAuth, the_check_of_nobody_takes_as_long_as_that_of_somebody) {
  // As many of each, in turn: what else the machine does meets all the same.
  const std::array<const char*, 5> users{
      "alice@example.org", "user@example.com", "nobody@example.org",
      "another@example.com", "bob@example.org"};  // Bob's is locked.
  auto file = *auth::AccountFile::read(octets(auth::some_accounts()));
  const auto record =
      *auth::new_record(octets("pencil"), {2, 16 * 1024}, rig_.random);
  for (const char* user :
       {"Alice@example.org", "user@example.com", "mary-ann@example.org"}) {
    file.put(auth::Account{user, auth::write(record), "", 0});
  }
  rig_.give("accounts", file.write());
  rig_.give("configuration", configuration);
  rig_.role->reload();
  std::array<std::clock_t, users.size()> least{};
  for (int turn = 0; turn < 7; ++turn) {
    for (std::size_t n = 0; n < users.size(); ++n) {
      // Another peer each time, and an hour: no delay is in the way.
      login_->send(step_of(++last_, plain(users[n], "wrong"),
                           "192.0.2." + std::to_string(turn * 5 + int(n))));
      rig_.post.deliver_all();
      ASSERT_EQ(rig_.workers.waiting(), 1U) << users[n];
      const std::clock_t begun = std::clock();
      ASSERT_TRUE(rig_.workers.work());
      const std::clock_t took = std::clock() - begun;
      if (turn == 0 || took < least[n]) least[n] = took;
      rig_.pass(1h);
    }
  }
  // Without a computation it would be a thousandth, at the cost configured here
  // a quarter.
  const auto [fastest, slowest] = std::ranges::minmax(least);
  EXPECT_GT(fastest * 2, slowest) << fastest << " to " << slowest;
  EXPECT_GT(fastest, CLOCKS_PER_SEC / 1000) << "something was computed";
}

// Accounts whose records were made before the cost was raised: who is not there
// costs what one of them does, and always the same.
TEST_F(RoleAuth, nobody_hides_among_records_of_any_age) {
  auto file = *auth::AccountFile::read(octets(auth::some_accounts()));
  const auto record =
      *auth::new_record(octets("new"), {3, 32 * 1024}, rig_.random);
  file.put(auth::Account{"Alice@example.org", auth::write(record), "", 0});
  rig_.give("accounts", file.write());
  rig_.give("configuration", configuration);
  rig_.role->reload();
  std::set<bool> costs;
  for (int number = 0; number < 24; ++number) {
    const std::string user = "nobody" + std::to_string(number) + "@example.org";
    std::set<bool> of_one;
    for (int turn = 0; turn < 2; ++turn) {
      login_->send(step_of(++last_, plain(user, "x"),
                           "192.0.2." + std::to_string(number)));
      rig_.post.deliver_all();
      const std::clock_t begun = std::clock();
      ASSERT_TRUE(rig_.workers.work());
      // The old records' takes microseconds, the new one's tens of thousands.
      of_one.insert(std::clock() - begun > CLOCKS_PER_SEC / 100);
      rig_.pass(1h);
    }
    EXPECT_EQ(of_one.size(), 1U) << user;
    costs.merge(of_one);
  }
  EXPECT_EQ(costs.size(), 2U);
}

TEST_F(RoleAuth, a_login_of_a_moment_ago_costs_no_worker) {
  (void)try_login("alice@example.org", "wonder land");
  login_->send(step_of(++last_, plain("alice@example.org", "wonder land")));
  rig_.post.deliver_all();
  EXPECT_EQ(rig_.workers.waiting(), 0U);
  const auto answers = login_->take<ipc::AuthAnswer>();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].verdict, ipc::AuthVerdict::success);
  rig_.timers.pass(600s);
  login_->send(step_of(++last_, plain("alice@example.org", "wonder land")));
  rig_.post.deliver_all();
  EXPECT_EQ(rig_.workers.waiting(), 1U);
}

TEST_F(RoleAuth, a_new_password_ends_the_old_one_at_once) {
  (void)try_login("alice@example.org", "wonder land");
  auto file = *auth::AccountFile::read(octets(auth::some_accounts()));
  file.put(
      auth::Account{"Alice@example.org", auth::cheap_record("new"), "", 0});
  rig_.give("accounts", file.write());
  rig_.give("configuration", configuration);
  rig_.role->reload();
  EXPECT_EQ(try_login("alice@example.org", "wonder land").verdict,
            ipc::AuthVerdict::failure);
  EXPECT_EQ(try_login("alice@example.org", "new").verdict,
            ipc::AuthVerdict::success);
}

TEST_F(RoleAuth, a_reload_that_fails_leaves_the_table_that_was) {
  rig_.give("accounts", "nonsense\n");
  rig_.role->reload();
  EXPECT_TRUE(rig_.log.has("accounts_unusable line=1 why=outside_grammar"));
  EXPECT_EQ(try_login("alice@example.org", "wonder land").verdict,
            ipc::AuthVerdict::success);
}

TEST_F(RoleAuth, guesses_wait_longer_and_longer) {
  for (int i = 0; i < 5; ++i) {
    (void)try_login("alice@example.org", "guess", "192.0.2.66");
    rig_.pass(5s);
  }
  // The sixth guess is not even looked at before its time.
  login_->take<ipc::AuthAnswer>();
  login_->send(
      step_of(++last_, plain("mary-ann@example.org", "x"), "192.0.2.66"));
  rig_.settle();
  EXPECT_TRUE(login_->heard.empty());
  rig_.pass(5s);
  const auto answers = login_->take<ipc::AuthAnswer>();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].verdict, ipc::AuthVerdict::success);
  // Somebody else, somewhere else, has not noticed.
  EXPECT_EQ(try_login("user@example.com", "pencil", "198.51.100.1").verdict,
            ipc::AuthVerdict::success);
}

TEST_F(RoleAuth, a_thousand_guesses_keep_nobody_else_waiting) {
  for (int i = 0; i < 1000; ++i) {
    login_->send(
        step_of(++last_, plain("alice@example.org", "guess"), "192.0.2.66"));
  }
  login_->send(
      step_of(5000, plain("user@example.com", "pencil"), "198.51.100.1"));
  rig_.post.deliver_all();
  // Two jobs are with the workers; the owner's is among the next two.
  for (int i = 0; i < 4; ++i) {
    rig_.workers.work();
    rig_.post.deliver_all();
  }
  bool is_in = false;
  std::size_t deferred = 0;
  for (const auto& answer : login_->take<ipc::AuthAnswer>()) {
    is_in |=
        answer.exchange == 5000 && answer.verdict == ipc::AuthVerdict::success;
    deferred += answer.verdict == ipc::AuthVerdict::trouble ? 1U : 0U;
  }
  EXPECT_TRUE(is_in);
  EXPECT_GE(deferred, 900U) << "most were turned away, not queued";
  rig_.settle();
}

TEST_F(RoleAuth, mechanisms_that_are_not_there_fail) {
  for (const char* mechanism : {"", "NTLM", "CRAM-MD5", "EXTERNAL"}) {
    ipc::AuthStep step = step_of(++last_, "x");
    step.mechanism = mechanism;
    login_->send(step);
    rig_.settle();
    const auto answers = login_->take<ipc::AuthAnswer>();
    ASSERT_EQ(answers.size(), 1U) << mechanism;
    EXPECT_EQ(answers[0].verdict, ipc::AuthVerdict::failure);
  }
}

TEST_F(RoleAuth, a_challenge_is_answered_step_by_step) {
  ipc::AuthStep step = step_of(1, "");
  step.mechanism = "login";
  step.has_response = false;
  login_->send(step);
  rig_.settle();
  auto answers = login_->take<ipc::AuthAnswer>();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].verdict, ipc::AuthVerdict::challenge);
  ipc::AuthStep next = step_of(1, "alice@example.org");
  next.mechanism = "";
  login_->send(next);
  rig_.settle();
  next = step_of(1, "wonder land");
  next.mechanism = "";
  login_->send(next);
  rig_.settle();
  answers = login_->take<ipc::AuthAnswer>();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].verdict, ipc::AuthVerdict::success);
}

TEST_F(RoleAuth, a_session_goes_to_the_user_it_proved_and_to_no_other) {
  (void)try_login("alice@example.org", "wonder land");
  const auto hand_over = [&](std::uint64_t exchange) {
    std::vector<Descriptor> stream;
    stream.push_back(rig_.memory.seal_text("a stream"));
    login_->send(ipc::SessionHandOver{.exchange = exchange,
                                      .user = "bob@example.org",
                                      .session = "s",
                                      .peer = "192.0.2.1",
                                      .service = "imap",
                                      .tag = "a1",
                                      .unread = {},
                                      .response = {}},
                 std::move(stream));
    rig_.settle();
  };
  hand_over(99);
  EXPECT_TRUE(rig_.supervisor.heard.empty());
  EXPECT_TRUE(rig_.log.has("hand_over_refused"));
  hand_over(1);
  ASSERT_EQ(rig_.supervisor.heard.size(), 1U);
  EXPECT_TRUE(if_message<ipc::SessionHandOver>(
      rig_.supervisor.heard[0], [](const ipc::SessionHandOver& given) {
        EXPECT_EQ(given.user, "Alice@example.org");
      }));
  EXPECT_EQ(rig_.supervisor.heard[0].descriptors.size(), 1U);
  hand_over(1);
  EXPECT_EQ(rig_.supervisor.heard.size(), 1U) << "once, not twice";
}

// What a hole in login could try: an exchange that has been proved is used up.
TEST_F(RoleAuth, a_proved_exchange_is_not_stepped_again) {
  (void)try_login("alice@example.org", "wonder land");
  ipc::AuthStep again = step_of(last_, plain("alice@example.org", "x"));
  login_->send(again);
  rig_.settle();
  const auto answers = login_->take<ipc::AuthAnswer>();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].verdict, ipc::AuthVerdict::trouble);
  std::vector<Descriptor> stream;
  stream.push_back(rig_.memory.seal_text("a stream"));
  login_->send(ipc::SessionHandOver{.exchange = last_,
                                    .user = "Alice@example.org",
                                    .session = "s",
                                    .peer = "192.0.2.1",
                                    .service = "imap",
                                    .tag = "a1",
                                    .unread = {},
                                    .response = {}},
               std::move(stream));
  rig_.settle();
  EXPECT_TRUE(rig_.supervisor.heard.empty());
  EXPECT_TRUE(rig_.log.has("hand_over_refused"));
}

TEST_F(RoleAuth, only_login_hands_sessions_over) {
  const auto submission = rig_.meet(ipc::RoleName::submission);
  submission->send(step_of(1, plain("alice@example.org", "wonder land")));
  rig_.settle();
  std::vector<Descriptor> stream;
  stream.push_back(rig_.memory.seal_text("a stream"));
  submission->send(ipc::SessionHandOver{.exchange = 1,
                                        .user = {},
                                        .session = {},
                                        .peer = {},
                                        .service = {},
                                        .tag = {},
                                        .unread = {},
                                        .response = {}},
                   std::move(stream));
  rig_.settle();
  EXPECT_TRUE(rig_.supervisor.heard.empty());
}

TEST_F(RoleAuth, a_check_that_nobody_waits_for_is_not_made) {
  for (std::uint64_t one = 1; one <= 5; ++one) {
    login_->send(step_of(one, plain("nobody@example.org", "a password")));
  }
  for (std::uint64_t one = 1; one <= 5; ++one) login_->send(ipc::AuthEnd{one});
  rig_.post.deliver_all();
  int checks = 0;
  while (rig_.workers.work()) checks += 1;
  EXPECT_EQ(checks, 2) << "those that had begun";
}

TEST_F(RoleAuth, a_role_asks_for_what_it_is_there_for) {
  const auto smtp_in = rig_.meet(ipc::RoleName::smtp_in);
  smtp_in->send(step_of(1, plain("alice@example.org", "wonder land")));
  login_->send(ipc::RecipientQuestion{1, "alice@example.org"});
  rig_.settle();
  EXPECT_TRUE(smtp_in->heard.empty());
  EXPECT_TRUE(login_->heard.empty());
  EXPECT_TRUE(rig_.log.has("question_refused peer=smtp_in"));
  EXPECT_TRUE(rig_.log.has("question_refused peer=login"));
}

TEST_F(RoleAuth, an_exchange_that_is_given_up_is_forgotten) {
  login_->send(step_of(1, plain("alice@example.org", "wonder land")));
  login_->send(ipc::AuthEnd{1});
  rig_.settle();
  EXPECT_TRUE(login_->take<ipc::AuthAnswer>().empty());
  // A peer that died and came back starts from nothing.
  login_->send(step_of(2, plain("alice@example.org", "wonder land")));
  rig_.post.deliver_all();
  login_ = rig_.meet(ipc::RoleName::login);
  rig_.settle();
  EXPECT_TRUE(login_->heard.empty());
}

}  // namespace
