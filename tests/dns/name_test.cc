#include <array>
#include <string>

#include "dns/name_laws.h"
#include "gtest/gtest.h"

namespace postkeep::dns {
namespace {

TEST(DnsNameTest, known_answers) {
  struct Example {
    const char* why;
    std::string text;
    bool is_name;
    bool is_host;
  };
  const std::string label_63(63, 'a');
  const std::array examples{
      Example{"RFC 1035 section 2.3.1", "mx.example.org", true, true},
      Example{"RFC 1123 section 2.1: a digit may come first", "3com.com", true,
              true},
      Example{"RFC 4343: case does not matter", "MX.Example.ORG", true, true},
      Example{"a dot at the end", "example.org.", true, true},
      Example{"the root", ".", true, false},
      Example{"RFC 7208: names of records may have '_'", "_spf.example.org",
              true, true},
      Example{"one label", "localhost", true, true},
      Example{"an address is no host", "192.0.2.1", true, false},
      Example{"digits in another label are", "192.example", true, true},
      Example{"'-' at the front of a label", "-a.example", true, false},
      Example{"'-' at the end of a label", "a-.example", true, false},
      Example{"'-' at the end", "a.example-", true, false},
      Example{"RFC 1035 section 2.3.4: 63 octets", label_63 + ".org", true,
              true},
      Example{"64 octets", label_63 + "a.org", false, false},
      Example{"253 octets",
              label_63 + "." + label_63 + "." + label_63 + "." +
                  std::string(61, 'b'),
              true, true},
      Example{"254 octets",
              label_63 + "." + label_63 + "." + label_63 + "." +
                  std::string(62, 'b'),
              false, false},
      Example{"nothing", "", false, false},
      Example{"an empty label", "a..b", false, false},
      Example{"two dots at the end", "a..", false, false},
      Example{"a dot in front", ".a", false, false},
      Example{"no escapes", "a\\046b", false, false},
      Example{"a space", "a b", false, false},
      Example{"a line end", "a\n", false, false},
      Example{"octets beyond ASCII",
              "b\xc3\xbc"
              "cher.example",
              false, false},
      Example{"NUL", std::string("a\0b", 3), false, false},
  };
  for (const Example& example : examples) {
    const auto name = DnsName::read(example.text);
    EXPECT_EQ(name.has_value(), example.is_name) << example.why;
    EXPECT_EQ(name && name->is_host(), example.is_host) << example.why;
    EXPECT_TRUE(law_name_is_what_the_rule_says(example.text)) << example.why;
  }
  EXPECT_EQ(DnsName::read("MX.Example.ORG.")->text(), "mx.example.org");
  EXPECT_EQ(DnsName{}.text(), ".");
}

// Every string of up to six of the octets at which the rule turns.
TEST(DnsNameTest, laws_on_all_short_strings) {
  const std::string turns = "aZ9-_. \\";
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_name_is_what_the_rule_says(text)) << text;
    if (text.size() == 6) return;
    for (const char c : turns) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

}  // namespace
}  // namespace postkeep::dns
