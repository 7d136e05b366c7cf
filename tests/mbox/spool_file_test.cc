#include "mbox/spool_file.h"

#include <gtest/gtest.h>

#include "base/checksum.h"
#include "mbox/mbox_laws.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"

namespace postkeep::mbox {
namespace {

DropId id_of(std::uint8_t number) {
  DropId id{};
  id.fill(number);
  return id;
}

struct SpoolFileTest : ::testing::Test {
  sim::SimDisk disk;
  sim::SimClock clock;
  std::unique_ptr<SpoolFile> file = std::make_unique<SpoolFile>(
      SpoolFile::Place{disk, disk.root(), "ann"},
      SpoolFile::Place{disk, disk.root(), "notes"}, clock);

  SpoolFileTest() {
    disk.set_now([this] { return clock.wall().time_since_epoch().count(); });
  }
  void begin_anew() {
    file = std::make_unique<SpoolFile>(
        SpoolFile::Place{disk, disk.root(), "ann"},
        SpoolFile::Place{disk, disk.root(), "notes"}, clock);
  }
  std::string contents() {
    const auto opened = disk.open(disk.root(), "ann", Open::read);
    std::vector<Octet> room(disk.status(*opened)->octets);
    EXPECT_TRUE(disk.read(*opened, 0, room));
    disk.close(*opened);
    return {room.begin(), room.end()};
  }
  void replace(std::string_view text) {
    const auto opened = disk.open(disk.root(), "ann", Open::write_create);
    EXPECT_TRUE(disk.resize(*opened, 0));
    EXPECT_TRUE(disk.write(*opened, 0, octets(text)));
    disk.close(*opened);
  }
};

TEST_F(SpoolFileTest, messages_are_written_as_mail_programs_read_them) {
  const std::array pieces{octets("Return-Path: <a@b>\r\n"),
                          octets("A: b\r\n\r\nFrom me\r\n>From you\r\nno end")};
  EXPECT_EQ(write_delivered(pieces, "a@b", 0),
            "From a@b Thu Jan  1 00:00:00 1970\nReturn-Path: <a@b>\nA: b\n\n"
            ">From me\n>>From you\nno end\n\n");
  EXPECT_EQ(write_delivered({}, "", 0),
            "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n\n");
  const std::array bare{octets("a\nb\r\r\nc\r")};
  EXPECT_EQ(write_delivered(bare, "a", 0),
            "From a Thu Jan  1 00:00:00 1970\na\nb\r\nc\r\n\n");
}

TEST_F(SpoolFileTest, a_delivery_is_there_once) {
  EXPECT_EQ(file->deliver(id_of(1), "one\n\n"), Dropped::now);
  EXPECT_EQ(file->deliver(id_of(1), "one\n\n"), Dropped::before);
  EXPECT_EQ(file->deliver(id_of(2), "two\n\n"), Dropped::now);
  begin_anew();
  EXPECT_EQ(file->deliver(id_of(1), "one\n\n"), Dropped::before);
  EXPECT_EQ(file->deliver(id_of(2), "two\n\n"), Dropped::before);
  EXPECT_EQ(contents(), "one\n\ntwo\n\n");
  // A reader takes it out: it was delivered all the same.
  replace("one\n\n");
  EXPECT_EQ(file->deliver(id_of(2), "two\n\n"), Dropped::before);
  // What is forgotten is new.
  const std::array both{id_of(1), id_of(2)};
  file->forget(both);
  EXPECT_EQ(file->deliver(id_of(1), "one\n\n"), Dropped::now);
}

TEST_F(SpoolFileTest, a_file_that_is_not_there_is_made_or_told) {
  SpoolFile told({disk, disk.root(), "ben"}, {disk, disk.root(), "bens notes"},
                 clock, NoFile::is_told);
  EXPECT_EQ(told.deliver(id_of(1), "one\n\n").error(), DropError::missing);
  EXPECT_FALSE(disk.status(disk.root(), "ben"));
  EXPECT_FALSE(disk.status(disk.root(), "ben.lock"));
  disk.close(*disk.open(disk.root(), "ben", Open::create_new));
  EXPECT_EQ(told.deliver(id_of(1), "one\n\n"), Dropped::now);
  EXPECT_EQ(told.known(), std::vector{id_of(1)});
  EXPECT_TRUE(file->known().empty());
  EXPECT_EQ(file->deliver(id_of(1), "one\n\n"), Dropped::now);
}

TEST_F(SpoolFileTest, an_empty_line_stands_before_each) {
  for (const auto& [before, after] :
       {std::pair{"", "x\n\n"}, std::pair{"a", "a\n\nx\n\n"},
        std::pair{"a\n", "a\n\nx\n\n"}, std::pair{"a\n\n", "a\n\nx\n\n"},
        std::pair{"\n", "\nx\n\n"}}) {
    replace(before);
    begin_anew();
    const std::vector<DropId> ids{id_of(1)};
    EXPECT_EQ(file->deliver(id_of(1), "x\n\n"), Dropped::now);
    file->forget(ids);
    EXPECT_EQ(contents(), after);
  }
}

TEST_F(SpoolFileTest, who_holds_a_lock_is_waited_for) {
  replace("a\n\n");
  const auto held = disk.open(disk.root(), "ann", Open::write);
  EXPECT_TRUE(disk.lock(*held));
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n").error(), DropError::locked);
  EXPECT_FALSE(disk.status(disk.root(), "ann.lock"));
  disk.close(*held);
  const auto other = disk.open(disk.root(), "ann.lock", Open::create_new);
  disk.close(*other);
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n").error(), DropError::locked);
  EXPECT_TRUE(disk.status(disk.root(), "ann.lock"));
  // Stale: whoever made it is long dead.
  clock.pass(std::chrono::seconds(stale_lock_seconds));
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n"), Dropped::now);
  EXPECT_FALSE(disk.status(disk.root(), "ann.lock"));
  // Ours is let go of, the other one too.
  const auto again = disk.open(disk.root(), "ann", Open::write);
  EXPECT_TRUE(disk.lock(*again));
  disk.close(*again);
}

TEST_F(SpoolFileTest, what_is_not_a_file_of_one_name_is_refused) {
  replace("a\n\n");
  ASSERT_TRUE(disk.link(disk.root(), "ann", disk.root(), "bob"));
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n").error(), DropError::not_safe);
  EXPECT_EQ(contents(), "a\n\n");
  ASSERT_TRUE(disk.remove(disk.root(), "ann"));
  ASSERT_TRUE(disk.make_directory(disk.root(), "ann"));
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n").error(), DropError::not_safe);
}

TEST_F(SpoolFileTest, a_full_disk_leaves_the_file_as_it_was) {
  replace("a\n\n");
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n"), Dropped::now);
  disk.set_space(disk.used_octets() + 100);
  const std::string large(1000, 'y');
  EXPECT_EQ(file->deliver(id_of(2), large).error(), DropError::no_space);
  EXPECT_EQ(contents(), "a\n\nx\n\n");
  EXPECT_FALSE(file->has_failed());
  disk.set_space(UINT64_MAX);
  EXPECT_EQ(file->deliver(id_of(2), large + "\n\n"), Dropped::now);
  EXPECT_EQ(contents(), "a\n\nx\n\n" + large + "\n\n");
}

TEST_F(SpoolFileTest, after_a_failed_flush_nothing_more_is_taken) {
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n"), Dropped::now);
  std::uint64_t operations = disk.operations();
  EXPECT_EQ(file->deliver(id_of(2), "y\n\n"), Dropped::now);
  operations = disk.operations() - operations;
  // The flush of the file: the last but the lock file's removal.
  disk.fail_operation(disk.operations() + operations - 2,
                      Trouble::input_output);
  EXPECT_EQ(file->deliver(id_of(3), "z\n\n").error(), DropError::trouble);
  EXPECT_TRUE(file->has_failed());
  EXPECT_EQ(file->deliver(id_of(4), "z\n\n").error(), DropError::trouble);
  EXPECT_EQ(contents(), "x\n\ny\n\n");
}

// The process dies with a part written: only the same delivery can tell what
// that is, and after a while nobody waits for it any more.
TEST_F(SpoolFileTest, others_wait_for_a_part_that_may_be_there) {
  const std::string large(5000, 'y');
  replace("a\n\n");
  begin_anew();
  DropNote note{.sequence = 1,
                .id = id_of(1),
                .inode = disk.status(disk.root(), "ann")->inode,
                .offset = 3,
                .octets = large.size(),
                .checksum = crc32c(octets(large)),
                .done = {}};
  const auto notes = disk.open(disk.root(), "notes", Open::write_create);
  ASSERT_TRUE(disk.write(*notes, drop_slot_octets, write(note)));
  disk.close(*notes);
  replace("a\n\n" + large.substr(0, 700));
  EXPECT_EQ(file->deliver(id_of(2), "x\n\n").error(), DropError::waiting);
  EXPECT_EQ(file->deliver(id_of(1), large), Dropped::now);
  EXPECT_EQ(contents(), "a\n\n" + large);
  // Another program wrote behind the part: nothing of its is cut.
  file.reset();
  disk = sim::SimDisk();
  replace("a\n\n");
  begin_anew();
  note.inode = disk.status(disk.root(), "ann")->inode;
  const auto more = disk.open(disk.root(), "notes", Open::write_create);
  ASSERT_TRUE(disk.write(*more, drop_slot_octets, write(note)));
  disk.close(*more);
  replace("a\n\n" + large.substr(0, 700) + "other\n\n");
  EXPECT_EQ(file->deliver(id_of(2), "x\n\n").error(), DropError::waiting);
  EXPECT_EQ(file->deliver(id_of(2), "x\n\n", true), Dropped::now);
  EXPECT_EQ(file->deliver(id_of(1), large), Dropped::now);
  EXPECT_EQ(contents(),
            "a\n\n" + large.substr(0, 700) + "other\n\nx\n\n" + large);
}

TEST_F(SpoolFileTest, so_many_done_and_not_forgotten_wait) {
  DropId id{};
  for (std::size_t n = 0; n < drop_ids_max; ++n) {
    id[0] = static_cast<Octet>(n);
    EXPECT_EQ(file->deliver(id, "x\n\n"), Dropped::now);
  }
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n").error(), DropError::waiting);
  const std::vector<DropId> forgotten{id};
  file->forget(forgotten);
  EXPECT_EQ(file->deliver(id_of(1), "x\n\n"), Dropped::now);
}

TEST(DropNote, write_then_read_is_identity) {
  DropNote note{.sequence = UINT64_MAX,
                .id = id_of(7),
                .inode = 1,
                .offset = UINT64_C(1) << 40,
                .octets = 3,
                .checksum = 0xFFEEDDCC,
                .done = {}};
  for (std::size_t n = 0; n <= drop_ids_max; ++n) {
    const std::vector<Octet> slot = write(note);
    EXPECT_EQ(read_drop_note(slot), note);
    std::vector<Octet> torn = slot;
    torn[n * 16] ^= 1;
    EXPECT_FALSE(read_drop_note(torn));
    EXPECT_FALSE(read_drop_note(Octets(slot).first(512)));
    if (n < drop_ids_max) note.done.push_back(id_of(static_cast<Octet>(n)));
  }
  EXPECT_FALSE(read_drop_note(std::vector<Octet>(drop_slot_octets)));
}

}  // namespace
}  // namespace postkeep::mbox
