#include "config/reader.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "config/reference.h"
#include "config/settings.h"

namespace postkeep::config {
namespace {

constexpr std::string_view least = "domains = [\"example.org\"]\n";

// The first mistake of a file, as a person reads it.
std::string mistake_of(const std::string& text) {
  const auto config = read(text);
  return config ? "" : write("f", config.error().front());
}

TEST(ConfigReader, a_domain_is_all_that_must_be_said) {
  const auto config = read(least);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->domains, std::vector<std::string>{"example.org"});
  EXPECT_EQ(config->limits.message_octets_max, 52428800U);
}

TEST(ConfigReader, settings_are_taken) {
  const auto config =
      read(std::string(least) +
           "hostname = \"mail.example.org\"\n"
           "[listen]\nsmtp = [\"127.0.0.1:2525\", \"[::1]:25\"]\n"
           "[tls]\nplaintext_login = true\n"
           "[limits]\nrecipients_max = 7\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->hostname, "mail.example.org");
  EXPECT_EQ(config->listen.smtp[1], "[::1]:25");
  EXPECT_TRUE(config->tls.plaintext_login);
  EXPECT_EQ(config->limits.recipients_max, 7U);
}

struct Wrong {
  std::string text;
  std::string_view says;
};

TEST(ConfigReader, a_mistake_has_its_line_and_a_remedy) {
  const std::string head{least};
  const std::array wrong{
      Wrong{"", "f: domains is empty"},
      Wrong{head + "\nhostnam = \"x\"\n",
            "f:3: there is no setting `hostnam` "
            "at the top of the file; did you "
            "mean `hostname`?"},
      Wrong{head + "[limits]\nrecipient_max = 3\n",
            "f:3: there is no setting `recipient_max` in [limits]; did you "
            "mean `recipients_max`?"},
      Wrong{head + "[limits]\nzebra = 3\n", "f:3: there is no setting `zebra`"},
      Wrong{head + "[limits]\nrecipients_max = 0\n",
            "f:3: limits.recipients_max is a number from 1 to 1000 recipients"},
      Wrong{head + "[limits]\nrecipients_max = -5\n", "f:3: limits.rec"},
      Wrong{head + "[limits]\nrecipients_max = \"9\"\n", "f:3: limits.rec"},
      Wrong{head + "hostname = 3\n", "f:2: hostname is a text"},
      Wrong{head + "hostname = \"a b\"\n", "f:2: hostname: `a b` is not a"},
      Wrong{head + "hostname = \"a\\u0001\"\n",
            "f:2: hostname holds a control"},
      Wrong{"domains = \"example.org\"\n", "f:1: domains is a list"},
      Wrong{"domains = [3]\n", "f:1: domains is a list of texts"},
      Wrong{head + "limits = 3\n", "f:2: `limits` is a section"},
      Wrong{head + "[listen]\nsmtp = [\"127.0.0.1\"]\n",
            "f:3: listen.smtp: `127.0.0.1` is not an address"},
      Wrong{head + "[log]\nlevel = \"loud\"\n", "f:3: log.level is debug"},
      Wrong{head + "[sandbox]\nrequire = [\"luck\"]\n",
            "f:3: sandbox.require: `luck` is none of"},
      Wrong{head + "[imap]\nseparator = \"#\"\n", "f:3: imap.separator is"},
      Wrong{head + "[accounts]\nseparator = \"+-\"\n",
            "f:3: accounts.separator is one character"},
      Wrong{head + "[tls]\nplaintext_login = 1\n",
            "f:3: tls.plaintext_login is true or false"},
      Wrong{head + "[tls\n", "f:2: "},
      Wrong{head + "h\xc3\xb6st = 1\n", "f:2: a character that is not ASCII"},
      Wrong{std::string(file_octets_max + 1, '#'), "f: the file is larger"},
  };
  for (const Wrong& one : wrong) {
    EXPECT_TRUE(mistake_of(one.text).starts_with(one.says))
        << mistake_of(one.text) << " instead of " << one.says;
  }
}

TEST(ConfigReader, every_mistake_is_reported_at_once) {
  const auto config = read("hostnam = 1\n[limits]\nrecipients_max = 0\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().size(), 3U);
}

TEST(ConfigReader, listen_addresses) {
  EXPECT_EQ(read_listen_address("127.0.0.1:25")->port, 25);
  EXPECT_EQ(read_listen_address("[::1]:65535")->host, "::1");
  for (const std::string_view wrong :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
        "127.0.0.1:2x", "::1:25", ":25", "[]:25"}) {
    EXPECT_FALSE(read_listen_address(wrong)) << wrong;
  }
}

TEST(ConfigSettings, the_annotated_file_says_what_the_value_says) {
  Config config;
  config.domains = {"example.org", "quo\"te"};
  config.hostname = "mail.example.org";
  config.limits.recipients_max = 17;
  config.tls.plaintext_login = true;
  const std::string text = annotated_file(config);
  Config without_quote = config;
  without_quote.domains = {"example.org"};
  const auto again = read(annotated_file(without_quote));
  ASSERT_TRUE(again);
  EXPECT_EQ(annotated_file(*again), annotated_file(without_quote));
  EXPECT_EQ(again->limits.recipients_max, 17U);
  EXPECT_NE(text.find("quo\\\"te"), std::string::npos);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (text[at] == '#') {
      EXPECT_LE(end - at, 80U) << text.substr(at, end - at);
    }
    at = end + 1;
  }
}

TEST(ConfigSettings, every_setting_has_a_member_of_its_own) {
  Config config;
  for (const Setting& setting : settings()) {
    EXPECT_FALSE(setting.meaning.empty()) << setting.key;
    if (const auto* number = std::get_if<NumberMember>(&setting.member)) {
      std::uint64_t& member = (*number)(config);
      EXPECT_GE(member, setting.least) << setting.key;
      EXPECT_LE(member, setting.most) << setting.key;
      member = 4242424242;  // Seen twice: two settings share a member.
      for (const Setting& other : settings()) {
        const auto* second = std::get_if<NumberMember>(&other.member);
        if (second != nullptr && &other > &setting) {
          EXPECT_NE((*second)(config), 4242424242U)
              << setting.key << " and " << other.key;
        }
      }
      member = 0;
    }
  }
}

TEST(ConfigSettings, the_reference_page_names_every_setting) {
  const std::string page = reference_page();
  for (const Setting& setting : settings()) {
    EXPECT_NE(page.find("| `" + std::string(setting.key) + "` |"),
              std::string::npos)
        << setting.key;
  }
}

TEST(ConfigReader, paths_are_taken_from_the_data_directory) {
  EXPECT_EQ(below("/data", "accounts"), "/data/accounts");
  EXPECT_EQ(below("/data", "/etc/accounts"), "/etc/accounts");
}

}  // namespace
}  // namespace postkeep::config
