// smtp_out with servers that are played: for tests of role/smtp_out.h.
//
// Here:      RoleSmtpOut, PlayedServer.
// Not here:  the tests (tests/role/smtp_out_test.cc, smtp_out_tls_test.cc).
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "role/outbound_mail.h"
#include "role/rig.h"
#include "role/role_table.h"
#include "role/smtp_out.h"

namespace postkeep::role {

// The server's end of a connection: takes what the role sends.
class PlayedServer final : public Connection {
 public:
  void tell(ConnectionEvents* events) override { to_ = events; }
  void send(Octets octets) override {
    sent_.insert(sent_.end(), octets.begin(), octets.end());
  }
  [[nodiscard]] std::size_t unsent() const override {
    return is_slow ? sent_.size() : 0;
  }
  void read_on(bool /*on*/) override {}
  void close_when_sent() override { closed = true; }
  void close_now() override { closed = true; }
  [[nodiscard]] Descriptor release() override { return {}; }
  [[nodiscard]] const PeerAddress& peer() const override { return peer_; }

  void say(std::string_view text) {
    if (!closed) to_->received(octets(text));
  }
  void say_octets(Octets octets) {
    if (!closed && !octets.empty()) to_->received(octets);
  }
  void go() {
    if (!closed) to_->ended(Trouble::closed);
  }
  void took_all() { to_->sent_all(); }
  std::vector<Octet> take() { return std::exchange(sent_, {}); }
  std::string heard() {
    const auto all = take();
    return {all.begin(), all.end()};
  }

  bool closed = false;
  bool is_slow = false;

 private:
  ConnectionEvents* to_ = nullptr;
  std::vector<Octet> sent_;
  PeerAddress peer_;
};

class RoleSmtpOut : public testing::Test {
 protected:
  RoleSmtpOut() {
    rig_.net.adopts = [this](Descriptor socket) {
      auto made = std::make_unique<PlayedServer>();
      servers_[socket.number()] = made.get();
      return made;
    };
  }
  void start(const std::string& outbound = {}) {
    rig_.give("configuration",
              "domains = [\"example.org\"]\nhostname = \"mail.example.org\"\n"
              "[outbound]\n" +
                  outbound);
    if (!authorities_.empty()) rig_.give("authorities", authorities_);
    ASSERT_TRUE(rig_.build(make_smtp_out));
    spool_ = rig_.meet(ipc::RoleName::spool);
  }
  PlayedServer& open(ipc::RemoteOpen wanted = {}) {
    wanted.remote = ++last_remote_;
    if (wanted.host.empty()) wanted.host = "mx.example.net";
    std::vector<Descriptor> socket;
    socket.emplace_back(++last_socket_, nullptr);
    spool_->send(wanted, std::move(socket));
    rig_.settle();
    return *servers_.at(last_socket_);
  }
  static ipc::RemoteMail a_mail(std::uint64_t remote, std::uint64_t number,
                                std::size_t recipients = 1) {
    ipc::RemoteMail mail;
    mail.remote = remote;
    mail.mail = number;
    mail.queue_id = "Q" + std::to_string(number);
    mail.reverse_path = "ann@example.org";
    for (std::size_t i = 0; i < recipients; ++i) {
      mail.recipients.push_back(
          {.forward_path = "bob" + std::to_string(i) + "@example.net"});
    }
    mail.header_prefix = "Received: here\r\n";
    mail.inline_text = true;
    const std::string text = "Subject: x\r\n\r\nhello\r\n";
    mail.text.assign(text.begin(), text.end());
    mail.octets = text.size();
    return mail;
  }
  void send(const ipc::RemoteMail& mail) {
    spool_->send(mail);
    rig_.settle();
  }
  // As far as the first session without TLS.
  PlayedServer& ready(
      std::string_view offers = "250-mx\r\n250 PIPELINING\r\n") {
    PlayedServer& server = open();
    server.say("220 mx ESMTP\r\n");
    EXPECT_EQ(server.heard(), "EHLO mail.example.org\r\n");
    server.say(offers);
    rig_.settle();
    return server;
  }
  // What spool has been told, in short.
  std::string told() {
    rig_.settle();
    std::string all;
    for (const ipc::Received& one : spool_->heard) {
      if_message<ipc::RemoteReady>(one, [&](const ipc::RemoteReady& ready) {
        all += ready.tls.on ? (ready.tls.verified ? "ready+ " : "ready/ ")
                            : "ready ";
      });
      if_message<ipc::RemoteMailEnded>(
          one, [&](const ipc::RemoteMailEnded& ended) {
            all += "mail" + std::to_string(ended.mail) + ":";
            for (const ipc::RemoteResult& result : ended.results) {
              const auto read = recipient_result(result);
              all += std::string(name(read.outcome)) + "/" +
                     std::string(name(read.because));
              if (read.reply.code != 0) {
                all += "/" + std::to_string(read.reply.code);
              }
              all += ended.is_free ? " " : "! ";
            }
          });
      if_message<ipc::RemoteEnded>(one, [&](const ipc::RemoteEnded& ended) {
        all += "ended:" + std::string(name(because_of(ended.because))) + "@" +
               std::string(name(state_of(ended.at)));
        if (!ended.why.empty()) all += "(" + ended.why + ")";
        all += " ";
      });
    }
    spool_->heard.clear();
    return all;
  }

  Rig rig_{ipc::RoleName::smtp_out};
  std::map<int, PlayedServer*> servers_;
  std::unique_ptr<RigPeer> spool_;
  std::string authorities_;
  std::uint64_t last_remote_ = 0;
  int last_socket_ = 100;
};

}  // namespace postkeep::role
