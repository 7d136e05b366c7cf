// Known answers for store/folder_name.h, and its laws on short strings.
#include "store/folder_name.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "store/folder_name_laws.h"

using namespace postkeep::store;

namespace {

struct Example {
  const char* why;
  std::string mailbox;
  std::string directory;
};

TEST(FolderName, known_answers) {
  const std::array examples{
      Example{"INBOX is the root", "INBOX", ""},
      Example{"Maildir++: a dot before each level", "Sent/2024", ".Sent.2024"},
      Example{"below INBOX", "INBOX/Lists", ".INBOX.Lists"},
      Example{"RFC 3501 section 5.1.3: & is &-", "R&D", ".R&-D"},
      Example{"RFC 3501 section 5.1.3, its example", "~peter/mail/台北/日本語",
              ".~peter.mail.&U,BTFw-.&ZeVnLIqe-"},
      Example{"as Dovecot and Courier write it", "Entwürfe", ".Entw&APw-rfe"},
      Example{"a dot within a level is escaped", "a.b", ".a&AC4-b"},
      Example{"dots alone", "..", ".&AC4ALg-"},
      Example{"beyond the first plane: a surrogate pair", "\xF0\x9F\x93\xAC",
              ".&2D3c7A-"},
      Example{"spaces stay", " a b ", ". a b "},
  };
  for (const Example& one : examples) {
    EXPECT_EQ(directory_name(one.mailbox), one.directory) << one.why;
    if (one.directory.empty()) continue;
    EXPECT_EQ(mailbox_of_directory(one.directory), one.mailbox) << one.why;
  }
}

TEST(FolderName, inbox_in_any_case_is_one) {
  EXPECT_EQ(canonical_mailbox("inBox"), "INBOX");
  EXPECT_EQ(canonical_mailbox("inbox/a"), "INBOX/a");
  EXPECT_EQ(canonical_mailbox("a/inbox"), "a/inbox");
  EXPECT_EQ(canonical_mailbox("inboxes"), "inboxes");
}

TEST(FolderName, what_is_no_mailbox) {
  using enum FolderNameError;
  const std::string with_nul("a\0b", 3);
  const std::array examples{
      std::pair{std::string(), empty_level},
      std::pair{std::string("/"), empty_level},
      std::pair{std::string("/etc/passwd"), empty_level},
      std::pair{std::string("a//b"), empty_level},
      std::pair{std::string("a/"), empty_level},
      std::pair{with_nul, not_utf_8},
      std::pair{std::string("a\nb"), not_utf_8},
      std::pair{std::string("\xC0\xAF"), not_utf_8},
      std::pair{std::string("\xED\xA0\x80"), not_utf_8},
      std::pair{std::string("\xF4\x90\x80\x80"), not_utf_8},
      std::pair{std::string("\xC3"), not_utf_8},
      std::pair{std::string("\xC2\x85"), not_utf_8},
      std::pair{std::string(1001, 'a'), too_long},
      std::pair{std::string(255, 'a'), too_long},
  };
  for (const auto& [mailbox, why] : examples) {
    const auto directory = directory_name(mailbox);
    ASSERT_FALSE(directory) << mailbox;
    EXPECT_EQ(directory.error(), why) << mailbox;
  }
  std::string deep = "a";
  for (std::size_t n = 1; n < mailbox_levels_max; ++n) deep += "/a";
  EXPECT_TRUE(directory_name(deep));
  EXPECT_EQ(directory_name(deep + "/a").error(), too_deep);
  EXPECT_TRUE(directory_name(std::string(254, 'a')));
}

TEST(FolderName, nothing_leads_out_of_the_tree) {
  EXPECT_EQ(directory_name("../../etc"), ".&AC4ALg-.&AC4ALg-.etc");
  EXPECT_EQ(directory_name("a/../b"), ".a.&AC4ALg-.b");
  EXPECT_EQ(directory_name("."), ".&AC4-");
  EXPECT_EQ(directory_name("%2e%2e"), ".%2e%2e");
}

TEST(FolderName, what_is_no_directory_of_a_mailbox) {
  const std::array<std::string, 15> directories{
      "",       ".",      "..",     "...",      "a",
      ".a..b",  ".a.",    ".INBOX", ".inbox.a", ".&AGE-",
      ".&AC8-", ".&2D0-", ".a&b",   ".&U,BTFw", ".Entw\xC3\xBCrfe"};
  for (const std::string& one : directories) {
    EXPECT_FALSE(mailbox_of_directory(one)) << one;
  }
}

// Every directory's name and every mailbox of up to six of the octets at which
// the codec turns.
TEST(FolderName, laws_on_all_short_strings) {
  const std::string turns("./&-AaE4\xC3\xBC", 10);
  std::string name;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_mailboxes_have_one_directory(name)) << name;
    ASSERT_TRUE(law_directories_are_one_mailbox("." + name)) << name;
    ASSERT_TRUE(law_canonical_is_canonical(name)) << name;
    if (name.size() == 6) return;
    for (const char c : turns) {
      name.push_back(c);
      self(self);
      name.pop_back();
    }
  };
  extend(extend);
}

// Every code point that there is, alone and next to ASCII.
TEST(FolderName, every_code_point) {
  for (char32_t point = 1; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    std::string text;
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += static_cast<char>(0xC0 | point >> 6);
      text += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
      text += static_cast<char>(0xE0 | point >> 12);
      text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (point & 0x3F));
    } else {
      text += static_cast<char>(0xF0 | point >> 18);
      text += static_cast<char>(0x80 | (point >> 12 & 0x3F));
      text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (point & 0x3F));
    }
    ASSERT_TRUE(law_mailboxes_have_one_directory("a" + text)) << text;
    const bool is_control = point < 0x20 || (point >= 0x7F && point <= 0x9F) ||
                            point == 0x2028 || point == 0x2029;
    ASSERT_EQ(directory_name("a" + text + "b").has_value(), !is_control)
        << text;
  }
}

}  // namespace
