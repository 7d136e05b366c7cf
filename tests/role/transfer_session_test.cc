#include "role/transfer_session.h"

#include <gtest/gtest.h>

#include "store/world.h"

namespace postkeep::role {
namespace {

using ipc::TransferVerdict;
using ipc::TransferWhat;

std::vector<Octet> framed(const ipc::TransferRequest& request) {
  const std::vector<Octet> octets = ipc::write(request);
  std::vector<Octet> frame;
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<Octet>(octets.size() >> shift));
  }
  frame.insert(frame.end(), octets.begin(), octets.end());
  return frame;
}

struct TransferSessionTest : ::testing::Test {
  store::World world;
  std::unique_ptr<TransferSession> session =
      std::make_unique<TransferSession>(*world.store, 1000);

  void begin_anew() {
    session = std::make_unique<TransferSession>(*world.store, 1000);
  }
  // Says it octet by octet; the answer, where there is one.
  std::optional<ipc::TransferAnswer> ask(const ipc::TransferRequest& request) {
    for (const Octet octet : framed(request)) {
      EXPECT_FALSE(session->step());
      session->received({&octet, 1});
    }
    session->step();
    const Octets said = session->output();
    if (said.size() < 4) return std::nullopt;
    ipc::TransferAnswer answer;
    EXPECT_TRUE(ipc::read(said.subspan(4), answer));
    session->output_sent();
    return answer;
  }
  std::optional<ipc::TransferAnswer> ask(TransferWhat what,
                                         std::string mailbox = {},
                                         std::uint32_t uid = 0) {
    ipc::TransferRequest request;
    request.what = what;
    request.mailbox = std::move(mailbox);
    request.uid = uid;
    return ask(request);
  }
  void put(std::string_view text, std::uint8_t flags = 0,
           std::vector<std::string> keywords = {}) {
    ipc::TransferRequest request;
    request.what = TransferWhat::put;
    request.message = {.flags = flags,
                       .keywords = std::move(keywords),
                       .date = 7,
                       .text = {text.begin(), text.end()}};
    EXPECT_FALSE(ask(request)) << "a put has no answer";
  }
};

TEST_F(TransferSessionTest, what_was_put_is_durable_once_it_is_flushed) {
  const auto opened = ask(TransferWhat::create, "Old/2019");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->verdict, TransferVerdict::done);
  EXPECT_EQ(opened->uid_next, 1U);
  put("one\r\n", store::flag_seen | store::flag_draft, {"work", "$Junk"});
  put("two\r\n");
  put("three\r\n");
  const auto flushed = ask(TransferWhat::flush);
  ASSERT_TRUE(flushed);
  EXPECT_EQ(flushed->verdict, TransferVerdict::done);
  EXPECT_EQ(flushed->uid_next, 4U);
  EXPECT_EQ(flushed->messages, 3U);
  EXPECT_EQ(session->requests(), 5U);
  // The process dies: all of it is there.
  session.reset();
  world.kill();
  begin_anew();
  EXPECT_EQ(ask(TransferWhat::open, "Old/2019")->messages, 3U);
  const auto first = ask(TransferWhat::get, "", 0);
  EXPECT_EQ(first->uid, 1U);
  EXPECT_EQ(first->message.flags, store::flag_seen | store::flag_draft);
  EXPECT_EQ(first->message.keywords,
            (std::vector<std::string>{"work", "$Junk"}));
  EXPECT_EQ(first->message.date, 7);
  EXPECT_EQ(store::text_of(first->message.text), "one\r\n");
  EXPECT_EQ(ask(TransferWhat::get, "", 3)->uid, 3U);
  EXPECT_EQ(ask(TransferWhat::get, "", 4)->verdict, TransferVerdict::end);
}

TEST_F(TransferSessionTest, what_is_not_there_or_cannot_be_is_said) {
  EXPECT_EQ(ask(TransferWhat::open, "None")->verdict,
            TransferVerdict::not_found);
  EXPECT_EQ(ask(TransferWhat::create, "a//b")->verdict,
            TransferVerdict::bad_name);
  EXPECT_EQ(ask(TransferWhat::open, "INBOX")->verdict, TransferVerdict::done);
  EXPECT_EQ(ask(TransferWhat::get, "", 1)->verdict, TransferVerdict::end);
  // One message that cannot be kept: none of the batch is.
  put("good\r\n");
  put("bad\r\n", 0, {std::string(store::keyword_octets_max + 1, 'k')});
  EXPECT_EQ(ask(TransferWhat::flush)->verdict, TransferVerdict::limit);
  EXPECT_EQ(ask(TransferWhat::flush)->verdict, TransferVerdict::done);
  EXPECT_EQ(ask(TransferWhat::get, "", 1)->verdict, TransferVerdict::end);
}

TEST_F(TransferSessionTest, what_is_no_request_ends_it) {
  {  // Nothing is open.
    begin_anew();
    EXPECT_FALSE(ask(TransferWhat::flush));
    EXPECT_TRUE(session->is_broken());
    EXPECT_FALSE(ask(TransferWhat::open, "INBOX"));
  }
  {  // Too long to be one.
    TransferSession other{*world.store, 1000};
    other.received(octets(std::string_view("\x7F\0\0\0", 4)));
    EXPECT_FALSE(other.step());
    EXPECT_TRUE(other.is_broken());
  }
  {
    TransferSession other{*world.store, 1000};
    other.received(octets(std::string_view("\0\0\0\1?", 5)));
    EXPECT_FALSE(other.step());
    EXPECT_TRUE(other.is_broken());
  }
  {  // More puts than may wait.
    begin_anew();
    ask(TransferWhat::open, "INBOX");
    for (std::size_t i = 0; i < ipc::transfer_puts_max; ++i) put("x\r\n");
    EXPECT_FALSE(session->is_broken());
    put("x\r\n");
    EXPECT_TRUE(session->is_broken());
  }
}

}  // namespace
}  // namespace postkeep::role
