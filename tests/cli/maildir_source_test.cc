#include "cli/maildir_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/checksum.h"
#include "cli/maildir_transfer.h"

namespace postkeep::cli {
namespace {

namespace fs = std::filesystem;

struct MaildirSourceTest : ::testing::Test {
  fs::path top = fs::temp_directory_path() /
                 ("maildir_source_test." + std::to_string(::getpid()));
  MaildirSourceTest() {
    for (const char* part : {"cur", "new"}) fs::create_directories(top / part);
  }
  ~MaildirSourceTest() override { fs::remove_all(top); }

  void put(const std::string& name, std::string_view text) {
    std::ofstream(top / name) << text;
  }
  MaildirSource open() {
    auto source = MaildirSource::open(top, 1000);
    EXPECT_TRUE(source.has_value());
    return std::move(*source);
  }
  std::vector<SourceMessage> messages(MaildirSource& source) {
    EXPECT_TRUE(source.enter({"", "INBOX"}));
    not_taken.clear();
    const auto all = source.messages(not_taken);
    EXPECT_TRUE(all.has_value());
    return *all;
  }
  std::vector<std::string> names() {
    MaildirSource source = open();
    std::vector<std::string> found;
    for (const SourceMessage& one : messages(source)) {
      found.push_back(one.file);
    }
    return found;
  }
  std::string text_of(MaildirSource& source, const SourceMessage& message) {
    const auto read = source.read(message);
    if (!read) return read.error();
    if (!*read) return "gone";
    return {(*read)->text.begin(), (*read)->text.end()};
  }
  std::vector<NotTaken> not_taken;
};

TEST_F(MaildirSourceTest, order_is_by_uid_then_by_time) {
  const std::string stem = "5.00112233445566778899aabbccddeeff.pk,S=1";
  const std::string ninth = stem + ",F=0000000000000001,I=9:2,";
  const std::string tenth = stem + ",F=0000000000000001,I=10:2,S";
  for (const std::string& name :
       {std::string("999.a:2,"), std::string("1000.a:2,"), tenth, ninth}) {
    put("cur/" + name, "x");
  }
  put("new/1000.A", "x");
  EXPECT_EQ(names(), (std::vector<std::string>{ninth, tenth, "999.a:2,",
                                               "1000.A", "1000.a:2,"}));
}

TEST_F(MaildirSourceTest, line_ends_are_mended_and_own_octets_kept) {
  MaildirSource source = open();
  const std::string own_text = "a\nb\r\n";
  store::OwnName own{.internal_date = 77,
                     .id = {},
                     .octets = 5,
                     .folder = 1,
                     .uid = 3,
                     .checksum = crc32c(octets(own_text)),
                     .others = {}};
  put("cur/" + store::write(own, {}), own_text);
  put("cur/2.a:2,", "a\nb\r\n\r\n\rc\n");
  auto all = messages(source);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(text_of(source, all[0]), own_text);
  EXPECT_EQ((*source.read(all[0]))->date, 77);
  EXPECT_EQ(text_of(source, all[1]), "a\r\nb\r\n\r\n\rc\r\n");
  // It has changed since it got its name.
  own.uid = 4;
  put("cur/" + store::write(own, {}), "a\nb\nc");
  all = messages(source);
  const auto changed = source.read(all[1]);
  ASSERT_TRUE(changed && *changed);
  EXPECT_TRUE((*changed)->is_changed);
  EXPECT_EQ(text_of(source, all[1]), "a\r\nb\r\nc");
}

TEST_F(MaildirSourceTest, keywords_have_dovecots_names) {
  MaildirSource source = open();
  static_cast<void>(messages(source));
  EXPECT_EQ(source.letters()[0], "");
  put("dovecot-keywords", "0 $Forwarded\nno line\n2 work\n99 far\n25 last");
  static_cast<void>(messages(source));
  EXPECT_EQ(source.letters()[0], "$Forwarded");
  EXPECT_EQ(source.letters()[1], "");
  EXPECT_EQ(source.letters()[2], "work");
  EXPECT_EQ(source.letters()[25], "last");
}

TEST_F(MaildirSourceTest, what_moves_meanwhile_is_found_once) {
  put("new/1.a", "one");
  put("cur/2.b:2,", "two");
  MaildirSource source = open();
  const auto all = messages(source);
  ASSERT_EQ(all.size(), 2U);
  fs::rename(top / "new/1.a", top / "cur/1.a:2,S");
  fs::remove(top / "cur/2.b:2,");
  EXPECT_EQ(text_of(source, all[0]), "one");
  EXPECT_EQ(text_of(source, all[1]), "gone");
}

TEST_F(MaildirSourceTest, one_base_twice_is_one_file_or_two_messages) {
  put("new/1.a", "one");
  fs::create_hard_link(top / "new/1.a", top / "cur/1.a:2,S");
  put("cur/2.b:2,", "two");
  put("cur/2.b:2,S", "other");
  MaildirSource source = open();
  const auto all = messages(source);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_NE(all[1].base, all[2].base);
}

TEST_F(MaildirSourceTest, what_is_no_message_is_said) {
  put("cur/large:2,", std::string(1001, 'x'));
  put("cur/lines:2,", std::string(900, '\n'));
  put("cur/packed:2,", "\x1f\x8b...");
  put("cur/sealed:2,", "CRYPTED\x03\x07...");
  put("cur/.hidden", "x");
  fs::create_symlink("/etc/passwd", top / "cur/link:2,");
  ASSERT_EQ(::mkfifo((top / "new/fifo").c_str(), 0600), 0);
  MaildirSource source = open();
  const auto all = messages(source);
  EXPECT_EQ(not_taken.size(), 2U);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_TRUE(text_of(source, all[0]).starts_with("it is larger"));
  EXPECT_TRUE(text_of(source, all[1]).starts_with("it is larger"));
  EXPECT_TRUE(text_of(source, all[2]).starts_with("it is compressed"));
  EXPECT_TRUE(text_of(source, all[3]).starts_with("it is encrypted"));
  // A FIFO that takes a message's place does not make us wait.
  fs::remove(top / "cur/sealed:2,");
  ASSERT_EQ(::mkfifo((top / "cur/sealed:2,").c_str(), 0600), 0);
  EXPECT_EQ(text_of(source, all[3]), "it cannot be opened for reading");
}

TEST_F(MaildirSourceTest, folders_and_what_is_none) {
  for (const char* name : {".Old.Mail", ".Old", ".a&AC4-b", ".no..mail"}) {
    fs::create_directories(top / name / "cur");
  }
  fs::create_directories(top / ".git/objects");
  fs::create_symlink("/", top / ".link");
  MaildirSource source = open();
  std::vector<std::string> found;
  const auto folders = source.folders(not_taken);
  ASSERT_TRUE(folders.has_value());
  for (const SourceFolder& one : *folders) found.push_back(one.mailbox);
  EXPECT_EQ(found,
            (std::vector<std::string>{"INBOX", "Old", "Old/Mail", "a.b"}));
  EXPECT_EQ(not_taken.size(), 2U);
  // A root without messages of its own; none at all; several by another form.
  fs::remove_all(top / "cur");
  fs::remove_all(top / "new");
  EXPECT_EQ(source.folders(not_taken)->size(), 3U);
  for (const char* name : {".Old.Mail", ".Old", ".a&AC4-b"}) {
    fs::remove_all(top / name);
  }
  EXPECT_TRUE(source.folders(not_taken).error().starts_with("is no Maildir:"));
  fs::create_directories(top / "Sent/cur");
  EXPECT_TRUE(source.folders(not_taken).error().starts_with("is no Maildir, "));
}

TEST(MaildirNames, a_part_of_the_mailboxes) {
  EXPECT_EQ(mailbox_below("INBOX", "Old"), "Old");
  EXPECT_EQ(mailbox_below("A/b", "INBOX"), "A/b");
  EXPECT_EQ(mailbox_below("A/b", "c/d"), "A/b/c/d");
  EXPECT_EQ(folder_below("INBOX", "Old"), "Old");
  EXPECT_EQ(folder_below("A/b", "A/b"), "INBOX");
  EXPECT_EQ(folder_below("A/b", "A/b/c"), "c");
  EXPECT_EQ(folder_below("A/b", "A/bc"), std::nullopt);
  EXPECT_EQ(folder_below("A/b", "A"), std::nullopt);
}

}  // namespace
}  // namespace postkeep::cli
