// Known answers for store/foreign_line.h, and its laws on short lines.
#include "store/foreign_line.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "store/foreign_line_laws.h"

using namespace postkeep;
using namespace postkeep::store;

namespace {

TEST(ForeignLine, headers_of_uid_lists) {
  ForeignLineReader reader;
  EXPECT_EQ(reader.uid_list_header("3 V1275660208 N25022 "
                                   "G3085f01b7f11094c501100008c4a11c1"),
            (UidListHeader{true, 1275660208, 25022}));
  // "The order of these fields isn't important", and others may come.
  EXPECT_EQ(reader.uid_list_header("3 Xyz N2 V1"), (UidListHeader{true, 1, 2}));
  EXPECT_EQ(reader.uid_list_header("3 N2"), (UidListHeader{true, {}, 2}));
  EXPECT_EQ(reader.uid_list_header("1 795327025 3"),
            (UidListHeader{false, 795327025, 3}));
  for (const char* none : {"", "2 V1 N2", "3", "3 ", "3 V", "3 V1  N2", "1 5",
                           "1 5 6 7", "4 V1 N2", "3 V-1 N2", "1 V1 N2"}) {
    EXPECT_FALSE(reader.uid_list_header(none)) << none;
  }
}

struct Record {
  const char* why;
  std::string line;
  UidListRecord read;
};

TEST(ForeignLine, records_of_uid_lists) {
  const std::array examples{
      Record{"Dovecot's own example",
             "25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,",
             {25006, "1276528487.M364837P9451.kurkku,S=1355,W=1394"}},
      Record{"fields before the name",
             "25017 W2481 P1.2 :1276533073.M242911P3632.kurkku:2,F",
             {25017, "1276533073.M242911P3632.kurkku"}},
      Record{"a space in the host", "5 :1.2.a b:2,", {5, "1.2.a b"}},
      Record{"an experimental part of the flags",
             "5 :1.2.a:2,S,x=1 2",
             {5, "1.2.a"}},
      Record{"Courier",
             "2 1795327025.M86591P6861V00I00_1.vm,S=18",
             {2, "1795327025.M86591P6861V00I00_1.vm,S=18"}},
      Record{"Dovecot's first version", "2 1.2.vm:2,S", {2, "1.2.vm"}},
      Record{"more than a UID", "4294967296 :a", {4294967296, "a"}},
  };
  for (const Record& one : examples) {
    EXPECT_EQ(ForeignLineReader().uid_list_record(one.line), one.read)
        << one.why;
  }
}

TEST(ForeignLine, what_is_no_record) {
  for (const char* none :
       {"", "5", "5 ", "5 :", " :a", "x :a", "5 :.a", "5 :a/b", "5 a/b",
        "5 9 :a", "5  :a", "5 :a:2,/", "5 .a", "5 a b", "12345678901 :a"}) {
    EXPECT_FALSE(ForeignLineReader().uid_list_record(none)) << none;
  }
  // Courier's record of a file W1, not Dovecot's without a file.
  EXPECT_EQ(ForeignLineReader().uid_list_record("5 W1")->base, "W1");
  const std::string longest = "5 :" + std::string(4093, 'a');
  EXPECT_TRUE(ForeignLineReader().uid_list_record(longest));
  EXPECT_FALSE(ForeignLineReader().uid_list_record(longest + "a"));
}

TEST(ForeignLine, keywords) {
  ForeignLineReader reader;
  EXPECT_EQ(reader.keyword_line("0 $Junk"), (KeywordLine{0, "$Junk"}));
  EXPECT_EQ(reader.keyword_line("25 5"), (KeywordLine{25, "5"}));
  EXPECT_EQ(reader.keyword_line("$Forwarded"), (KeywordLine{{}, "$Forwarded"}));
  EXPECT_EQ(reader.keyword_line("123456"), (KeywordLine{{}, "123456"}));
  for (const char* none : {"", "0 ", "0 a b", "a b", "0 \xc3\xbc", "0 \\Seen",
                           "123456 a", "0 (a", " a"}) {
    EXPECT_FALSE(reader.keyword_line(none)) << none;
  }
  EXPECT_EQ(reader.keyword_list_line("1.2.vm,S=18:1 0"),
            (KeywordListLine{"1.2.vm,S=18", {1, 0}}));
  EXPECT_EQ(reader.keyword_list_line("1.2.vm:"),
            (KeywordListLine{"1.2.vm", {}}));
  for (const char* none : {"", ":1", "a", "a:x", "a: 1", "a:1 ", ".a:1"}) {
    EXPECT_FALSE(reader.keyword_list_line(none)) << none;
  }
}

TEST(ForeignLine, names_of_files_of_keywords) {
  ForeignLineReader reader;
  EXPECT_EQ(reader.keyword_file_name("1795.M8_1.vm,S=18"),
            (KeywordFileName{{}, "1795.M8_1.vm,S=18"}));
  EXPECT_EQ(reader.keyword_file_name(".5984424.1795.M8_1.vm"),
            (KeywordFileName{5984424, "1795.M8_1.vm"}));
  for (const char* none :
       {"", ".", ".5", ".5.", "..a", ".x.a", ":list", ".5..a", "a:2,"}) {
    EXPECT_FALSE(reader.keyword_file_name(none)) << none;
  }
}

TEST(ForeignLine, subscriptions) {
  ForeignLineReader reader;
  EXPECT_EQ(reader.subscription_line("V\t2"), (SubscriptionLevels{"V", "2"}));
  EXPECT_EQ(reader.subscription_line("a.b\tEntw&APw-rfe"),
            (SubscriptionLevels{"a.b", "Entw&APw-rfe"}));
  EXPECT_EQ(reader.subscription_line("INBOX.Entw\xc3\xbcrfe"),
            (SubscriptionLevels{"INBOX.Entw\xc3\xbcrfe"}));
  for (const char* none : {"", "\ta", "a\t", "a\t\tb", "a\x01t", "a\r"}) {
    EXPECT_FALSE(reader.subscription_line(none)) << none;
  }
}

// Every string of up to six of the octets at which the grammars turn, alone
// and behind the beginning of a line.
TEST(ForeignLine, laws_on_all_short_lines) {
  const std::string turns("13VNa:. \t/\0", 11);
  for (const char* front : {"", "3 ", "5 W1 ", "a:1"}) {
    std::string line = front;
    const auto extend = [&](const auto& self, int depth) -> void {
      ASSERT_TRUE(laws_of_foreign_lines_hold(line)) << line;
      if (depth == 5) return;
      for (const char c : turns) {
        line.push_back(c);
        self(self, depth + 1);
        line.pop_back();
      }
    };
    extend(extend, 0);
  }
}

}  // namespace
