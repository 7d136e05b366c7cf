// A spool file on a real disk, beside programs that lock and write it as
// Debian's do.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "io/clock.h"
#include "io/disk.h"
#include "io/place.h"
#include "mbox/mbox_laws.h"
#include "mbox/spool_file.h"

namespace postkeep::mbox {
namespace {

namespace fs = std::filesystem;

DropId id_of(int number) {
  DropId id{};
  id[0] = static_cast<Octet>(number);
  return id;
}

struct SpoolFilePrograms : ::testing::Test {
  fs::path top = [] {
    std::string name = fs::temp_directory_path() / "spool_file_test.XXXXXX";
    return fs::path(::mkdtemp(name.data()));
  }();
  io::DirectoryDisk disk{*io::open_directory(top)};
  io::SystemClock clock;
  SpoolFile file{
      {disk, disk.root(), "ann"}, {disk, disk.root(), "notes"}, clock};

  ~SpoolFilePrograms() override { fs::remove_all(top); }

  // Repeats until nobody else has the file.
  void deliver(int number) {
    const std::string text = "Subject: d-" + std::to_string(number) +
                             "\r\n\r\nFrom here\r\n" + std::string(2000, 'x') +
                             "\r\n";
    const std::array pieces{octets(text)};
    const std::string written = write_delivered(pieces, "a@b.example", 0);
    for (int tries = 0; tries < 20'000; ++tries) {
      const auto dropped = file.deliver(id_of(number), written);
      if (dropped) return;
      ASSERT_EQ(dropped.error(), DropError::locked);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "locked for good";
  }
  [[nodiscard]] bool run(const std::string& command) const {
    return std::system(("cd '" + top.string() + "' && " + command).c_str()) ==
           0;
  }
  [[nodiscard]] std::set<std::string> subjects() const {
    std::ifstream in(top / "ann", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::set<std::string> found;
    for (const Item& item : read_items(octets(text), 4096, 1U << 20)) {
      const std::string raw(item.raw.begin(), item.raw.end());
      EXPECT_TRUE(found.insert(raw.substr(0, raw.find('\n'))).second);
    }
    return found;
  }
};

// Python's mailbox takes fcntl and the dot lock, as Debian asks.
constexpr const char* writes_too = R"(python3 -c '
import contextlib, mailbox, time
box = mailbox.mbox("ann")
for number in range(50):
    locked = False
    while not locked:
        with contextlib.suppress(mailbox.ExternalClashError):
            box.lock()
            locked = True
        time.sleep(0.001)
    box.add(f"Subject: p-{number}\n\nFrom p\n")
    box.flush()
    box.unlock()
')";

constexpr const char* reads_all = R"(python3 -c '
import mailbox
box = mailbox.mbox("ann", create=False)
names = sorted(message["Subject"] for message in box)
assert names == sorted([f"p-{n}" for n in range(50)] +
                       [f"d-{n}" for n in range(50)]), names
')";

TEST_F(SpoolFilePrograms, two_write_at_the_same_time) {
  deliver(0);
  bool good = false;
  std::thread other([&] { good = run(writes_too); });
  for (int number = 1; number < 50; ++number) deliver(number);
  other.join();
  EXPECT_TRUE(good);
  EXPECT_EQ(subjects().size(), 100U);
  EXPECT_TRUE(run(reads_all));
}

TEST_F(SpoolFilePrograms, mutts_lock_keeps_us_out_and_ours_keeps_mutt_out) {
  if (!run("command -v mutt_dotlock >/dev/null")) GTEST_SKIP();
  deliver(0);
  ASSERT_TRUE(run("mutt_dotlock ann"));
  EXPECT_EQ(file.deliver(id_of(1), "x\n\n").error(), DropError::locked);
  ASSERT_TRUE(run("mutt_dotlock -u ann"));
  EXPECT_EQ(file.deliver(id_of(1), "x\n\n"), Dropped::now);
  EXPECT_FALSE(fs::exists(top / "ann.lock"));
}

TEST_F(SpoolFilePrograms, links_are_refused) {
  std::ofstream(top / "secret") << "secret\n";
  fs::create_symlink("secret", top / "ann");
  EXPECT_EQ(file.deliver(id_of(1), "x\n\n").error(), DropError::not_safe);
  fs::remove(top / "ann");
  fs::create_hard_link(top / "secret", top / "ann");
  EXPECT_EQ(file.deliver(id_of(1), "x\n\n").error(), DropError::not_safe);
  EXPECT_EQ(fs::file_size(top / "secret"), 7U);
  EXPECT_FALSE(fs::exists(top / "ann.lock"));
  // A lock file that is a link is no lock of ours: it is left alone.
  fs::remove(top / "ann");
  fs::create_symlink("secret", top / "ann.lock");
  EXPECT_EQ(file.deliver(id_of(1), "x\n\n").error(), DropError::locked);
}

}  // namespace
}  // namespace postkeep::mbox
