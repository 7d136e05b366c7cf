// pop3::Session and pop3::LoginSession where a story cannot say it: limits,
// failures in the middle, who holds the lock.
#include "pop3/session.h"

#include <gtest/gtest.h>

#include "pop3/login_session.h"
#include "tests/imap/login_script.h"
#include "tests/imap/manual_clock.h"
#include "tests/imap/memory_store.h"
#include "tests/pop3/session_model.h"
#include "tests/pop3/session_script.h"

namespace postkeep::pop3 {
namespace {

class Pop3Session : public testing::Test {
 protected:
  void add(const std::string& text) {
    ASSERT_TRUE(store_.folder("INBOX").append(octets(text), {}, 0));
  }
  std::unique_ptr<Session> connect() {
    return std::make_unique<Session>(store_, lock_, clock_,
                                     SessionStart{.tls = true,
                                                  .utf8 = false,
                                                  .offers_login = true,
                                                  .mechanisms = {"PLAIN"}});
  }
  // Works to the end, taking everything.
  static std::string settle(Session& session) {
    std::string heard;
    while (session.has_work() || !session.output().empty()) {
      session.step();
      const Octets all = session.output();
      heard.append(all.begin(), all.end());
      session.output_taken(all.size());
    }
    return heard;
  }
  static std::string say(Session& session, const std::string& said) {
    session.received(octets(said));
    return settle(session);
  }

  imap::ManualClock clock_;
  imap::MemoryStore store_;
  MaildropLock lock_;
};

// A message of any size takes a bounded part of memory, and stops when the
// client does not read.
TEST_F(Pop3Session, a_large_message_is_sent_as_it_is_taken) {
  std::string text = "Subject: large\r\n\r\n";
  while (text.size() < 4 * 1024 * 1024) text += "..line\r\n";
  add(text);
  const auto session = connect();
  settle(*session);
  session->received(octets("RETR 1\r\n"));
  std::string heard;
  std::size_t most = 0;
  while (session->has_work() || !session->output().empty()) {
    while (session->has_work()) session->step();
    const Octets all = session->output();
    most = std::max(most, all.size());
    const std::size_t count = std::min<std::size_t>(all.size(), 50'000);
    heard.append(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
    session->output_taken(count);
  }
  EXPECT_LE(most, 2 * output_octets_max);
  EXPECT_EQ(unstuffed(heard.substr(heard.find("\r\n") + 2)), text);
}

TEST_F(Pop3Session, a_message_that_breaks_off_is_not_ended) {
  add("Subject: x\r\n\r\n" + std::string(100'000, 'x') + "\r\n");
  const auto session = connect();
  settle(*session);
  session->received(octets("RETR 1\r\nNOOP\r\n"));
  session->step();  // The command,
  session->step();  // and as much as there is room for.
  session->shut_down();
  EXPECT_FALSE(session->wants_close());  // Not in the middle.
  const std::string heard = settle(*session);
  EXPECT_TRUE(heard.ends_with("\r\n.\r\n"));
  EXPECT_TRUE(session->wants_close());
}

TEST_F(Pop3Session, who_does_not_read_is_left) {
  add("Subject: x\r\n\r\n" + std::string(300'000, 'x') + "\r\n");
  const auto session = connect();
  settle(*session);
  session->received(octets("RETR 1\r\n"));
  while (session->has_work()) session->step();
  clock_.pass(std::chrono::seconds(output_wait_seconds_max + 1));
  EXPECT_LE(session->deadline(), clock_.steady());
  session->tick();
  EXPECT_TRUE(session->wants_close());
  EXPECT_TRUE(session->output().empty());
  EXPECT_FALSE(lock_.is_held);
}

TEST_F(Pop3Session, input_is_bounded) {
  const auto session = connect();
  settle(*session);
  session->received(octets(std::string(output_octets_max, '\n')));
  EXPECT_FALSE(session->wants_input());
}

TEST_F(Pop3Session, the_lock_is_let_go_however_a_session_ends) {
  {
    const auto dead = connect();
    settle(*dead);
    EXPECT_TRUE(lock_.is_held);
    EXPECT_TRUE(settle(*connect()).starts_with("-ERR [IN-USE] "));
    EXPECT_TRUE(lock_.is_held);
  }
  EXPECT_FALSE(lock_.is_held);
  const auto session = connect();
  settle(*session);
  EXPECT_TRUE(say(*session, "QUIT\r\n").starts_with("+OK"));
  EXPECT_FALSE(lock_.is_held);
  EXPECT_EQ(session->commands(), 1U);
}

TEST_F(Pop3Session, a_mailbox_that_cannot_be_opened_is_sys_temp) {
  store_.fail_next(store::StoreError::trouble);
  const auto session = connect();
  EXPECT_TRUE(settle(*session).starts_with("-ERR [SYS/TEMP] "));
  EXPECT_TRUE(session->wants_close());
  EXPECT_FALSE(lock_.is_held);
  store_.folder("INBOX").fail_next(store::StoreError::trouble);
  EXPECT_TRUE(settle(*connect()).starts_with("-ERR [SYS/TEMP] "));
  EXPECT_TRUE(Session::write_unavailable().starts_with("-ERR [SYS/TEMP] "));
}

TEST_F(Pop3Session, what_cannot_be_removed_is_said) {
  add("Subject: x\r\n\r\n");
  const auto session = connect();
  settle(*session);
  say(*session, "DELE 1\r\n");
  store_.folder("INBOX").fail_next(store::StoreError::trouble);
  EXPECT_TRUE(say(*session, "QUIT\r\n").starts_with("-ERR [SYS/TEMP] "));
  EXPECT_TRUE(session->wants_close());
  EXPECT_EQ(store_.folder("INBOX").messages().size(), 1U);
}

TEST_F(Pop3Session, a_session_in_update_goes_to_its_end) {
  for (std::size_t i = 0; i < 2 * slice_messages_max + 1; ++i) add("a\r\n");
  const auto session = connect();
  settle(*session);
  std::string all;
  for (std::size_t i = 1; i <= 2 * slice_messages_max + 1; ++i) {
    all += "DELE " + std::to_string(i) + "\r\n";
  }
  say(*session, all);
  session->received(octets("QUIT\r\nNOOP\r\n"));
  session->step();
  session->step();
  EXPECT_EQ(store_.folder("INBOX").messages().size(), slice_messages_max + 1);
  clock_.pass(std::chrono::seconds(autologout_seconds_min + 1));
  session->tick();
  session->shut_down();
  EXPECT_EQ(settle(*session), "+OK Until next time\r\n");
  EXPECT_TRUE(store_.folder("INBOX").messages().empty());
}

TEST_F(Pop3Session, lists_are_made_in_slices) {
  for (std::size_t i = 0; i < 3 * slice_messages_max; ++i) add("a\r\n");
  const auto session = connect();
  settle(*session);
  for (const char* command : {"STAT\r\n", "LIST\r\n", "UIDL\r\n"}) {
    session->received(octets(command));
    std::size_t steps = 0;
    while (session->has_work()) {
      session->step();
      ++steps;
    }
    EXPECT_GE(steps, 3U) << command;
    settle(*session);
  }
}

TEST_F(Pop3Session, the_model_finds_no_fault_in_a_small_script) {
  const Script script{{Happening::say, 0, "DELE 1\r\nLIST\r\nRETR 2\r\n", 0},
                      {Happening::expunge, 0, {}, 1},
                      {Happening::say, 1, "STAT\r\n", 0},
                      {Happening::say, 0, "RETR 2\r\nSTAT\r\nQUIT\r\n", 0}};
  EXPECT_EQ(run_script(script, {}).fault.value_or(""), "");
}

// T01 for POP3: what was sent in clear never counts under TLS.
TEST(Pop3Login, octets_after_stls_close) {
  const auto make =
      +[](const login::Configuration& configuration, const Clock& clock) {
        return std::unique_ptr<login::Session>(
            std::make_unique<LoginSession>(configuration, clock));
      };
  const imap::LoginScript script{
      {imap::LoginHappening::say, "STLS\r\nUSER fred\r\nPASS secret\r\n"}};
  for (const std::size_t cut : {std::size_t{1}, std::size_t{1000}}) {
    const std::string text =
        imap::text(imap::run_login_script({}, script, cut, make));
    EXPECT_NE(text.find("close octets_after_starttls"), std::string::npos);
    EXPECT_EQ(text.find("check_password"), std::string::npos);
  }
}

}  // namespace
}  // namespace postkeep::pop3
