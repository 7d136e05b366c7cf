// What the operator sets for sessions, in the sessions themselves.
#include "role/user_session.h"

#include <gtest/gtest.h>

#include "role/login_configuration.h"
#include "tests/imap/manual_clock.h"
#include "tests/imap/memory_store.h"

namespace postkeep::role {
namespace {

ipc::SessionHandOver given(const std::string& service) {
  ipc::SessionHandOver message;
  message.user = "fred";
  message.service = service;
  message.tag = "L";
  return message;
}

class Session {
 public:
  Session(const std::string& service, const config::Config& config)
      : session_(make_user_session(
            given(service), UserMail{store_, lock_, clock_, config, user_})) {
    static_cast<void>(answer_to(""));
  }

  std::string answer_to(std::string_view wire) {
    session_->received(octets(wire));
    std::string heard;
    while (session_->has_work() || !session_->output().empty()) {
      session_->step();
      const Octets out = session_->output();
      heard.append(reinterpret_cast<const char*>(out.data()), out.size());
      session_->output_taken(out.size());
    }
    return heard;
  }

  [[nodiscard]] std::int64_t seconds_left() const {
    return std::chrono::duration_cast<std::chrono::seconds>(
               session_->deadline() - clock_.steady())
        .count();
  }

 private:
  imap::MemoryStore store_;
  imap::ManualClock clock_;
  pop3::MaildropLock lock_;
  std::string user_ = "fred";
  std::unique_ptr<UserSession> session_;
};

TEST(UserSession, imap_waits_as_long_as_is_set) {
  config::Config config;
  EXPECT_EQ(Session("imap", config).seconds_left(), 1830);
  config.timeouts.imap_idle_seconds = 90;
  EXPECT_EQ(Session("imap", config).seconds_left(), 90);
}

TEST(UserSession, pop3_waits_as_long_as_is_set) {
  config::Config config;
  config.timeouts.pop3_idle_seconds = 700;
  EXPECT_EQ(Session("pop3", config).seconds_left(), 700);
}

TEST(UserSession, nothing_else_reads_mail) {
  const config::Config config;
  imap::MemoryStore store;
  const imap::ManualClock clock;
  pop3::MaildropLock lock;
  const std::string user = "fred";
  EXPECT_EQ(make_user_session(given("smtp"),
                              UserMail{store, lock, clock, config, user}),
            nullptr);
}

TEST(UserSession, logins_wait_as_long_as_is_set) {
  config::Config config;
  EXPECT_EQ(login_configuration(config, true).wait, std::chrono::minutes(3));
  config.timeouts.login_seconds = 20;
  EXPECT_EQ(login_configuration(config, true).wait, std::chrono::seconds(20));
}

TEST(UserSession, imap_takes_what_is_set) {
  config::Config config;
  config.limits.imap_line_octets_max = 8000;
  config.limits.imap_literal_octets_max = 1024;
  config.limits.imap_literals_max = 8;
  config.limits.imap_command_octets_max = 65536;
  config.limits.imap_append_messages_max = 1;
  config.limits.imap_search_keys_max = 16;
  config.limits.message_octets_max = 65536;
  Session session("imap", config);
  const auto keys = [](int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += " SEEN";
    return list + "\r\n";
  };
  EXPECT_TRUE(session.answer_to("a SELECT INBOX\r\n")
                  .ends_with("a OK [READ-WRITE] SELECT completed\r\n"));
  EXPECT_TRUE(session.answer_to("b SEARCH" + keys(16)).contains("b OK"));
  EXPECT_TRUE(session.answer_to("c SEARCH" + keys(17)).contains("c BAD"));
  EXPECT_TRUE(session.answer_to("d SEARCH TEXT {1025}\r\n").contains("d BAD"));
  EXPECT_TRUE(session.answer_to("e NOOP" + std::string(7990, ' ') + "\r\n")
                  .contains("e BAD"));
  EXPECT_TRUE(session.answer_to("f APPEND INBOX {1+}\r\nx {1+}\r\nx\r\n")
                  .contains("f BAD"));
  EXPECT_TRUE(
      session.answer_to("g APPEND INBOX {65537}\r\n").contains("g NO [TOOBIG"));
  std::string many = "h SEARCH OR TEXT a";
  for (int i = 0; i < 9; ++i) many += " TEXT {1+}\r\nx";
  EXPECT_TRUE(session.answer_to(many + "\r\n").contains("h BAD"));
}

}  // namespace
}  // namespace postkeep::role
