// role/smtp_out.h on simulated ports, against servers that are played: each
// session and each mail ends in one answer, whatever the server does.
#include "role/smtp_out.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "role/smtp_out_rig.h"

using namespace postkeep;
using namespace postkeep::role;
using std::chrono::seconds;

namespace {

TEST_F(RoleSmtpOut, delivers_one_message_after_the_other) {
  start();
  PlayedServer& server = ready();
  EXPECT_EQ(told(), "ready ");
  for (std::uint64_t number = 1; number <= 2; ++number) {
    send(a_mail(1, number));
    EXPECT_EQ(server.heard(),
              "MAIL FROM:<ann@example.org>\r\n"
              "RCPT TO:<bob0@example.net>\r\nDATA\r\n");
    server.say("250 ok\r\n250 ok\r\n354 go on\r\n");
    EXPECT_EQ(server.heard(),
              "Received: here\r\nSubject: x\r\n\r\nhello\r\n.\r\n");
    server.say("250 2.0.0 taken\r\n");
    EXPECT_EQ(told(),
              "mail" + std::to_string(number) + ":delivered/reply/250 ");
  }
  spool_->send(ipc::RemoteClose{.remote = 1});
  rig_.settle();
  EXPECT_EQ(server.heard(), "QUIT\r\n");
  server.say("221 bye\r\n");
  EXPECT_EQ(told(), "ended:quit@quit ");
  EXPECT_TRUE(server.closed);
  EXPECT_TRUE(rig_.log.has("remote_mail remote=1 queue_id=Q1"));
}

TEST_F(RoleSmtpOut, mail_may_come_before_the_greeting_and_ahead_of_its_turn) {
  start();
  PlayedServer& server = open();
  send(a_mail(1, 1));
  send(a_mail(1, 2));
  spool_->send(ipc::RemoteClose{.remote = 1});
  rig_.settle();
  server.say("220 mx\r\n");
  server.say("250 mx\r\n");
  for (int i = 0; i < 2; ++i) {
    server.say("250 ok\r\n");
    server.say("250 ok\r\n");
    server.say("354 ok\r\n");
    server.say("250 ok\r\n");
  }
  EXPECT_EQ(told(),
            "ready mail1:delivered/reply/250! mail2:delivered/reply/250! ");
  server.say("221 bye\r\n");
  EXPECT_EQ(told(), "ended:quit@quit ");
}

TEST_F(RoleSmtpOut, more_ahead_than_there_is_room_for_is_put_off) {
  start();
  ready();
  for (std::uint64_t i = 0; i < ipc::remote_mails_max + 2; ++i) {
    send(a_mail(1, i));
  }
  EXPECT_EQ(told(), "ready mail5:put_off/quit! ");
}

TEST_F(RoleSmtpOut, sealed_memory_is_read_from_where_it_lies) {
  start();
  PlayedServer& server = ready("250-mx\r\n250 CHUNKING\r\n");
  ipc::RemoteMail mail = a_mail(1, 1);
  mail.inline_text = false;
  mail.text.clear();
  const std::string text(200'000, 'a');
  const std::string content = text + "\r\n";
  mail.octets = content.size();
  std::vector<Descriptor> memory;
  memory.push_back(rig_.memory.seal_text(content));
  spool_->send(mail, std::move(memory));
  rig_.settle();
  server.say("250 ok\r\n");
  server.say("250 ok\r\n");
  const std::string heard = server.heard();
  EXPECT_NE(heard.find("BDAT 200018 LAST\r\nReceived: here\r\naaaa"),
            std::string::npos);
  EXPECT_TRUE(heard.ends_with(content));
}

TEST_F(RoleSmtpOut, mail_that_is_not_as_it_was_said_is_not_sent) {
  start();
  PlayedServer& server = ready();
  ipc::RemoteMail short_one = a_mail(1, 1);
  short_one.octets += 1;
  send(short_one);
  ipc::RemoteMail no_address = a_mail(1, 2);
  no_address.recipients[0].forward_path = "bob\r\nDATA";
  send(no_address);
  ipc::RemoteMail no_memory = a_mail(1, 3);
  no_memory.inline_text = false;
  send(no_memory);
  EXPECT_EQ(told(),
            "ready mail1:deferred/content_unavailable "
            "mail2:deferred/content_unavailable "
            "mail3:deferred/content_unavailable ");
  EXPECT_EQ(server.heard(), "");
}

TEST_F(RoleSmtpOut, recipients_that_were_put_off_have_their_turn_at_once) {
  start();
  PlayedServer& server = ready("250-mx\r\n250 LIMITS RCPTMAX=2\r\n");
  send(a_mail(1, 1, 5));
  for (const int recipients : {2, 2, 1}) {
    server.say("250 ok\r\n");
    for (int i = 0; i < recipients; ++i) server.say("250 ok\r\n");
    server.say("354 ok\r\n");
    EXPECT_TRUE(server.heard().ends_with("hello\r\n.\r\n"));
    server.say("250 ok\r\n");
  }
  EXPECT_EQ(told(),
            "ready mail1:delivered/reply/250 delivered/reply/250 "
            "delivered/reply/250 delivered/reply/250 delivered/reply/250 ");
}

TEST_F(RoleSmtpOut, each_recipient_has_its_own_answer) {
  start();
  PlayedServer& server = ready();
  send(a_mail(1, 1, 3));
  server.say("250 ok\r\n250 ok\r\n550 5.1.1 no\r\n451 later\r\n354 ok\r\n");
  server.say("250 ok\r\n");
  EXPECT_EQ(told(),
            "ready mail1:delivered/reply/250 refused/reply/550 "
            "deferred/reply/451 ");
}

TEST_F(RoleSmtpOut, a_server_that_goes_ends_all_that_it_was_given) {
  start();
  PlayedServer& server = ready();
  send(a_mail(1, 1));
  send(a_mail(1, 2));
  server.say("250 ok\r\n250 ok\r\n354 ok\r\n");
  server.go();
  EXPECT_EQ(told(),
            "ready mail1:unanswered/peer_closed! mail2:put_off/quit! "
            "ended:peer_closed@end(closed) ");
  // What crosses its end is put off too.
  send(a_mail(1, 3));
  EXPECT_EQ(told(), "mail3:put_off/quit! ");
}

TEST_F(RoleSmtpOut, servers_that_never_answer_are_left_in_time) {
  start("command_seconds = 7\ndata_end_seconds = 9\n");
  open();
  rig_.pass(seconds(8));
  EXPECT_EQ(told(), "ended:timed_out@greeting ");
  PlayedServer& server = open();
  server.say("220 mx\r\n");
  server.say("250-mx\r\n250 PIPELINING\r\n");
  send(a_mail(2, 1));
  server.say("250 ok\r\n250 ok\r\n354 ok\r\n");
  rig_.pass(seconds(8));
  EXPECT_EQ(told(), "ready ");
  rig_.pass(seconds(2));
  EXPECT_EQ(told(), "mail1:unanswered/timed_out! ended:timed_out@end ");
}

// One octet each second never makes a reply in time.
TEST_F(RoleSmtpOut, servers_that_drip_are_left_in_time) {
  start("command_seconds = 7\n");
  PlayedServer& server = open();
  for (int i = 0; i < 10; ++i) {
    server.say("2");
    rig_.pass(seconds(1));
  }
  EXPECT_TRUE(server.closed);
}

TEST_F(RoleSmtpOut, endless_and_malformed_replies_end_the_session) {
  start();
  PlayedServer& endless = open();
  for (int i = 0; i < 2000 && !endless.closed; ++i) {
    endless.say("220-" + std::string(100, 'x') + "\r\n");
  }
  EXPECT_TRUE(endless.closed);
  EXPECT_EQ(told(), "ended:reply_malformed@greeting ");
  PlayedServer& nonsense = open();
  nonsense.say("HTTP/1.1 400 Bad Request\r\n");
  EXPECT_EQ(told(), "ended:reply_malformed@greeting ");
}

TEST_F(RoleSmtpOut, a_server_that_reads_slowly_slows_the_message_down) {
  start("block_seconds = 5\n");
  PlayedServer& server = ready();
  server.is_slow = true;
  ipc::RemoteMail mail = a_mail(1, 1);
  mail.inline_text = false;
  mail.text.clear();
  std::string content;
  while (content.size() < 4'000'000) content += std::string(70, 'a') + "\r\n";
  mail.octets = content.size();
  std::vector<Descriptor> memory;
  memory.push_back(rig_.memory.seal_text(content));
  spool_->send(mail, std::move(memory));
  rig_.settle();
  static_cast<void>(server.take());
  server.say("250 ok\r\n250 ok\r\n354 ok\r\n");
  EXPECT_LT(server.unsent(), 512U * 1024);
  std::size_t taken = 0;
  for (int i = 0; i < 100 && taken < content.size(); ++i) {
    taken += server.take().size();
    server.took_all();
  }
  EXPECT_GT(taken, content.size());
  server.say("250 ok\r\n");
  EXPECT_EQ(told(), "ready mail1:delivered/reply/250 ");
}

TEST_F(RoleSmtpOut, one_that_never_reads_is_left) {
  start("block_seconds = 5\ncommand_seconds = 5\n");
  PlayedServer& server = ready();
  server.is_slow = true;
  ipc::RemoteMail mail = a_mail(1, 1);
  mail.inline_text = false;
  mail.text.clear();
  const std::string content = std::string(900'000, 'a') + "\r\n";
  mail.octets = content.size();
  std::vector<Descriptor> memory;
  memory.push_back(rig_.memory.seal_text(content));
  spool_->send(mail, std::move(memory));
  rig_.settle();
  server.say("250 ok\r\n250 ok\r\n354 ok\r\n");
  rig_.pass(seconds(6));
  EXPECT_EQ(told(), "ready mail1:deferred/timed_out! ended:timed_out@content ");
}

TEST_F(RoleSmtpOut, sessions_have_a_bound) {
  start("sessions_max = 1\n");
  open();
  std::vector<Descriptor> socket;
  socket.emplace_back(500, nullptr);
  spool_->send(ipc::RemoteOpen{.remote = 9, .host = "mx"}, std::move(socket));
  spool_->send(ipc::RemoteOpen{.remote = 10, .host = "mx"});
  rig_.settle();
  EXPECT_EQ(told(),
            "ended:quit@connected(busy) ended:quit@connected(no_socket) ");
}

TEST_F(RoleSmtpOut, an_idle_session_ends_by_itself) {
  start("idle_seconds = 3\n");
  PlayedServer& server = ready();
  rig_.pass(seconds(4));
  EXPECT_EQ(server.heard(), "QUIT\r\n");
  server.say("221 bye\r\n");
  EXPECT_EQ(told(), "ready ended:quit@quit ");
}

TEST_F(RoleSmtpOut, another_spool_finds_nothing_under_way) {
  start();
  PlayedServer& server = ready();
  send(a_mail(1, 1));
  auto another = rig_.meet(ipc::RoleName::spool);
  rig_.settle();
  EXPECT_TRUE(server.closed);
  EXPECT_TRUE(another->heard.empty());
}

TEST_F(RoleSmtpOut, what_is_under_way_is_done_before_the_end) {
  start();
  PlayedServer& server = ready();
  send(a_mail(1, 1));
  send(a_mail(1, 2));
  rig_.role->drain();
  EXPECT_FALSE(rig_.supervisor.is_drained);
  server.say("250 ok\r\n250 ok\r\n354 ok\r\n");
  server.say("250 ok\r\n");
  server.say("221 bye\r\n");
  EXPECT_EQ(told(),
            "ready mail2:put_off/quit! mail1:delivered/reply/250! "
            "ended:quit@quit ");
  EXPECT_TRUE(rig_.supervisor.is_drained);
}

}  // namespace
