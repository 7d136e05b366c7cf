#include "io/process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "gtest/gtest.h"
#include "io/channel.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

// This very program, started anew with "--child WHAT", does WHAT.
int as_child(std::string_view what) {
  if (what == "status") return 42;
  if (what == "die") return raise(SIGKILL);
  if (what == "wait") return pause();
  // Says which descriptors it has, and how large its environment is.
  std::string text;
  for (int number = 0; number < 64; ++number) {
    if (fcntl(number, F_GETFD) >= 0) text += std::to_string(number) + " ";
  }
  text += environ[0] == nullptr ? "empty" : "environment";
  return send(channel_of_start, text.data(), text.size(), 0) > 0 ? 0 : 1;
}

struct IoProcess : ::testing::Test {
  std::expected<ThisProgram, Trouble> program = ThisProgram::open();
  Descriptor channel;

  ProcessId start(const std::string& what) {
    auto pair = packet_pair();
    EXPECT_TRUE(pair && program);
    channel = std::move(pair->first);
    const auto process =
        program->start({"test", "--child", what}, pair->second, own(dup(2)));
    EXPECT_TRUE(process);
    return process.value_or(ProcessId::none);
  }
  static Ended wait() {
    for (;;) {
      const auto ended = reap();
      if (!ended.empty()) return ended.front();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
};

TEST_F(IoProcess, a_child_has_four_descriptors_and_no_environment) {
  const Descriptor leaked = own(dup(2));  // Not close-on-exec.
  const ProcessId process = start("tell");
  const Ended ended = wait();
  EXPECT_EQ(ended.process, process);
  EXPECT_EQ(ended.status, 0);
  EXPECT_FALSE(ended.by_signal);
  std::array<char, 200> room{};
  ASSERT_GT(recv(channel.number(), room.data(), room.size() - 1, 0), 0);
  EXPECT_STREQ(room.data(), "0 1 2 3 empty");
}

TEST_F(IoProcess, its_end_is_noticed_with_status_or_signal) {
  start("status");
  EXPECT_EQ(wait().status, 42);
  start("die");
  EXPECT_EQ(wait().by_signal, SIGKILL);
  const ProcessId waits = start("wait");
  EXPECT_TRUE(reap().empty());
  send_signal(waits, Ask::end);
  EXPECT_EQ(wait().by_signal, SIGTERM);
  EXPECT_EQ(name_of_signal(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(name_of_signal(4711), "signal 4711");
  send_signal(ProcessId::none, Ask::kill);  // Nobody, not everybody.
}

TEST_F(IoProcess, users_are_found_in_the_passwd_file) {
  const auto root = ids_of_user("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_EQ(root->gid, 0U);
  EXPECT_FALSE(ids_of_user("postkeep-no-such-user"));
  EXPECT_FALSE(ids_of_user(""));
  EXPECT_EQ(id_of_group("root"), 0U);
  EXPECT_FALSE(id_of_group("postkeep-no-such-group"));
  EXPECT_EQ(own_uid(), geteuid());
  EXPECT_EQ(own_process(), getpid());
  EXPECT_GE(core_count(), 1U);
}

}  // namespace

int child(std::string_view what) { return as_child(what); }

}  // namespace postkeep::io

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--child") {
    return postkeep::io::child(argv[2]);
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
