// Power cuts and deaths at every disk operation of deliveries into a spool
// file, with another program that writes there too: what was said done is in
// the file, everything is in it once when the spool has repeated what it may
// repeat, and nothing of the other program's is lost.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "mbox/mbox_laws.h"
#include "mbox/spool_file.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"

namespace postkeep::mbox {
namespace {

constexpr std::string_view other_message =
    "From x@y.example Thu Jan  1 00:00:00 1970\nSubject: other\n\nothers\n\n";

DropId id_of(std::size_t number) {
  DropId id{};
  id.fill(static_cast<Octet>(number + 1));
  return id;
}

// Longer than a sector, so that it can be torn.
std::string message_of(std::size_t number) {
  const std::string text = "Subject: m-" + std::to_string(number) +
                           "\r\n\r\nFrom here\r\n" +
                           std::string(700 + 300 * number, 'x') + "\r\n";
  const std::array pieces{octets(text)};
  return write_delivered(pieces, "a@b.example", 77);
}

struct Mail {
  sim::SimDisk& disk;
  sim::SimClock& clock;
  SpoolFile file{
      {disk, disk.root(), "ann"}, {disk, disk.root(), "notes"}, clock};

  std::expected<Dropped, DropError> deliver(std::size_t number,
                                            bool give_up = false) {
    return file.deliver(id_of(number), message_of(number), give_up);
  }
};

std::string contents(sim::SimDisk& disk) {
  const auto file = disk.open(disk.root(), "ann", Open::read);
  if (!file) return {};
  std::vector<Octet> room(disk.status(*file)->octets);
  EXPECT_TRUE(disk.read(*file, 0, room));
  disk.close(*file);
  return {room.begin(), room.end()};
}

// Another program appends, durably, under its own locks.
void append_elsewhere(sim::SimDisk& disk, std::string_view text) {
  const auto file = disk.open(disk.root(), "ann", Open::write_create);
  ASSERT_TRUE(disk.write(*file, disk.status(*file)->octets, octets(text)));
  ASSERT_TRUE(disk.flush(*file));
  ASSERT_TRUE(disk.flush_directory(disk.root()));
  disk.close(*file);
}

// How often each message is in the file, as a reader sees it.
std::map<std::string, int> count(const std::string& text) {
  constexpr std::size_t quotes = 1;  // Of ">From here".
  std::map<std::string, int> found;
  for (const Item& item : read_items(octets(text), 4096, 1U << 20)) {
    const std::string raw(item.raw.begin(), item.raw.end());
    const std::size_t end = raw.find('\n');
    found[raw.substr(0, end)] += 1;
    if (raw.starts_with("Subject: m-")) {
      const std::size_t number = static_cast<std::size_t>(raw[11] - '0');
      // But for its From_ line and the empty one, all of it.
      const std::string whole = message_of(number);
      EXPECT_EQ(raw.size(), whole.size() - whole.find('\n') - 2 - quotes)
          << "half a message is there";
    }
  }
  return found;
}

// `steps`: what happens, each a delivery by number or, negative, the other
// program's message.
class Search {
 public:
  explicit Search(std::string before) : before_(std::move(before)) {}

  void go(const std::vector<int>& steps) {
    sim::SimClock clock;
    sim::SimDisk disk;
    if (!before_.empty()) append_elsewhere(disk, before_);
    Mail mail{disk, clock};
    std::vector<std::size_t> done;
    std::vector<std::size_t> asked;
    int others = 0;
    disk.before_operation([&] {
      look(disk, done, asked, others, true);
      look(disk, done, asked, others, false);
    });
    for (const int step : steps) {
      if (step < 0) {
        disk.before_operation(nullptr);
        append_elsewhere(disk, other_message);
        others += 1;
        disk.before_operation([&] {
          look(disk, done, asked, others, true);
          look(disk, done, asked, others, false);
        });
        continue;
      }
      const auto number = static_cast<std::size_t>(step);
      if (std::ranges::find(asked, number) == asked.end()) {
        asked.push_back(number);
      }
      ASSERT_TRUE(mail.deliver(number));
      done.push_back(number);
    }
    disk.before_operation(nullptr);
    look(disk, done, asked, others, true);
    std::printf("%zu cuts\n", cuts_);
  }

 private:
  // The spool repeats what was not said done, in its order; a part that is
  // there is known by its repetition, so others may have to wait for that.
  void look(sim::SimDisk& disk, const std::vector<std::size_t>& done,
            const std::vector<std::size_t>& asked, int others, bool power_cut) {
    const auto recover = [&](sim::SimDisk& after) {
      cuts_ += 1;
      const auto at_once = contents(after);
      for (const std::size_t number : done) {
        EXPECT_NE(at_once.find("m-" + std::to_string(number) + "\n"),
                  std::string::npos);
      }
      sim::SimClock clock;
      clock.pass(std::chrono::hours(24 * 365));  // A lock file is stale.
      Mail mail{after, clock};
      std::vector<std::size_t> open;
      for (const std::size_t number : asked) {
        const bool is_done = std::ranges::find(done, number) != done.end();
        if (!is_done) open.push_back(number);
      }
      // A newer delivery may come first: it waits, or goes before.
      open.insert(open.begin(), 5);
      for (int round = 0; round < 2; ++round) {
        for (const std::size_t number : open) {
          const auto dropped = mail.deliver(number);
          EXPECT_TRUE(dropped || dropped.error() == DropError::waiting);
        }
      }
      const auto found = count(contents(after));
      for (const std::size_t number : asked) {
        EXPECT_EQ(found.at("Subject: m-" + std::to_string(number)), 1);
      }
      EXPECT_EQ(found.at("Subject: m-5"), 1);
      EXPECT_EQ(
          found.contains("Subject: other") ? found.at("Subject: other") : 0,
          others + (before_.empty() ? 0 : 1));
      EXPECT_FALSE(after.status(after.root(), "ann.lock"));
    };
    if (power_cut) {
      disk.each_power_cut(100, 1, recover);
    } else {
      sim::SimDisk after = disk.after_kill();
      recover(after);
    }
  }

  std::string before_;
  std::size_t cuts_ = 0;
};

TEST(SpoolFileCrash, into_a_file_that_is_not_there_yet) {
  Search("").go({0, 1});
}

TEST(SpoolFileCrash, behind_mail_of_another_program) {
  Search(std::string(other_message)).go({0, -1, 1, 2});
}

TEST(SpoolFileCrash, behind_mail_that_does_not_end_with_an_empty_line) {
  for (const std::size_t less : {1U, 2U}) {
    std::string before(other_message);
    before.resize(before.size() - less);
    Search(before).go({0, 1});
  }
}

TEST(SpoolFileCrash, the_same_delivery_again) {
  Search(std::string(other_message)).go({0, 0, 1, 0});
}

}  // namespace
}  // namespace postkeep::mbox
