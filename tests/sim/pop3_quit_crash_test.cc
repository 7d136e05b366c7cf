// POP3's QUIT, cut at every disk operation of the session: what was marked is
// gone once +OK was sent, each message is whole or gone before that, and
// nothing is gone that was not marked, or before QUIT (docs/pop3_session.md).
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "pop3/session.h"
#include "sim/choices.h"
#include "store/world.h"

using namespace postkeep;
using namespace postkeep::sim;

namespace {

constexpr std::size_t messages_count = 5;
constexpr std::size_t cuts_of_a_point = 32;

std::string text_number(std::size_t number) {
  return "Subject: " + std::to_string(number) + "\r\n\r\n" +
         std::string(100 * number, 'x') + "\r\n";
}

struct Promise {
  bool quit_said = false;
  bool ok_heard = false;
};

// What a machine that comes up again must have.
void check(SimDisk disk, const Promise& promise) {
  store::World world(std::move(disk));
  ASSERT_NE(world.store, nullptr);
  std::multiset<std::string> found;
  for (const auto& [uid, content] : store::contents_of(*world.folder())) {
    found.insert(content.first);
  }
  for (std::size_t number = 1; number <= messages_count; ++number) {
    const bool is_marked = number == 2 || number == 4;
    const std::size_t count = found.count(text_number(number));
    found.erase(text_number(number));
    if (!is_marked || !promise.quit_said) {
      ASSERT_EQ(count, 1U) << "message " << number << " is lost";
    } else {
      ASSERT_LE(count, promise.ok_heard ? 0U : 1U) << "message " << number;
    }
  }
  ASSERT_TRUE(found.empty()) << "harmed: " << *found.begin();
}

// Says each command, taking the answers as they come.
void converse(store::World& world, Promise& promise) {
  pop3::MaildropLock lock;
  pop3::Session session(
      *world.store, lock, world.clock,
      {.tls = true, .utf8 = false, .offers_login = true, .mechanisms = {}});
  for (const std::string command :
       {"STAT\r\n", "DELE 2\r\n", "RETR 1\r\n", "DELE 4\r\n", "QUIT\r\n"}) {
    promise.quit_said = command == "QUIT\r\n";
    session.received(octets(command));
    std::string heard;
    while (session.has_work()) session.step();
    const Octets all = session.output();
    heard.assign(all.begin(), all.end());
    session.output_taken(all.size());
    ASSERT_TRUE(heard.starts_with("+OK")) << heard;
  }
  promise.ok_heard = true;
}

TEST(Pop3QuitCrash, no_cut_harms_what_was_not_deleted) {
  store::World world;
  for (std::size_t number = 1; number <= messages_count; ++number) {
    ASSERT_NE(world.append(text_number(number)), 0U);
  }
  Promise promise;
  std::size_t points = 0;
  world.disk.before_operation([&] {
    if (testing::Test::HasFatalFailure()) return;
    ++points;
    check(world.disk.after_kill(), promise);
    for (std::size_t i = 0; i < cuts_of_a_point; ++i) {
      Chance chance(points * cuts_of_a_point + i);
      check(world.disk.after_power_cut(chance), promise);
    }
  });
  converse(world, promise);
  world.disk.before_operation(nullptr);
  ASSERT_TRUE(promise.ok_heard);
  for (std::size_t i = 0; i < 4 * cuts_of_a_point; ++i) {
    Chance chance(i);
    check(world.disk.after_power_cut(chance), promise);
  }
  EXPECT_GE(points, 3U);
  std::printf("%zu points\n", points);
}

}  // namespace
