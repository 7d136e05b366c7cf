// Known answers for store/maildir_name.h, and its laws on short strings.
#include "store/maildir_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "store/maildir_name_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

const std::string id = "00112233445566778899aabbccddeeff";
const std::string ours =
    "1767225600." + id + ".pk,S=4096,F=0123456789abcdef,I=17,C=89abcdef";

OwnName our_name() {
  OwnName name;
  name.internal_date = 1767225600;
  for (std::size_t n = 0; n < 16; ++n) name.id[n] = static_cast<Octet>(n * 17);
  name.octets = 4096;
  name.folder = 0x0123456789abcdef;
  name.uid = 17;
  name.checksum = 0x89abcdef;
  return name;
}

TEST(MaildirName, ours_is_read_and_written) {
  EXPECT_EQ(write(our_name()), ours);
  EXPECT_EQ(write(our_name(), {1U << ('S' - 'A') | 1U << ('F' - 'A'), 1}),
            ours + ":2,FSa");
  const auto read = MaildirNameReader().read(ours + ":2,FSa");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->own, our_name());
  EXPECT_EQ(flags_of(*read->info).system, flag_seen | flag_flagged);
  EXPECT_EQ(flags_of(*read->info).keywords, 1U);
}

TEST(MaildirName, ours_with_keys_of_others_is_ours) {
  OwnName name = our_name();
  name.others = ",U=12";
  EXPECT_EQ(write(name), ours + ",U=12");
  EXPECT_EQ(MaildirNameReader().read(ours + ",U=12:2,S")->own, name);
  name.others = ",W=5000,U=12";
  EXPECT_EQ(MaildirNameReader().read(ours + ",W=5000,U=12")->own, name);
  // Which "C=" is whose cannot be told: ours stands first.
  name = our_name();
  const std::string without = ours.substr(0, ours.rfind(','));
  EXPECT_EQ(MaildirNameReader().read(without + ",C=89abcdef")->own, name);
}

struct Foreign {
  const char* why;
  std::string name;
  std::optional<std::uint64_t> octets;
  bool has_info;
};

TEST(MaildirName, foreign_names_are_read_but_not_ours) {
  const std::array examples{
      Foreign{"Dovecot", "1700000000.M1P2.host,S=123,W=130:2,S", 123, true},
      Foreign{"Dovecot, a space in the host", "1.M1P2.a b,S=9", 9, false},
      Foreign{"isync", "1700000000.1_2.host,U=12:2,FS", {}, true},
      Foreign{"Courier", "1700000000.M1P2V3I4_0.host,S=50:2,", 50, true},
      Foreign{"no key at all", "message", {}, false},
      Foreign{"ours without a folder", "1." + id + ".pk,S=1,I=1", 1, false},
      Foreign{"ours with more than others need",
              ours + ",X=" + std::string(62, '1'), 4096, false},
      Foreign{"ours with a key among ours",
              "1." + id + ".pk,S=1,U=1,F=0123456789abcdef,I=1", 1, false},
      Foreign{"ours with two sizes", ours + ",S=1", 1, false},
      Foreign{"a zero in front", "01." + id + ".pk,S=1,F=0123456789abcdef,I=1",
              1, false},
      Foreign{"UID 0", "1." + id + ".pk,S=1,F=0123456789abcdef,I=0", 1, false},
      Foreign{"UID 2^32", "1." + id + ".pk,S=1,F=0123456789abcdef,I=4294967296",
              1, false},
      Foreign{"a size of 2^32",
              "1." + id + ".pk,S=4294967296,F=0123456789abcdef,I=1", 4294967296,
              false},
      Foreign{"capital hexadecimal digits",
              "1." + id + ".pk,S=1,F=0123456789ABCDEF,I=1", 1, false},
  };
  for (const Foreign& one : examples) {
    const auto read = MaildirNameReader().read(one.name);
    ASSERT_TRUE(read) << one.why;
    EXPECT_FALSE(read->own) << one.why;
    EXPECT_EQ(read->octets, one.octets) << one.why;
    EXPECT_EQ(read->info.has_value(), one.has_info) << one.why;
  }
}

TEST(MaildirName, what_is_no_name) {
  const std::string with_nul("a\0b", 3);
  const std::array<std::string, 9> names{"",      ".hidden", "a/b",
                                         "a:1,",  "a:2",     "a:2,S:2,S",
                                         "a:2,5", ",S=1",    with_nul};
  for (const std::string& name : names) {
    EXPECT_EQ(MaildirNameReader().read(name).error(),
              MaildirNameError::outside_grammar)
        << name;
  }
  EXPECT_EQ(MaildirNameReader().read(std::string(256, 'a')).error(),
            MaildirNameError::too_long);
  EXPECT_TRUE(MaildirNameReader().read(std::string(255, 'a')));
}

// Every string of up to six of the octets at which the grammar turns, alone
// and behind a stem and keys of ours.
TEST(MaildirName, laws_on_all_short_strings) {
  const std::string turns("0aSF.,:2=/\0", 11);
  const std::array<std::string, 3> fronts{
      "", "1." + id + ".pk,S=1,F=0123456789abcdef,I=", ours};
  for (const std::string& front : fronts) {
    std::string name = front;
    const auto extend = [&](const auto& self, int depth) -> void {
      ASSERT_TRUE(law_maildir_reader_agrees_with_grammar(name)) << name;
      ASSERT_TRUE(law_own_names_are_found_again(name)) << name;
      if (depth == 5) return;
      for (const char c : turns) {
        name.push_back(c);
        self(self, depth + 1);
        name.pop_back();
      }
    };
    extend(extend, 0);
  }
}

}  // namespace
