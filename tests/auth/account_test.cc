// Known answers for auth/account.h, and its laws on every short line.
#include "auth/account.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "auth/account_laws.h"
#include "auth/accounts.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

std::string answer(const AccountTable& table, std::string_view mailbox) {
  const Resolution resolution = table.resolve(mailbox);
  if (resolution.locality == Locality::not_here) return "not here";
  if (resolution.locality == Locality::unknown_user) return "unknown";
  std::string text;
  for (const Destination& one : resolution.destinations) {
    text += (text.empty() ? "" : " ") + one.account;
    if (!one.detail.empty()) text += "(" + one.detail + ")";
  }
  return text;
}

struct Question {
  const char* why;
  const char* mailbox;
  const char* answer;
};

const std::array questions{
    Question{"an account", "bob@example.org", "bob@example.org"},
    Question{"case does not matter, the account's own is kept",
             "aLICE@EXAMPLE.org", "Alice@example.org"},
    Question{"RFC 5233: user and detail", "alice+Lists@example.org",
             "Alice@example.org(Lists)"},
    Question{"a detail may hold separators", "alice+a+b@example.org",
             "Alice@example.org(a+b)"},
    Question{"an account with a separator in it", "mary-ann@example.org",
             "mary-ann@example.org"},
    Question{"and its detail", "mary-ann-x@example.org",
             "mary-ann@example.org(x)"},
    Question{"nobody before the separator", "carol+x@example.org", "unknown"},
    Question{"nothing before the separator", "+x@example.org", "unknown"},
    Question{"an alias to two, one with a detail", "sales@example.org",
             "Alice@example.org bob@example.org(shop)"},
    Question{"a detail goes along to who has none", "sales+q@example.org",
             "Alice@example.org(q) bob@example.org(shop)"},
    Question{"an alias of an alias", "all@example.org",
             "Alice@example.org bob@example.org(shop) user@example.com"},
    Question{"the rest of a domain", "anything@example.com",
             "user@example.com"},
    Question{"a domain without such", "anything@example.org", "unknown"},
    Question{"RFC 5321 section 4.5.1: postmaster of each domain",
             "Postmaster@example.org", "user@example.com"},
    Question{"section 4.5.1: postmaster without domain", "POSTMASTER",
             "user@example.com"},
    Question{"postmaster with a detail", "postmaster+x@example.org",
             "user@example.com(x)"},
    Question{"not our domain", "alice@example.net", "not here"},
    Question{"a subdomain is another", "alice@mail.example.org", "not here"},
    Question{"no domain", "alice", "not here"},
    Question{"nothing", "", "not here"},
    Question{"a catch-all is no address", "@example.com", "unknown"},
    Question{"quoted local parts: the last @ counts", "a@b@example.org",
             "unknown"},
    Question{"an address literal", "alice@[127.0.0.1]", "not here"},
};

TEST(AuthAccount, questions_and_answers) {
  const auto table = some_table();
  for (const Question& question : questions) {
    EXPECT_EQ(answer(*table, question.mailbox), question.answer)
        << question.why;
    EXPECT_TRUE(law_case_does_not_matter(*table, question.mailbox));
    EXPECT_TRUE(law_resolution_is_bounded(*table, question.mailbox));
  }
}

TEST(AuthAccount, who_gets_the_mail_may_write_in_its_name) {
  const auto table = some_table();
  const auto may = [&](std::string_view account, std::string_view address) {
    return table->may_write_as(account, address, true);
  };
  EXPECT_TRUE(may("Alice@example.org", "alice@EXAMPLE.org"));
  EXPECT_TRUE(may("Alice@example.org", "alice+shop@example.org"));
  EXPECT_TRUE(may("Alice@example.org", "alice-shop@example.org"));
  EXPECT_TRUE(may("Alice@example.org", "sales@example.org"));
  EXPECT_TRUE(may("Alice@example.org", "all+x@example.org"));
  EXPECT_TRUE(may("user@example.com", "whatever@example.com"));
  // Postmaster's mail goes to the first account.
  EXPECT_TRUE(may("user@example.com", "postmaster@example.org"));
  for (const char* foreign :
       {"bob@example.org", "user@example.com", "whatever@example.com",
        "nobody@example.org", "alice@elsewhere.example", "alice", "",
        "postmaster", "@example.org", "alice@example.org@elsewhere.example",
        "alicex@example.org", "mary-ann@example.org",
        "postmaster@example.org"}) {
    EXPECT_FALSE(may("Alice@example.org", foreign)) << foreign;
  }
  EXPECT_FALSE(may("nobody@example.org", "alice@example.org"));
  // Aliases that lead to several are theirs only where that is wanted.
  EXPECT_FALSE(
      table->may_write_as("Alice@example.org", "sales@example.org", false));
  EXPECT_TRUE(
      table->may_write_as("Alice@example.org", "alice+a@example.org", false));
}

TEST(AuthAccount, only_an_account_logs_in_by_its_whole_address) {
  const auto table = some_table();
  ASSERT_NE(table->login("ALICE@example.ORG"), nullptr);
  EXPECT_EQ(table->login("ALICE@example.ORG")->address, "Alice@example.org");
  EXPECT_EQ(table->login("user@example.com")->uid, 70001U);
  for (const char* name :
       {"sales@example.org", "alice+x@example.org", "alice", "", "@example.com",
        "postmaster", "postmaster@example.org", "%u@example.org", "' OR 1=1 --",
        "*)(uid=*", "alice@example.org\t"}) {
    EXPECT_EQ(table->login(name), nullptr) << name;
  }
}

TEST(AuthAccount, rules_name_a_postmaster_and_may_switch_details_off) {
  AccountFile file = *AccountFile::read(octets(some_accounts()));
  file.put(Alias{"sales@example.org", {"alice@example.org"}});
  file.set_rules({.separators = "", .postmaster = "sales@example.org"},
                 {"example.net"});
  const auto table = AccountTable::make(file);
  ASSERT_TRUE(table);
  EXPECT_EQ(answer(*table, "postmaster@example.net"), "Alice@example.org");
  EXPECT_EQ(answer(*table, "alice+x@example.org"), "unknown");
}

struct Mistake {
  const char* why;
  std::string text;
  std::size_t line;
  AccountFault fault;
};

const std::string start = "@a.example\nx@a.example\tpassword=!\n";

const std::array mistakes{
    Mistake{"no LF at the end", start + "# cut of", 3,
            AccountFault::no_final_newline},
    Mistake{"CR is not text", "# a remark\r\n", 1,
            AccountFault::outside_grammar},
    Mistake{"a blank before the tab", start + "y@a.example \tpassword=!\n", 3,
            AccountFault::outside_grammar},
    Mistake{"no password", start + "y@a.example\n", 3,
            AccountFault::outside_grammar},
    Mistake{"an unknown key", start + "y@a.example\tquota=1\n", 3,
            AccountFault::outside_grammar},
    Mistake{"a local part of 65 octets",
            start + std::string(65, 'y') + "@a.example\tpassword=!\n", 3,
            AccountFault::outside_grammar},
    Mistake{"a target with a local part of 65 octets",
            start + "z@a.example\tto=" + std::string(65, 'y') + "@a.example\n",
            3, AccountFault::outside_grammar},
    Mistake{"a domain of 256 octets", "@" + std::string(256, 'd') + "\n", 1,
            AccountFault::outside_grammar},
    Mistake{"a line too long",
            "#" + std::string(account_line_octets_max, 'x') + "\n", 1,
            AccountFault::line_too_long},
    Mistake{"an mbox file is a name, not a path",
            start + "y@a.example\tpassword=!\tmbox=../y\n", 3,
            AccountFault::outside_grammar},
    Mistake{"an mbox file whose name begins with a dot",
            start + "y@a.example\tpassword=!\tmbox=.y\n", 3,
            AccountFault::outside_grammar},
    Mistake{
        "an mbox file with a name of 33 octets",
        start + "y@a.example\tpassword=!\tmbox=" + std::string(33, 'y') + "\n",
        3, AccountFault::outside_grammar},
    Mistake{"no mbox file", start + "y@a.example\tpassword=!\tmbox=\n", 3,
            AccountFault::outside_grammar},
    Mistake{"an mbox file that would be a lock",
            start + "y@a.example\tpassword=!\tmbox=x.lock\n", 3,
            AccountFault::mbox_is_a_lock},
    Mistake{"an mbox file of two accounts",
            start + "y@a.example\tpassword=!\tmbox=y\n" +
                "z@a.example\tpassword=!\tmbox=y\n",
            4, AccountFault::mbox_twice},
    Mistake{"the same account twice", start + "X@A.example\tpassword=!\n", 3,
            AccountFault::twice},
    Mistake{"an alias by the name of an account",
            start + "x@a.example\tto=x@a.example\n", 3, AccountFault::twice},
    Mistake{"rules twice", "*\tseparators=\n*\tseparators=+\n", 2,
            AccountFault::twice},
    Mistake{"a password that is no record",
            start + "y@a.example\tpassword=secret\n", 3,
            AccountFault::password_unreadable},
    Mistake{"a verifier that is none",
            start + "y@a.example\tpassword=!\tscram=secret\n", 3,
            AccountFault::scram_unreadable},
    Mistake{"an account elsewhere", start + "y@b.example\tpassword=!\n", 3,
            AccountFault::domain_not_local},
    Mistake{"an alias elsewhere", start + "y@b.example\tto=x@a.example\n", 3,
            AccountFault::domain_not_local},
    Mistake{"an alias to nobody", start + "y@a.example\tto=z@a.example\n", 3,
            AccountFault::target_unknown},
    Mistake{"an alias to another server's user",
            start + "y@a.example\tto=z@b.example\n", 3,
            AccountFault::target_unknown},
    Mistake{"an alias to itself", start + "y@a.example\tto=y@a.example\n", 3,
            AccountFault::alias_loop},
    Mistake{
        "two aliases to each other",
        start + "y@a.example\tto=z@a.example\nz@a.example\tto=y@a.example\n", 3,
        AccountFault::alias_loop},
    Mistake{"a loop through the postmaster",
            start + "y@a.example\tto=postmaster@a.example\n"
                    "*\tseparators=\tpostmaster=y@a.example\n",
            3, AccountFault::alias_loop},
    Mistake{"a postmaster who is not there",
            start + "*\tseparators=\tpostmaster=y@a.example\n", 3,
            AccountFault::postmaster_unknown},
};

TEST(AuthAccount, mistakes_are_named_with_their_line) {
  ASSERT_TRUE(AccountTable::read(octets(start)));
  for (const Mistake& mistake : mistakes) {
    const auto table = AccountTable::read(octets(mistake.text));
    ASSERT_FALSE(table) << mistake.why;
    EXPECT_EQ(table.error().line, mistake.line) << mistake.why;
    EXPECT_EQ(name(table.error().fault), name(mistake.fault)) << mistake.why;
    EXPECT_TRUE(law_error_has_its_line(octets(mistake.text))) << mistake.why;
  }
}

TEST(AuthAccount, aliases_go_ten_deep_and_no_deeper) {
  const auto chain = [](std::size_t aliases) {
    std::string text = start;
    for (std::size_t i = 0; i < aliases; ++i) {
      const std::string to = i == 0 ? "x" : "y" + std::to_string(i - 1);
      text += "y" + std::to_string(i) + "@a.example\tto=" + to + "@a.example\n";
    }
    return AccountTable::read(octets(text));
  };
  ASSERT_TRUE(chain(alias_depth_max));
  EXPECT_EQ(answer(*chain(alias_depth_max), "y9@a.example"), "x@a.example");
  ASSERT_FALSE(chain(alias_depth_max + 1));
  EXPECT_EQ(chain(alias_depth_max + 1).error().fault, AccountFault::alias_loop);
  EXPECT_FALSE(chain(10'000));
}

TEST(AuthAccount, an_alias_leads_to_a_hundred_accounts_and_no_more) {
  const auto wide = [](std::size_t targets) {
    std::string text = "@a.example\n";
    std::string list;
    for (std::size_t i = 0; i < targets; ++i) {
      const std::string address = "x" + std::to_string(i) + "@a.example";
      text += address + "\tpassword=!\n";
      list += (list.empty() ? "" : ",") + address;
    }
    return AccountTable::read(octets(text + "y@a.example\tto=" + list + "\n"));
  };
  ASSERT_TRUE(wide(alias_targets_max));
  EXPECT_EQ(wide(alias_targets_max)->resolve("y@a.example").destinations.size(),
            alias_targets_max);
  ASSERT_FALSE(wide(alias_targets_max + 1));
  EXPECT_EQ(wide(alias_targets_max + 1).error().fault,
            AccountFault::too_many_targets);
}

// Each alias of one level leads to all of the next: 10^10 ways, few addresses.
TEST(AuthAccount, ways_that_meet_again_are_walked_once) {
  std::string text = start;
  for (int level = 0; level < 10; ++level) {
    for (int i = 0; i < 10; ++i) {
      text += "y" + std::to_string(level) + "." + std::to_string(i) +
              "@a.example\tto=";
      for (int to = 0; to < 10; ++to) {
        text += to == 0 ? "" : ",";
        text += level == 0 ? "x+" + std::to_string(to)
                           : "y" + std::to_string(level - 1) + "." +
                                 std::to_string(to);
        text += "@a.example";
      }
      text += "\n";
    }
  }
  const auto table = AccountTable::read(octets(text));
  ASSERT_TRUE(table);
  EXPECT_EQ(answer(*table, "y9.0@a.example"), "x@a.example(0)");
}

TEST(AuthAccount, an_mbox_file_has_the_name_of_a_local_user) {
  const std::string text =
      start + "y@a.example\tpassword=!\tuid=7\tmbox=_y.z-1\n";
  AccountFile file = *AccountFile::read(octets(text));
  EXPECT_EQ(file.account("y@a.example")->mbox, "_y.z-1");
  EXPECT_EQ(file.write(), text);
  EXPECT_TRUE(AccountTable::make(file));
  file.put(Account{"y@a.example", "!", "", 0, "Y"});
  EXPECT_TRUE(file.write().ends_with("y@a.example\tpassword=!\tmbox=Y\n"));
  EXPECT_TRUE(is_mbox_user(std::string(32, 'y')));
  for (const char* name :
       {"", ".", "..", "a/b", "-a", "a b", "a\t", "a.lock", "\xC3\xA4"}) {
    EXPECT_FALSE(is_mbox_user(name)) << name;
  }
}

TEST(AuthAccount, the_file_keeps_its_remarks_and_its_order) {
  AccountFile file = *AccountFile::read(octets(some_accounts()));
  EXPECT_EQ(file.write(), some_accounts());
  file.put(Account{"new@example.org", "!", "", 7});
  file.put(Alias{"info@example.org", {"new@example.org"}});
  file.put(Account{"ALICE@example.org", "!", "", 0});
  file.put(Alias{"@example.com", {"alice@example.org"}});
  EXPECT_EQ(file.account("alice@example.org")->password, "!");
  EXPECT_EQ(file.account("nobody@example.org"), nullptr);
  EXPECT_TRUE(file.remove("BOB@example.org"));
  EXPECT_FALSE(file.remove("bob@example.org"));
  EXPECT_FALSE(file.remove(""));
  const std::string text = file.write();
  EXPECT_TRUE(text.starts_with("# Some accounts.\n"));
  EXPECT_TRUE(
      text.ends_with("new@example.org\tpassword=!\tuid=7\n"
                     "info@example.org\tto=new@example.org\n"));
  EXPECT_EQ(AccountFile::read(octets(text)), file);
}

TEST(AuthAccount, rules_of_the_configuration_leave_line_numbers_alone) {
  AccountFile file = *AccountFile::read(octets(some_accounts()));
  const std::size_t lines = file.lines.size();
  file.set_rules({}, {"example.net"});
  EXPECT_EQ(file.lines.size(), lines + 2);
  EXPECT_TRUE(AccountTable::make(file));
}

TEST(AuthAccount, addresses) {
  for (const char* good :
       {"a@b", "alice@example.org", "a.b-c_d+e=f@x.example",
        "münze@exämple.org", "a@xn--exmple-cua.org", "o'neil@example.org"}) {
    EXPECT_TRUE(is_account_address(good)) << good;
  }
  for (const char* bad :
       {"",         "@",       "a@",          "@b",    "a",      ".a@b",
        "a.@b",     "a..b@c",  "a@b.",        "a@.b",  "a@-b",   "a@b-",
        "a b@c",    "\"a\"@b", "a@[1.2.3.4]", "a/b@c", "../a@b", "a@b/c",
        "${run}@b", "%u@b",    "a|b@c",       "a\t@b", "\x80@b", "a@b\n"}) {
    EXPECT_FALSE(is_account_address(bad)) << bad;
  }
  EXPECT_TRUE(is_account_address(std::string(64, 'a') + "@b"));
  EXPECT_FALSE(is_account_address(std::string(65, 'a') + "@b"));
  EXPECT_FALSE(is_account_address("a@" + std::string(256, 'b')));
}

// Every string of up to six of the octets at which the grammar turns.
TEST(AuthAccount, laws_on_all_short_lines) {
  const std::string turns = "a@.-#*\t";
  std::string line;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_line_agrees_with_grammar(octets(line)));
    ASSERT_TRUE(law_address_agrees_with_grammar(line));
    ASSERT_TRUE(law_file_is_written_again(octets(line + "\n")));
    if (line.size() == 6) return;
    for (const char c : turns) {
      line.push_back(c);
      self(self);
      line.pop_back();
    }
  };
  extend(extend);
}

TEST(AuthAccount, faults_have_names_and_sentences) {
  for (int i = 0; i <= static_cast<int>(AccountFault::no_final_newline); ++i) {
    EXPECT_FALSE(name(static_cast<AccountFault>(i)).empty());
    EXPECT_FALSE(sentence(static_cast<AccountFault>(i)).empty());
  }
}

}  // namespace
