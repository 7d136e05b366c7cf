// role/departures.h inside spool, on simulated ports: the test is dns, connect,
// smtp_out and auth.
#include "role/departures.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ipc/control_messages.h"
#include "ipc/delivery_messages.h"
#include "ipc/dns_messages.h"
#include "ipc/mail_messages.h"
#include "ipc/supervisor_messages.h"
#include "role/rig.h"
#include "role/role_table.h"
#include "role/spool.h"
#include "sim/sim_disk.h"
#include "sim/sim_flusher.h"
#include "smtp/client_event.h"

using namespace postkeep;
using namespace postkeep::role;
using namespace std::chrono_literals;

namespace {

class RoleDepartures : public testing::Test {
 protected:
  void SetUp() override { start(); }

  void start() {
    rig_ = std::make_unique<Rig>(ipc::RoleName::spool);
    flusher_ = std::make_unique<sim::SimFlusher>(disk_);
    rig_->context.disk = &disk_;
    rig_->context.flusher = flusher_.get();
    rig_->give("configuration",
               "hostname = \"mail.example.org\"\n"
               "domains = [\"example.org\"]\n"
               "[outbound]\nipv6 = false\n");
    rig_->give("mboxes", "");
    ASSERT_TRUE(rig_->build(make_spool));
    submission_ = rig_->meet(ipc::RoleName::submission);
    dns_ = rig_->meet(ipc::RoleName::dns);
    auth_ = rig_->meet(ipc::RoleName::auth);
    connect_ = rig_->meet(ipc::RoleName::connect);
    out_ = rig_->meet(ipc::RoleName::smtp_out);
    settle();
  }
  void settle() {
    do {
      rig_->settle();
    } while (flusher_->end_one());
  }
  // Step by step, with a DNS that answers.
  void pass(Duration time) {
    for (Duration left = time; left > Duration(0); left -= 10s) {
      rig_->timers.pass(std::min<Duration>(left, 10s));
      settle();
      route();
    }
  }

  void submit(const std::vector<std::string>& recipients,
              std::uint8_t notify = 0) {
    ipc::MessageOffered offered;
    offered.offer = ++last_offer_;
    offered.session = "session";
    offered.queue_id = write(spool::make_queue_id(rig_->random));
    offered.reverse_path = sender_;
    offered.login = "ann@example.org";
    for (const std::string& one : recipients) {
      ipc::OfferedRecipient recipient;
      recipient.forward_path = one;
      recipient.notify = notify;
      offered.recipients.push_back(std::move(recipient));
    }
    offered.header_prefix = "Received: from somewhere\r\n";
    const std::string text = "Subject: hello\r\n\r\ntext\r\n";
    offered.octets = text.size();
    offered.inline_text = true;
    offered.text = {text.begin(), text.end()};
    submission_->send(std::move(offered));
    settle();
    const auto answers = submission_->take<ipc::OfferAnswer>();
    ASSERT_EQ(answers.size(), 1U);
    ASSERT_EQ(answers[0].verdict, ipc::OfferVerdict::durable);
  }

  // Every domain has two hosts, mx1 and mx2; "none.example" is not there.
  std::size_t answer_dns() {
    std::size_t count = 0;
    for (const ipc::DnsAsk& ask : dns_->take<ipc::DnsAsk>()) {
      count += 1;
      DnsAnswer answer;
      answer.canonical = *DnsName::read(ask.name);
      answer.verdict = DnsVerdict::found;
      if (ask.name == "none.example") {
        answer.verdict = DnsVerdict::no_name;
      } else if (ask.type == DnsType::mx) {
        answer.mx = {{10, *DnsName::read("mx1." + ask.name)},
                     {20, *DnsName::read("mx2." + ask.name)}};
      } else {
        const bool is_first = ask.name.starts_with("mx1");
        answer.a = {{198, 41, 0, static_cast<Octet>(is_first ? 1 : 2)}};
      }
      dns_->send(ipc::reply_of(ask.request, answer));
    }
    settle();
    return count;
  }
  void route() {
    while (answer_dns() > 0) {
    }
  }
  // What connect was asked for; answers with a socket, or with `verdict`.
  std::vector<int> connect(
      ipc::ConnectVerdict verdict = ipc::ConnectVerdict::connected) {
    route();
    std::vector<int> asked;
    for (const ipc::ConnectAsk& ask : connect_->take<ipc::ConnectAsk>()) {
      asked.push_back(ask.address[3]);
      EXPECT_EQ(ask.port, 25);
      std::vector<Descriptor> socket;
      if (verdict == ipc::ConnectVerdict::connected) {
        socket.push_back(rig_->memory.seal_text("socket"));
      }
      connect_->send(ipc::ConnectAnswer{ask.ask, verdict, "why"},
                     std::move(socket));
    }
    settle();
    return asked;
  }
  // All that smtp_out was told since it was asked last.
  void read_out() {
    for (const ipc::Received& one : out_->heard) {
      if_message<ipc::RemoteOpen>(
          one, [&](const ipc::RemoteOpen& open) { opened_.push_back(open); });
      if_message<ipc::RemoteMail>(
          one, [&](const ipc::RemoteMail& mail) { mails_.push_back(mail); });
    }
    out_->heard.clear();
  }
  static ipc::RemoteResult result(smtp::Outcome outcome, std::uint16_t code,
                                  const std::string& text) {
    ipc::RemoteResult one;
    one.outcome = static_cast<std::uint8_t>(outcome);
    one.reply.code = code;
    one.reply.text = text;
    return one;
  }
  // The oldest mail ends like this for all its recipients.
  void end_mail(smtp::Outcome outcome, std::uint16_t code,
                const std::string& text, bool is_free = true) {
    read_out();
    ASSERT_FALSE(mails_.empty());
    const ipc::RemoteMail mail = mails_.front();
    mails_.erase(mails_.begin());
    ipc::RemoteMailEnded ended{mail.remote, mail.mail, is_free, {}};
    ended.results.assign(mail.recipients.size(), result(outcome, code, text));
    out_->send(std::move(ended));
    if (!is_free) end_session(mail.remote, smtp::Because::peer_closed);
    settle();
  }
  void end_session(std::uint64_t remote, smtp::Because because) {
    ipc::RemoteEnded ended;
    ended.remote = remote;
    ended.because = static_cast<std::uint8_t>(because);
    out_->send(std::move(ended));
    settle();
  }
  // auth says whose mailbox a sender has.
  void resolve(ipc::RecipientVerdict verdict) {
    for (const auto& question : auth_->take<ipc::RecipientQuestion>()) {
      ipc::RecipientAnswer answer;
      answer.question = question.question;
      answer.verdict = verdict;
      if (verdict == ipc::RecipientVerdict::local) {
        answer.users.push_back({"ann@example.org", ""});
      }
      auth_->send(std::move(answer));
    }
    settle();
  }
  // What ann's mailbox gets, as one text.
  std::string delivered() {
    auto [own, other] = rig_->post.pair();
    ipc::Received given{ipc::MailboxGiven::kind,
                        ipc::write(ipc::MailboxGiven{"ann@example.org", true}),
                        {}};
    given.descriptors.push_back(rig_->channels.descriptor_of(std::move(own)));
    rig_->role->supervisor_message(std::move(given));
    mailbox_ = std::make_unique<RigPeer>(std::move(other));
    settle();
    std::string text;
    for (const ipc::Deliver& one : mailbox_->take<ipc::Deliver>()) {
      text += one.header_prefix + std::string(one.text.begin(), one.text.end());
      mailbox_->send(ipc::DeliveriesDone{.ids = {one.id}});
    }
    settle();
    return text;
  }
  std::uint64_t left() {
    rig_->supervisor.heard.clear();
    rig_->role->supervisor_message(
        {ipc::StatusQuestion::kind,
         ipc::write(ipc::StatusQuestion{1, "status"}),
         {}});
    for (const ipc::Received& one : rig_->supervisor.heard) {
      ipc::StatusAnswer answer;
      if (one.kind != ipc::StatusAnswer::kind ||
          !ipc::read(one.octets, answer)) {
        continue;
      }
      for (const ipc::StatusLine& line : answer.lines) {
        if (line.key == "recipients_leaving") return std::stoul(line.value);
      }
    }
    return 9999;
  }

  sim::SimDisk disk_;
  std::unique_ptr<sim::SimFlusher> flusher_;
  std::unique_ptr<Rig> rig_;
  std::unique_ptr<RigPeer> submission_, dns_, auth_, connect_, out_, mailbox_;
  std::vector<ipc::RemoteOpen> opened_;
  std::vector<ipc::RemoteMail> mails_;
  std::string sender_ = "ann@example.org";
  std::uint64_t last_offer_ = 0;
};

TEST_F(RoleDepartures, a_message_goes_to_the_first_host) {
  submit({"bob@Dest.Example", "eve@dest.example"});
  EXPECT_EQ(connect(), std::vector{1});
  read_out();
  ASSERT_EQ(opened_.size(), 1U);
  EXPECT_EQ(opened_[0].host, "mx1.dest.example");
  EXPECT_EQ(opened_[0].address, "198.41.0.1");
  ASSERT_EQ(mails_.size(), 1U);
  EXPECT_EQ(mails_[0].recipients.size(), 2U);
  EXPECT_EQ(mails_[0].reverse_path, "ann@example.org");
  EXPECT_EQ(mails_[0].header_prefix, "Received: from somewhere\r\n");
  end_mail(smtp::Outcome::delivered, 250, "2.0.0 thanks");
  EXPECT_EQ(left(), 0U);
  // The next one shares its session.
  submit({"joe@dest.example"});
  EXPECT_TRUE(connect().empty());
  read_out();
  ASSERT_EQ(mails_.size(), 1U);
  EXPECT_EQ(mails_[0].remote, opened_[0].remote);
  end_mail(smtp::Outcome::delivered, 250, "2.0.0 thanks");
  EXPECT_EQ(left(), 0U);
}

TEST_F(RoleDepartures, a_refused_recipient_comes_back_as_a_report) {
  submit({"bob@dest.example"});
  connect();
  end_mail(smtp::Outcome::refused, 550, "5.1.1 no such user");
  EXPECT_EQ(left(), 1U);  // Not before the report is there.
  resolve(ipc::RecipientVerdict::local);
  EXPECT_EQ(left(), 0U);
  const std::string report = delivered();
  EXPECT_NE(report.find("Return-Path: <>"), std::string::npos);
  EXPECT_NE(report.find("Final-Recipient: rfc822;bob@dest.example"),
            std::string::npos);
  EXPECT_NE(report.find("Remote-MTA: dns;mx1.dest.example"), std::string::npos);
  EXPECT_NE(report.find("Diagnostic-Code: smtp;550 5.1.1 no such user"),
            std::string::npos);
  EXPECT_NE(report.find("Subject: hello"), std::string::npos);
}

TEST_F(RoleDepartures, a_sender_elsewhere_gets_the_report_there) {
  sender_ = "sue@far.example";
  submit({"bob@none.example"});
  route();
  resolve(ipc::RecipientVerdict::not_local);
  connect();
  read_out();
  ASSERT_EQ(mails_.size(), 1U);
  EXPECT_EQ(mails_[0].reverse_path, "");
  EXPECT_EQ(mails_[0].recipients[0].forward_path, "sue@far.example");
  const std::string text(mails_[0].text.begin(), mails_[0].text.end());
  EXPECT_NE(text.find("Status: 5.1.2"), std::string::npos);
  // Never a report of a report.
  end_mail(smtp::Outcome::refused, 550, "5.1.1 nor her");
  EXPECT_TRUE(auth_->take<ipc::RecipientQuestion>().empty());
  EXPECT_EQ(left(), 0U);
}

TEST_F(RoleDepartures, nobody_is_told_who_did_not_want_to_be) {
  submit({"bob@none.example"}, spool::notify_never);
  route();
  EXPECT_TRUE(auth_->take<ipc::RecipientQuestion>().empty());
  EXPECT_EQ(left(), 0U);
}

TEST_F(RoleDepartures, the_next_address_is_tried) {
  submit({"bob@dest.example"});
  EXPECT_EQ(connect(ipc::ConnectVerdict::refused), std::vector{1});
  EXPECT_EQ(connect(), std::vector{2});
  read_out();
  // That one says 421 at once.
  out_->send(ipc::RemoteMailEnded{mails_[0].remote,
                                  mails_[0].mail,
                                  false,
                                  {result(smtp::Outcome::put_off, 0, "")}});
  end_session(mails_[0].remote, smtp::Because::closing);
  EXPECT_EQ(left(), 1U);
  mails_.clear();
  EXPECT_TRUE(connect().empty());
  // Both are tried again in five minutes or so.
  pass(4min);
  EXPECT_TRUE(connect().empty());
  pass(2min);
  EXPECT_EQ(connect(), std::vector{1});
  end_mail(smtp::Outcome::delivered, 250, "ok");
  EXPECT_EQ(left(), 0U);
}

TEST_F(RoleDepartures, tls_that_fails_is_done_without) {
  submit({"bob@dest.example"});
  connect();
  read_out();
  EXPECT_EQ(opened_[0].tls, ipc::RemoteTls::may);
  end_session(opened_[0].remote, smtp::Because::tls_failed);
  EXPECT_EQ(connect(), std::vector{1});
  read_out();
  ASSERT_EQ(opened_.size(), 2U);
  EXPECT_EQ(opened_[1].tls, ipc::RemoteTls::none);
}

TEST_F(RoleDepartures, a_session_that_had_ended_is_no_failure) {
  submit({"bob@dest.example"});
  connect();
  end_mail(smtp::Outcome::delivered, 250, "ok");
  submit({"eve@dest.example"});
  read_out();
  ASSERT_EQ(mails_.size(), 1U);
  end_session(mails_[0].remote, smtp::Because::quit);
  mails_.clear();
  EXPECT_EQ(connect(), std::vector{1});
  end_mail(smtp::Outcome::delivered, 250, "ok");
  EXPECT_EQ(left(), 0U);
}

TEST_F(RoleDepartures, processes_that_die_lose_nothing) {
  submit({"bob@dest.example"});
  connect();
  read_out();
  out_ = rig_->meet(ipc::RoleName::smtp_out);
  settle();
  mails_.clear();
  connect();
  read_out();
  EXPECT_EQ(mails_.size(), 1U);
  submit({"eve@other.example"});
  route();
  connect_ = rig_->meet(ipc::RoleName::connect);
  settle();
  EXPECT_EQ(connect(), std::vector{1});
  end_mail(smtp::Outcome::delivered, 250, "ok");
  end_mail(smtp::Outcome::delivered, 250, "ok");
  EXPECT_EQ(left(), 0U);
}

// The power goes; what waits goes on waiting, and the rest is not sent again.
TEST_F(RoleDepartures, a_restart_goes_on) {
  submit({"bob@dest.example", "eve@other.example"});
  route();
  connect();
  read_out();
  ASSERT_EQ(mails_.size(), 2U);
  end_mail(smtp::Outcome::deferred, 451, "4.7.1 come back");
  end_mail(smtp::Outcome::delivered, 250, "ok");
  pass(1min);
  const std::string greylisted = "4.7.1 come back";
  start();
  EXPECT_EQ(left(), 1U);
  route();
  EXPECT_TRUE(connect().empty());
  pass(6min);
  EXPECT_EQ(connect(), std::vector{1});
  end_mail(smtp::Outcome::delivered, 250, "ok");
  EXPECT_EQ(left(), 0U);
}

TEST_F(RoleDepartures, a_sender_hears_of_delay_and_of_the_end) {
  submit({"bob@dest.example"});
  for (int hour = 0; hour < 5; ++hour) {
    connect(ipc::ConnectVerdict::timed_out);
    connect(ipc::ConnectVerdict::timed_out);
    for (int i = 0; i < 6; ++i) {
      pass(10min);
      connect(ipc::ConnectVerdict::timed_out);
      connect(ipc::ConnectVerdict::timed_out);
      resolve(ipc::RecipientVerdict::local);
    }
  }
  const std::string delay = delivered();
  EXPECT_NE(delay.find("Action: delayed"), std::string::npos);
  EXPECT_NE(delay.find("Will-Retry-Until: "), std::string::npos);
  EXPECT_NE(delay.find("no answer in time"), std::string::npos);
  EXPECT_EQ(left(), 1U);
}

}  // namespace
