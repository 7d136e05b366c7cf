// role/pickup.h on simulated ports: what becomes of the files that programs of
// this machine leave, and of those that are none of ours.
#include "role/pickup.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "role/rig.h"
#include "role/role_table.h"
#include "sim/sim_drop_box.h"

using namespace postkeep;
using namespace postkeep::role;
using std::chrono::seconds;

namespace {

const std::string text = "Subject: hello\r\n\r\nhello\r\n";

std::string head_of(const std::string& sender,
                    const std::vector<std::string>& recipients,
                    std::size_t octets, const std::string& parameters = "") {
  std::string head = "POSTKEEP 1\r\nMAIL FROM:<" + sender + ">\r\n";
  for (const std::string& one : recipients) {
    head += "RCPT TO:<" + one + ">" + parameters + "\r\n";
  }
  return head + "BDAT " + std::to_string(octets) + " LAST\r\n";
}

std::string file_of(const std::string& sender,
                    const std::vector<std::string>& recipients,
                    const std::string& message = text,
                    const std::string& parameters = "") {
  return head_of(sender, recipients, message.size(), parameters) + message;
}

std::string as_text(const std::vector<Octet>& octets) {
  return {octets.begin(), octets.end()};
}

class RolePickup : public testing::Test {
 protected:
  void start(const std::string& more = "") {
    rig_.context.drop_box = &box_;
    rig_.give("configuration",
              "hostname = \"mail.example.org\"\ndomains = [\"example.org\"]\n"
              "[limits]\nmessage_octets_max = 100000\n" +
                  more);
    ASSERT_TRUE(rig_.build(make_pickup));
    meet();
  }
  void meet() {
    auth_ = rig_.meet(ipc::RoleName::auth);
    spool_ = rig_.meet(ipc::RoleName::spool);
  }
  // auth knows ann, bob and postmaster, who is ann.
  void let_auth_answer() {
    for (const ipc::RecipientQuestion& one :
         auth_->take<ipc::RecipientQuestion>()) {
      ipc::RecipientAnswer answer{.question = one.question, .users = {}};
      answer.verdict = one.mailbox.ends_with("@example.org")
                           ? ipc::RecipientVerdict::unknown
                           : ipc::RecipientVerdict::not_local;
      for (const std::string user : {"ann@example.org", "bob@example.org"}) {
        if (one.mailbox == user) answer.users.push_back({user, ""});
      }
      if (one.mailbox == "postmaster") {
        answer.users.push_back({"ann@example.org", ""});
      }
      if (!answer.users.empty()) answer.verdict = ipc::RecipientVerdict::local;
      auth_->send(std::move(answer));
    }
    rig_.settle();
  }
  // What is offered to spool within two seconds.
  std::vector<ipc::MessageOffered> offers() {
    for (int i = 0; i < 4; ++i) {
      rig_.pass(std::chrono::milliseconds(500));
      let_auth_answer();
    }
    return spool_->take<ipc::MessageOffered>();
  }
  void say(const ipc::MessageOffered& offer,
           ipc::OfferVerdict verdict = ipc::OfferVerdict::durable) {
    spool_->send(ipc::OfferAnswer{
        .offer = offer.offer, .verdict = verdict, .queue_id = offer.queue_id});
    rig_.settle();
  }

  sim::SimDropBox box_;
  Rig rig_{ipc::RoleName::pickup};
  std::unique_ptr<RigPeer> auth_;
  std::unique_ptr<RigPeer> spool_;
};

TEST_F(RolePickup, a_file_is_removed_once_it_is_durable) {
  start();
  box_.leave("mail-1", file_of("ann@example.org", {"bob@example.org"}), 1234);
  const auto offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  EXPECT_EQ(offered[0].reverse_path, "ann@example.org");
  ASSERT_EQ(offered[0].recipients.size(), 1U);
  EXPECT_EQ(offered[0].recipients[0].user, "bob@example.org");
  EXPECT_EQ(as_text(offered[0].text), text);
  EXPECT_TRUE(offered[0].header_prefix.starts_with(
      "Received: by mail.example.org (Postkeep, from userid 1234)\r\n\tid "))
      << offered[0].header_prefix;
  EXPECT_TRUE(offered[0].login.empty());
  EXPECT_EQ(box_.files.size(), 1U) << "not before";
  EXPECT_TRUE(offers().empty()) << "it is under way";
  say(offered[0]);
  EXPECT_TRUE(box_.files.empty());
  rig_.pass(seconds(2));
  EXPECT_EQ(box_.flushes, 1U);
  EXPECT_EQ(box_.open_files(), 0U);
  EXPECT_TRUE(rig_.log.has("drop_taken"));
}

TEST_F(RolePickup, what_spool_cannot_take_now_waits) {
  start();
  box_.leave("mail-1", file_of("ann@example.org", {"bob@example.org"}));
  for (const auto verdict :
       {ipc::OfferVerdict::busy, ipc::OfferVerdict::no_space,
        ipc::OfferVerdict::stopped}) {
    const auto offered = offers();
    ASSERT_EQ(offered.size(), 1U);
    say(offered[0], verdict);
    EXPECT_EQ(box_.files.size(), 1U);
    EXPECT_TRUE(offers().empty()) << "not at once";
    rig_.pass(drop_pause_seconds);
  }
  say(offers().at(0));
  EXPECT_TRUE(box_.files.empty());
}

TEST_F(RolePickup, what_is_under_way_when_a_role_ends_is_taken_again) {
  start();
  box_.leave("mail-1", file_of("ann@example.org", {"bob@example.org"}));
  rig_.pass(seconds(2));
  auth_.reset();  // Asked, and gone.
  rig_.settle();
  auth_ = rig_.meet(ipc::RoleName::auth);
  ASSERT_EQ(offers().size(), 1U);
  spool_.reset();  // Offered, and gone.
  rig_.pass(seconds(2));
  EXPECT_EQ(box_.files.size(), 1U);
  spool_ = rig_.meet(ipc::RoleName::spool);
  const auto offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  say(offered[0]);
  EXPECT_TRUE(box_.files.empty());
}

TEST_F(RolePickup, who_cannot_get_it_is_named_to_the_sender) {
  start();
  box_.leave("mail-1",
             file_of("ann@example.org", {"bob@example.org", "cy@example.org",
                                         "dan@elsewhere.example"}));
  auto offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  ASSERT_EQ(offered[0].recipients.size(), 1U);
  say(offered[0]);
  EXPECT_EQ(box_.files.size(), 1U) << "the notice is not durable yet";
  offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  EXPECT_TRUE(offered[0].reverse_path.empty());
  EXPECT_EQ(offered[0].recipients.at(0).user, "ann@example.org");
  const std::string notice = as_text(offered[0].text);
  for (const char* part :
       {"To: <ann@example.org>\r\n", "Auto-Submitted: auto-replied\r\n",
        "Final-Recipient: rfc822;cy@example.org\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n",
        "Final-Recipient: rfc822;dan@elsewhere.example\r\n", "5.4.4",
        "text/rfc822-headers\r\n\r\nSubject: hello\r\n"}) {
    EXPECT_NE(notice.find(part), std::string::npos) << part << "\n" << notice;
  }
  EXPECT_EQ(notice.find("bob@example.org"), std::string::npos);
  EXPECT_EQ(notice.find("hello\r\nhello"), std::string::npos);
  // The message has gone; for its notice it is not offered again.
  say(offered[0], ipc::OfferVerdict::busy);
  rig_.pass(drop_pause_seconds);
  offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  EXPECT_TRUE(offered[0].reverse_path.empty());
  say(offered[0]);
  EXPECT_TRUE(box_.files.empty());
}

TEST_F(RolePickup, a_sender_elsewhere_has_the_operator_told) {
  start();
  box_.leave("mail-1",
             file_of("someone@elsewhere.example", {"no@example.org"}));
  const auto offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  EXPECT_EQ(offered[0].recipients.at(0).user, "ann@example.org");
  say(offered[0]);
  EXPECT_TRUE(box_.files.empty());
}

TEST_F(RolePickup, nobody_is_told_of_what_came_from_nobody) {
  start();
  box_.leave("mail-1", file_of("", {"no@example.org"}));
  box_.leave("mail-2", file_of("ann@example.org", {"no@example.org"}, text,
                               " NOTIFY=NEVER"));
  EXPECT_TRUE(offers().empty());
  EXPECT_TRUE(box_.files.empty());
  EXPECT_TRUE(rig_.log.has("recipient_refused"));
}

TEST_F(RolePickup, a_message_that_nobody_can_get_comes_back) {
  start();
  const std::string loop = [] {
    std::string hops;
    for (int i = 0; i < 60; ++i) hops += "Received: by somebody\r\n";
    return hops + text;
  }();
  box_.leave("mail-1", file_of("ann@example.org", {"bob@example.org"},
                               "Subject: x\r\n\r\nbare\nline\r\n"));
  box_.leave("mail-2", file_of("ann@example.org", {"bob@example.org"}, loop));
  box_.leave("mail-3", file_of("ann@example.org", {"bob@example.org"},
                               text + std::string(100001, 'x')));
  auto offered = offers();
  ASSERT_EQ(offered.size(), 3U);
  std::string all;
  for (const auto& one : offered) {
    EXPECT_TRUE(one.reverse_path.empty());
    EXPECT_EQ(one.recipients.at(0).user, "ann@example.org");
    all += as_text(one.text);
    say(one);
  }
  for (const char* status : {"5.6.0", "5.4.6", "5.3.4"}) {
    EXPECT_NE(all.find(status), std::string::npos) << status;
  }
  EXPECT_TRUE(box_.files.empty());
}

TEST_F(RolePickup, what_is_none_of_ours_is_removed) {
  start();
  const std::string good = file_of("ann@example.org", {"bob@example.org"});
  box_.leave("a link", good);
  box_.files["a link"].is_file = false;
  box_.leave("another's", good);
  box_.files["another's"].facts.links = 2;
  box_.leave("moved here", good);
  box_.files["moved here"].facts.made_here = false;
  box_.leave("secret", good);
  box_.files["secret"].is_readable = false;
  box_.leave("empty", "");
  box_.leave("words", "hello\n");
  box_.leave("name\nwith a line", "POSTKEEP 1\r\n");
  box_.leave("cut", good.substr(0, good.size() - 1));
  box_.leave("long", good + "x");
  box_.leave("head alone", head_of("ann@example.org", {"bob@example.org"}, 9));
  box_.leave("zeros", std::string(3000000, '\0'));
  EXPECT_TRUE(offers().empty());
  EXPECT_TRUE(box_.files.empty());
  for (const char* why :
       {"file=a link why=no_file", "why=linked owner=1000",
        "why=made_elsewhere", "why=not_readable", "file=empty why=cut_off",
        "file=words why=outside_grammar", "file=cut why=cut_off",
        "file=long why=cut_off", "file=zeros why=outside_grammar"}) {
    EXPECT_TRUE(rig_.log.has(why)) << why;
  }
  EXPECT_EQ(box_.open_files(), 0U);
}

TEST_F(RolePickup, so_many_at_once_and_no_more) {
  start();
  for (std::size_t i = 0; i < 2 * drop_files_at_once_max; ++i) {
    box_.leave("mail-" + std::to_string(i),
               file_of("ann@example.org", {"bob@example.org"}));
  }
  auto offered = offers();
  EXPECT_EQ(offered.size(), drop_files_at_once_max);
  std::size_t count = 0;
  while (!offered.empty()) {
    count += offered.size();
    for (const auto& one : offered) say(one);
    offered = offers();
  }
  EXPECT_EQ(count, 2 * drop_files_at_once_max) << "each once";
  EXPECT_TRUE(box_.files.empty());
}

// One that spool has and the disk does not let go of: it is not sent for ever.
TEST_F(RolePickup, a_disk_that_removes_nothing_stops_it) {
  start();
  box_.leave("mail-1", file_of("ann@example.org", {"bob@example.org"}));
  box_.leave("mail-2", file_of("ann@example.org", {"bob@example.org"}));
  const auto offered = offers();
  ASSERT_EQ(offered.size(), 2U);
  box_.keeps_all = true;
  say(offered[0]);
  say(offered[1]);
  box_.leave("mail-3", file_of("ann@example.org", {"bob@example.org"}));
  EXPECT_TRUE(offers().empty());
  EXPECT_TRUE(rig_.log.has("drop_file_kept_by_disk"));
  box_.keeps_all = false;
  EXPECT_EQ(offers().size(), 1U);
  EXPECT_EQ(box_.files.size(), 1U);
}

TEST_F(RolePickup, what_was_begun_and_left_is_cleaned_up) {
  start();
  rig_.pass(seconds(2));
  EXPECT_GT(box_.abandoned_before, 0);
  EXPECT_EQ(box_.abandoned_before,
            (rig_.clock.wall() - seconds(2) - drop_abandoned_hours)
                .time_since_epoch()
                .count());
}

TEST_F(RolePickup, long_messages_go_as_sealed_memory) {
  start();
  const std::string message = "Subject: long\r\n\r\n" + std::string(90000, 'x');
  box_.leave("mail-1",
             file_of("ann@example.org", {"bob@example.org"}, message));
  const auto before = rig_.memory.seals();
  const auto offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  EXPECT_FALSE(offered[0].inline_text);
  EXPECT_EQ(offered[0].octets, message.size());
  EXPECT_EQ(rig_.memory.seals(), before + 1);
}

TEST_F(RolePickup, when_it_is_told_to_take_none_they_wait) {
  start("[drop]\ntakes_mail = false\n");
  box_.leave("mail-1", file_of("ann@example.org", {"bob@example.org"}));
  EXPECT_TRUE(offers().empty());
  EXPECT_EQ(box_.files.size(), 1U);
}

TEST_F(RolePickup, it_ends_when_what_is_under_way_has_ended) {
  start();
  box_.leave("mail-1", file_of("ann@example.org", {"bob@example.org"}));
  const auto offered = offers();
  ASSERT_EQ(offered.size(), 1U);
  rig_.role->drain();
  EXPECT_FALSE(rig_.supervisor.is_drained);
  box_.leave("mail-2", file_of("ann@example.org", {"bob@example.org"}));
  EXPECT_TRUE(offers().empty());
  say(offered[0]);
  EXPECT_TRUE(rig_.supervisor.is_drained);
  EXPECT_EQ(box_.files.size(), 1U);
}

TEST_F(RolePickup, without_a_directory_there_is_no_role) {
  rig_.give("configuration", "domains = [\"example.org\"]\n");
  EXPECT_FALSE(rig_.build(make_pickup));
}

}  // namespace
