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
  put(std::string(900, 'x') + "\r\n");
  world.disk.set_space(world.disk.used_octets() + 600);
  EXPECT_EQ(ask(TransferWhat::flush)->verdict, TransferVerdict::no_space);
  world.disk.set_space(UINT64_MAX);
  EXPECT_EQ(ask(TransferWhat::flush)->verdict, TransferVerdict::done);
  EXPECT_EQ(ask(TransferWhat::get, "", 1)->verdict, TransferVerdict::end);
}

TEST_F(TransferSessionTest, keywords_without_room_are_left_out_and_said) {
  ASSERT_TRUE(ask(TransferWhat::open, "INBOX")->names.empty());
  for (std::size_t i = 0; i < store::folder_keywords_max + 2; ++i) {
    put("x\r\n", 0, {"k" + std::to_string(i), "all"});
  }
  put("x\r\n", 0, {"k26", std::string(store::keyword_octets_max + 1, 'k')});
  const auto flushed = ask(TransferWhat::flush);
  EXPECT_EQ(flushed->verdict, TransferVerdict::done);
  EXPECT_EQ(flushed->names,
            (std::vector<std::string>{
                "k25", "k26", "k27",
                std::string(store::keyword_octets_max + 1, 'k')}));
  EXPECT_EQ(ask(TransferWhat::get, "", 26)->message.keywords,
            (std::vector<std::string>{"all"}));
  EXPECT_EQ(ask(TransferWhat::get, "", 29)->message.keywords.size(), 0U);
  put("x\r\n");
  EXPECT_TRUE(ask(TransferWhat::flush)->names.empty());
  // Whoever opens the mailbox is told its keywords, by bit.
  begin_anew();
  const auto opened = ask(TransferWhat::open, "INBOX");
  ASSERT_EQ(opened->names.size(), store::folder_keywords_max);
  EXPECT_EQ(opened->names[1], "all");
}

TEST_F(TransferSessionTest, mailboxes_are_listed_a_part_at_a_time) {
  std::vector<std::string> names{"INBOX"};
  for (std::size_t i = 0; i < ipc::transfer_names_max; ++i) {
    names.push_back("a" + std::to_string(100 + i));
    EXPECT_EQ(ask(TransferWhat::create, names.back())->verdict,
              TransferVerdict::done);
  }
  begin_anew();
  auto first = ask(TransferWhat::list);
  EXPECT_EQ(first->verdict, TransferVerdict::done);
  ASSERT_EQ(first->names.size(), ipc::transfer_names_max);
  const auto rest = ask(TransferWhat::list, "", ipc::transfer_names_max);
  first->names.insert(first->names.end(), rest->names.begin(),
                      rest->names.end());
  EXPECT_EQ(first->names, names);
  EXPECT_EQ(ask(TransferWhat::list, "", ipc::transfer_names_max + 1)->verdict,
            TransferVerdict::end);
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
