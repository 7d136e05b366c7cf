// role/stream.h over a connection that is played: where TLS begins, and what a
// client that does not read may cost.
#include "role/stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/sim_clock.h"
#include "tls/peer.h"
#include "tls/service.h"

using namespace postkeep;
using namespace postkeep::role;

namespace {

// Keeps what is sent until the client takes it.
class Wire final : public Connection {
 public:
  void tell(ConnectionEvents* events) override { to = events; }
  void send(Octets octets) override {
    sent.insert(sent.end(), octets.begin(), octets.end());
  }
  [[nodiscard]] std::size_t unsent() const override { return sent.size(); }
  void read_on(bool /*on*/) override {}
  void close_when_sent() override { closed = true; }
  void close_now() override { closed = true; }
  [[nodiscard]] Descriptor release() override { return {}; }
  [[nodiscard]] const PeerAddress& peer() const override { return peer_; }

  ConnectionEvents* to = nullptr;
  std::vector<Octet> sent;
  bool closed = false;

 private:
  PeerAddress peer_;
};

class RoleStream : public testing::Test, private StreamEvents {
 protected:
  void SetUp() override {
    tls::prepare();
    auto wire = std::make_unique<Wire>();
    wire_ = wire.get();
    StreamEvents& events = *this;
    stream_.emplace(std::move(wire), timers_, events);
  }
  // What the client has to say arrives; what was sent reaches it, or not.
  void from_client() {
    const std::vector<Octet> said = client_.take_output();
    if (!said.empty()) wire_->to->received(said);
  }
  void to_client() { client_.received(std::exchange(wire_->sent, {})); }

  tls::Service service_{{tls::IdentityKind::ec_256}};
  sim::SimClock clock_;
  sim::SimTimers timers_{clock_};
  Wire* wire_ = nullptr;
  std::optional<Stream> stream_;
  tls::Peer client_{{}};
  std::string heard_;
  std::string why_;

 private:
  void received(Octets plaintext) override {
    heard_.append(plaintext.begin(), plaintext.end());
  }
  void ended(std::string_view why) override { why_ = why; }
};

TEST_F(RoleStream, what_came_before_tls_is_not_taken_for_what_comes_under_it) {
  wire_->to->received(octets("in the clear"));
  EXPECT_EQ(heard_, "in the clear");
  stream_->start_tls(service_.context(), std::chrono::seconds(1));
  wire_->to->received(octets("in the clear too"));
  EXPECT_EQ(heard_, "in the clear");
  EXPECT_EQ(why_, "not_tls");
  EXPECT_TRUE(wire_->closed);
}

TEST_F(RoleStream, updates_of_keys_do_not_fill_the_memory) {
  stream_->start_tls(service_.context(), std::chrono::seconds(1));
  for (int i = 0; i < 5 && !client_.is_open(); ++i) {
    from_client();
    to_client();
  }
  ASSERT_TRUE(client_.is_open());
  while (why_.empty() && wire_->sent.size() < 2'000'000) {
    for (int i = 0; i < 500; ++i) client_.update_keys(true);
    from_client();
  }
  EXPECT_EQ(why_, "answers_not_read");
}

// The other way round: Stream is the client, and says its first word unasked.
TEST_F(RoleStream, to_another_server_it_talks_first) {
  const auto mine = tls::ClientContext::make({});
  ASSERT_TRUE(mine.has_value());
  tls::Connection server(service_.context());
  stream_->start_tls(*mine, {.server_name = "mail.example.org"},
                     std::chrono::seconds(1));
  for (int i = 0; i < 5 && !wire_->sent.empty(); ++i) {
    server.received(std::exchange(wire_->sent, {}));
    wire_->to->received(server.take_output());
  }
  EXPECT_TRUE(stream_->tls_facts().on);
  EXPECT_FALSE(stream_->verified());
  stream_->send(octets("EHLO"));
  server.received(std::exchange(wire_->sent, {}));
  EXPECT_EQ(server.take_plaintext().size(), 4U);
  EXPECT_EQ(server.info().server_name, "mail.example.org");
}

}  // namespace
