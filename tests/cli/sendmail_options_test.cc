#include "cli/sendmail_options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postkeep::cli {
namespace {

using Words = std::vector<std::string>;

SendmailOptions options(const Words& words,
                        std::string_view program = "sendmail") {
  auto read = read_sendmail_options(program, words);
  EXPECT_TRUE(read) << (read ? "" : read.error());
  return read.value_or(SendmailOptions{});
}

TEST(SendmailOptions, as_cron_calls_it) {
  const auto read =
      options({"-FCronDaemon", "-i", "-B8BITMIME", "-oem", "-odi", "ann"});
  EXPECT_EQ(read.mode, SendmailMode::deliver);
  EXPECT_EQ(read.full_name, "CronDaemon");
  EXPECT_TRUE(read.dots_are_text);
  EXPECT_FALSE(read.recipients_in_header);
  EXPECT_EQ(read.recipients, Words{"ann"});
}

TEST(SendmailOptions, as_php_calls_it) {
  for (const Words& words : {Words{"-t", "-i", "-fwww@example.org"},
                             Words{"-ti", "-f", "www@example.org"},
                             Words{"-t", "-oi", "-r", "www@example.org"},
                             Words{"-it", "-f", "www@example.org", "-Fx"}}) {
    const auto read = options(words);
    EXPECT_TRUE(read.recipients_in_header);
    EXPECT_TRUE(read.dots_are_text);
    EXPECT_EQ(read.sender, "www@example.org");
    EXPECT_TRUE(read.recipients.empty());
  }
}

TEST(SendmailOptions, as_mail_programs_call_it) {
  const auto read =
      options({"-oem", "-oi", "-f", "ann@example.org", "-N", "failure,delay",
               "-R", "hdrs", "-V", "id7", "--", "bob@example.org", "-v"});
  EXPECT_EQ(read.notify, 12);
  EXPECT_EQ(read.ret, smtp::Ret::headers);
  EXPECT_EQ(read.envelope_id, "id7");
  EXPECT_EQ(read.recipients, (Words{"bob@example.org", "-v"}));
  EXPECT_FALSE(read.verbose);
  EXPECT_EQ(options({"-Nnever", "a"}).notify, 1);
  EXPECT_EQ(options({"-f", "", "a"}).sender, "");
  EXPECT_EQ(options({"-bs"}).mode, SendmailMode::smtp);
  EXPECT_EQ(options({"-v", "-bm", "a"}).mode, SendmailMode::deliver);
}

TEST(SendmailOptions, the_name_says_the_mode) {
  EXPECT_EQ(options({}, "mailq").mode, SendmailMode::list_queue);
  EXPECT_EQ(options({}, "newaliases").mode, SendmailMode::new_aliases);
  EXPECT_EQ(options({"-bp"}).mode, SendmailMode::list_queue);
  EXPECT_EQ(options({"-bi"}).mode, SendmailMode::new_aliases);
  EXPECT_EQ(options({"-I"}).mode, SendmailMode::new_aliases);
  EXPECT_EQ(options({"-q"}).mode, SendmailMode::run_queue);
  EXPECT_EQ(options({"-qf"}).mode, SendmailMode::run_queue);
}

// Behind the first recipient there is no option: a name is a name.
TEST(SendmailOptions, a_recipient_is_no_option) {
  const auto read = options({"ann", "-C/tmp/evil", "-X/var/www/x.php"});
  EXPECT_EQ(read.recipients.size(), 3U);
  EXPECT_TRUE(read.config_path.empty());
}

TEST(SendmailOptions, what_has_no_meaning_here_is_passed_over) {
  const auto read =
      options({"-m", "-n", "-G", "-U", "-em", "-h", "5", "-L", "tag", "-O",
               "QueueDirectory=/tmp", "-X", "/var/www/x.php", "-d0.1", "-p",
               "SMTP:host", "-oX/tmp/x", "-Ac", "ann"});
  EXPECT_EQ(read.recipients, Words{"ann"});
  EXPECT_EQ(read.mode, SendmailMode::deliver);
}

TEST(SendmailOptions, what_this_is_not_is_refused) {
  for (const Words& words :
       {Words{"-bd"}, Words{"-bd", "-q15m"}, Words{"-q15m"}, Words{"-bt"},
        Words{"-bv", "ann"}, Words{"-be"}, Words{"-f"}, Words{"-Nsometimes"},
        Words{"-Nnever,delay"}, Words{"-N", ""}, Words{"-Rsome"}, Words{"-z"},
        Words{"--help"}}) {
    EXPECT_FALSE(read_sendmail_options("sendmail", words)) << words.front();
  }
}

}  // namespace
}  // namespace postkeep::cli
