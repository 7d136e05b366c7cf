#include "io/process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "io/channel.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

// Of this thread; 0 where it is elsewhere.
[[gnu::no_stack_protector]] std::uint64_t canary() {
  std::uint64_t here = 0;
#if defined(__x86_64__)
  asm volatile("movq %%fs:0x28, %0" : "=r"(here));
#endif
  return here;
}

std::string descriptors() {
  std::string text;
  for (int number = 0; number < 64; ++number) {
    if (fcntl(number, F_GETFD) >= 0) text += std::to_string(number) + " ";
  }
  return text;
}

// What a sibling says of itself: parent, thread, canary, descriptors, name.
[[noreturn]] void live() {
  rename_process({"test", "--child", "seed"}, {"test", "--sibling"});
  std::array<char, 100> name{};
  const int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  const ssize_t size = read(file, name.data(), name.size());
  close(file);
  std::string text = std::to_string(getppid()) + ";" +
                     std::to_string(canary()) + ";" + descriptors() + ";";
  text.append(name.data(), static_cast<std::size_t>(std::max(size, {})));
  send(channel_of_start, text.data(), text.size(), 0);
  // Threads work, of which some C libraries keep numbers.
  std::thread([] {}).join();
  _exit(7);
}

int as_seed() {
  const Descriptor leaked = own(dup(2));
  const Descriptor line = own(dup(channel_of_start));
  const auto sibling = fork_sibling(line, leaked, live);
  const std::string text = std::to_string(getppid()) + ";" +
                           std::to_string(canary()) + ";" +
                           std::to_string(static_cast<int>(*sibling));
  return send(channel_of_start, text.data(), text.size(), 0) > 0 ? 0 : 1;
}

// This very program, started anew with "--child WHAT", does WHAT.
int as_child(std::string_view what) {
  if (what == "status") return 42;
  if (what == "die") return raise(SIGKILL);
  if (what == "wait") return pause();
  if (what == "seed") return as_seed();
  // Says which descriptors it has, and how large its environment is.
  std::string text = descriptors();
  text += environ[0] == nullptr ? "empty" : "environment";
  return send(channel_of_start, text.data(), text.size(), 0) > 0 ? 0 : 1;
}

struct IoProcess : ::testing::Test {
  std::expected<ThisProgram, Trouble> program = ThisProgram::open();
  Descriptor channel;
  std::vector<Ended> reaped;

  ProcessId start(const std::string& what) {
    auto pair = packet_pair();
    EXPECT_TRUE(pair && program);
    channel = std::move(pair->first);
    const auto process =
        program->start({"test", "--child", what}, pair->second, own(dup(2)));
    EXPECT_TRUE(process);
    return process.value_or(ProcessId::none);
  }
  // Several may have ended when it looks: the others are for the next call.
  Ended wait() {
    while (reaped.empty()) {
      reaped = reap();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const Ended one = reaped.front();
    reaped.erase(reaped.begin());
    return one;
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

TEST_F(IoProcess, a_sibling_is_a_child_of_the_same_parent) {
  const ProcessId seed = start("seed");
  std::map<ProcessId, int> ends;
  while (ends.size() < 2) {
    const Ended one = wait();
    ends[one.process] = one.status;
  }
  std::vector<std::string> told;
  for (int i = 0; i < 2; ++i) {
    std::array<char, 400> room{};
    const ssize_t size = recv(channel.number(), room.data(), room.size(), 0);
    ASSERT_GT(size, 0);
    told.emplace_back(room.data(), static_cast<std::size_t>(size));
  }
  // The seed's is the shorter one.
  if (told[0].size() > told[1].size()) std::swap(told[0], told[1]);
  const std::string parent = std::to_string(getpid()) + ";";
  EXPECT_TRUE(told[0].starts_with(parent)) << told[0];
  EXPECT_TRUE(told[1].starts_with(parent)) << told[1];
  const auto canary_in = [](const std::string& text) {
    const std::size_t from = text.find(';') + 1;
    return text.substr(from, text.find(';', from) - from);
  };
#if defined(__x86_64__)
  EXPECT_NE(canary_in(told[0]), canary_in(told[1]));
#endif
  EXPECT_NE(told[1].find(";0 1 2 3 ;"), std::string::npos) << told[1];
  EXPECT_NE(told[1].find(std::string("test\0--sibling\0", 15)),
            std::string::npos);
  const ProcessId sibling{std::stoi(told[0].substr(told[0].rfind(';') + 1))};
  EXPECT_EQ(ends[seed], 0);
  EXPECT_EQ(ends[sibling], 7);
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
  EXPECT_EQ(group_of("root"), 0U);
  EXPECT_EQ(group_of("4711"), 4711U);
  for (const char* wrong : {"", "-1", "12x", "4294967296"}) {
    EXPECT_FALSE(group_of(wrong)) << wrong;
  }
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
