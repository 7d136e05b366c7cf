#include "imap/resync.h"

#include <algorithm>
#include <string>

#include "base/octets.h"
#include "gtest/gtest.h"
#include "tests/imap/memory_store.h"
#include "tests/imap/resync_client.h"

namespace postkeep::imap {
namespace {

using Ranges = std::vector<SequenceRange>;
using Uids = std::vector<store::Uid>;

// The same by looking at every pair.
store::Uid slow_last_match(const Ranges& numbers, const Ranges& uids,
                           const Uids& there) {
  const auto all = [](const Ranges& ranges) {
    std::vector<std::uint32_t> result;
    for (const SequenceRange& range : ranges) {
      for (std::uint32_t n = range.first; n <= range.last; ++n) {
        result.push_back(n);
      }
    }
    return result;
  };
  const auto left = all(numbers);
  const auto right = all(uids);
  store::Uid last = 0;
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (left[i] <= there.size() && there[left[i] - 1] == right[i]) {
      last = std::max(last, right[i]);
    }
  }
  return last;
}

// RFC 7162 section 3.2.5.2: message 4 is UID 8, message 12 is not UID 24.
TEST(ImapResync, the_last_pair_that_matches) {
  const Uids there = {1, 3, 6, 8, 9, 12, 13, 14, 20, 21, 23, 25};
  EXPECT_EQ(
      last_match(Ranges{{4, 4}, {12, 12}}, Ranges{{8, 8}, {24, 24}}, there),
      8U);
  EXPECT_EQ(last_match(Ranges{{12, 12}}, Ranges{{25, 25}}, there), 25U);
  EXPECT_EQ(last_match(Ranges{{13, 13}}, Ranges{{25, 25}}, there), 0U);
  EXPECT_EQ(
      last_match(Ranges{{1, 4'294'967'295}}, Ranges{{1, 4'294'967'295}}, there),
      1U);
  EXPECT_EQ(last_match({}, Ranges{{1, 1}}, there), 0U);
}

// Every small mailbox, every two stretches of numbers and of UIDs.
TEST(ImapResync, the_short_cut_finds_what_looking_at_all_finds) {
  for (unsigned members = 0; members < 64; ++members) {
    Uids there;
    for (unsigned uid = 1; uid <= 6; ++uid) {
      if ((members >> (uid - 1) & 1) != 0) there.push_back(uid);
    }
    for (std::uint32_t a = 1; a <= 4; ++a) {
      for (std::uint32_t b = 1; b <= 6; ++b) {
        for (std::uint32_t count = 1; count <= 3; ++count) {
          const Ranges numbers = {{a, a + 1}, {a + 3, a + 3 + count}};
          const Ranges uids = {{b, b + count}, {b + count + 2, b + 9}};
          ASSERT_EQ(last_match(numbers, uids, there),
                    slow_last_match(numbers, uids, there));
        }
      }
    }
  }
}

class ImapMissing : public testing::Test {
 protected:
  ImapMissing() {
    for (int n = 0; n < 9; ++n) {
      static_cast<void>(inbox().append(octets("x"), {}, 0));
    }
    view_.start(inbox().messages());
  }
  MemoryFolder& inbox() { return store_.folder("INBOX"); }
  void expunge(const Uids& uids) { static_cast<void>(inbox().expunge(uids)); }
  std::string missing(const Ranges& known, store::ModificationSequence since,
                      store::Uid matched = 0) {
    SessionView now;
    now.start(inbox().messages());
    return write(missing_of({known, since, matched}, inbox(), now));
  }

  MemoryStore store_;
  SessionView view_;
};

TEST_F(ImapMissing, is_what_was_expunged_since) {
  const store::ModificationSequence before =
      inbox().highest_modification_sequence();
  expunge({2, 3, 7});
  EXPECT_EQ(missing({{1, 9}}, before), "2:3,7");
  EXPECT_EQ(missing({{1, 9}}, before + 2), "7");
  EXPECT_EQ(missing({{1, 9}}, before + 3), "");
  EXPECT_EQ(missing({{3, 5}, {7, 7}}, before), "3,7");
  EXPECT_EQ(missing({{1, 9}}, before, 3), "7");
  EXPECT_EQ(missing({{1, 9}}, before, 4'294'967'295), "");
}

// RFC 7162 section 3.2.6: all that are not there, where the store has
// forgotten.
TEST_F(ImapMissing, is_all_that_is_not_there_when_history_is_cut) {
  expunge({1, 5, 6, 9});
  inbox().forget_expunged();
  EXPECT_EQ(missing({{1, 9}}, 1), "1,5:6,9");
  EXPECT_EQ(missing({{1, 3}, {6, 8}}, 1), "1,6");
  EXPECT_EQ(missing({{5, 6}}, 1), "5:6");
  EXPECT_EQ(missing({{1, 9}}, 1, 5), "6,9");
  EXPECT_EQ(missing({}, 1), "");
  expunge({2, 3, 4, 7, 8});
  EXPECT_EQ(missing({{1, 9}}, 1), "1:9");
}

TEST_F(ImapMissing, is_not_what_the_view_is_about_to_tell) {
  expunge({3, 4, 5});
  view_.gone(4, 12);
  EXPECT_EQ(write(missing_of({{{1, 9}}, 1, 0}, inbox(), view_)), "3,5");
}

// "*" is the highest UID ever given, so that none at the end is left out.
TEST(ImapResync, a_star_reaches_what_was_expunged_at_the_end) {
  const SequenceSet all{{{1, sequence_star}}, false};
  EXPECT_EQ(write(known_uids(all, 10)), "1:9");
  EXPECT_EQ(write(known_uids(all, 1)), "");
  EXPECT_EQ(write(known_uids({{{4, 400}, {500, 501}}, false}, 10)), "4:9");
}

// The client of the properties. RFC 7162 section 3.1.3: of what it changes with
// .SILENT it hears the modification sequence, which its highest counts; then it
// must know by itself what it changed.
TEST(ImapResync, a_client_knows_what_it_changed_silently) {
  ResyncClient client;
  client.hear("* 2 EXISTS\r\n");
  client.expect_new();
  client.hear("* 1 FETCH (UID 4 FLAGS (\\Seen $One))\r\n");
  client.hear("* 2 FETCH (UID 7 FLAGS (\\Seen))\r\n");
  client.fetched_new();
  client.say("a UID FETCH 7 (MODSEQ)\r\n");
  client.say("b UID STORE 4 (UNCHANGEDSINCE 9) -FLAGS.SILENT (\\Seen)\r\n");
  client.say("c STORE 2 +FLAGS.SILENT (\\Draft)\r\n");
  client.hear("* 2 FETCH (UID 7 MODSEQ (3))\r\n");
  client.hear("a OK\r\n");
  client.hear("* 1 FETCH (UID 4 MODSEQ (10))\r\n");
  client.hear("b OK\r\n");
  EXPECT_EQ(client.highest(), 10U);
  EXPECT_EQ(client.kept(), (ResyncClient::Kept{{4, "$One "}, {7, "\\Seen "}}));
  client.hear("* 2 FETCH (UID 7 MODSEQ (11))\r\n");
  EXPECT_EQ(client.kept(),
            (ResyncClient::Kept{{4, "$One "}, {7, "\\Draft \\Seen "}}));
}

}  // namespace
}  // namespace postkeep::imap
