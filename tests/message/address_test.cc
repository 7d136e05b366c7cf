#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "message/address_laws.h"
#include "message/short_strings.h"

namespace postkeep::message {
namespace {

using K = AddressKind;

Address mailbox(std::string display_name, std::string local_part,
                std::string domain, std::string route = "") {
  return {K::mailbox, std::move(display_name), std::move(route),
          std::move(local_part), std::move(domain)};
}
Address group(std::string name) { return {K::group_start, name, "", "", ""}; }
Address group_end() { return {K::group_end, "", "", "", ""}; }

struct Example {
  const char* why;
  const char* value;
  std::vector<Address> expected;
};

const std::array examples{
    Example{"RFC 5322 appendix A.1.1: name-addr",
            "John Doe <jdoe@machine.example>",
            {mailbox("John Doe", "jdoe", "machine.example")}},
    Example{"appendix A.1.2: quoted phrase, dots in it, addr-spec alone",
            "\"Joe Q. Public\" <john.q.public@example.com>, jdoe@one.test",
            {mailbox("Joe Q. Public", "john.q.public", "example.com"),
             mailbox("", "jdoe", "one.test")}},
    Example{"appendix A.1.2: quotes in a phrase",
            "\"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
            {mailbox("Giant; \"Big\" Box", "sysservices", "example.net")}},
    Example{"appendix A.1.3: a group",
            "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
            {group("A Group"), mailbox("Ed Jones", "c", "a.test"),
             mailbox("", "joe", "where.test"),
             mailbox("John", "jdoe", "one.test"), group_end()}},
    Example{"appendix A.1.3: an empty group",
            "Undisclosed recipients:;",
            {group("Undisclosed recipients"), group_end()}},
    Example{"appendix A.5: comments everywhere, folds",
            "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
            {mailbox("Pete", "pete", "silly.test")}},
    Example{
        "appendix A.5: comments in a group",
        "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public."
        "example>,\r\n         joe@example.org,\r\n  John <jdoe@one.test> (my"
        " dear friend); (the end of the group)",
        {group("A Group"), mailbox("Chris Jones", "c", "public.example"),
         mailbox("", "joe", "example.org"), mailbox("John", "jdoe", "one.test"),
         group_end()}},
    Example{"appendix A.5: a group that is empty but for a comment",
            "(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;",
            {group("Hidden recipients"), group_end()}},
    Example{"appendix A.6.1: obs-phrase, obs-route, null elements",
            "Joe Q. Public <john.q.public@example.com>,, Mary Smith "
            "<@node.test:mary@example.net>, , jdoe@test  . example",
            {mailbox("Joe Q. Public", "john.q.public", "example.com"),
             mailbox("Mary Smith", "mary", "example.net", "@node.test"),
             mailbox("", "jdoe", "test.example")}},
    Example{"appendix A.6.3: white space and comments in an addr-spec",
            "John Doe <jdoe@machine(comment).  example>",
            {mailbox("John Doe", "jdoe", "machine.example")}},
    Example{"section 4.4: a route of two",
            "<@a.test,@b.test:x@c.test>",
            {mailbox("", "x", "c.test", "@a.test,@b.test")}},
    Example{"section 3.4.1: quoted local-part, domain-literal",
            "\"a b\"@[IPv6:::1]",
            {mailbox("", "a b", "[IPv6:::1]")}},
    Example{"RFC 6532 section 3.2: UTF-8",
            "J\xC3\xB6rg <j\xC3\xB6@\xC3\xB6.test>",
            {mailbox("J\xC3\xB6rg", "j\xC3\xB6", "\xC3\xB6.test")}},
    Example{"an encoded word stays encoded",
            "=?ISO-8859-1?Q?J=F6rg?= <j@a.test>",
            {mailbox("=?ISO-8859-1?Q?J=F6rg?=", "j", "a.test")}},
    Example{"the comment is the name where there is no other",
            "joe@a.test (Joe Doe)",
            {mailbox("Joe Doe", "joe", "a.test")}},
    Example{"tolerated: an addr-spec as display name",
            "joe@a.test <joe@a.test>",
            {mailbox("joe@a.test", "joe", "a.test")}},
    Example{"tolerated: dots of a local-part",
            "a..b.@c.test",
            {mailbox("", "a..b.", "c.test")}},
    Example{"tolerated: no domain",
            "root, <daemon>",
            {mailbox("", "root", ""), mailbox("", "daemon", "")}},
    Example{"tolerated: a name alone",
            "John Smith",
            {mailbox("John Smith", "", "")}},
    Example{"tolerated: semicolons for commas",
            "a@b.test; c@d.test",
            {mailbox("", "a", "b.test"), mailbox("", "c", "d.test")}},
    Example{"tolerated: a group that is not closed",
            "G: a@b.test",
            {group("G"), mailbox("", "a", "b.test"), group_end()}},
    Example{"tolerated: octets that are not UTF-8",
            "J\xF6rg <j@a.test>",
            {mailbox("J\xF6rg", "j", "a.test")}},
    Example{"tolerated: nothing", " ", {}},
};

TEST(MessageAddress, known_answers) {
  for (const Example& example : examples) {
    const auto list = read_address_list(example.value);
    ASSERT_TRUE(list) << example.why;
    EXPECT_TRUE(*list == example.expected) << example.why;
  }
}

TEST(MessageAddress, what_is_outside_the_grammar) {
  for (const char* const value :
       {"a@b@c", "<a@b", "\"a", "a@", "<a@b> c", "a\r\nb@c", "a\nb@c",
        "(((( )))) a@b", "a\\@b", "@b", "[x] <y@z>"}) {
    const auto list = read_address_list(value);
    const bool name_alone =
        list && list->size() == 1 && list->front().domain.empty();
    EXPECT_TRUE(!list || name_alone) << value;
  }
  EXPECT_FALSE(read_address_list({"a\0b@c", 5}));
}

TEST(MessageAddress, one_bad_element_does_not_hide_the_others) {
  EXPECT_TRUE(
      recover_address_list("a@b.test, [x] <y@z.test>, \"(,\" <d@e.test>") ==
      (std::vector{mailbox("", "a", "b.test"), mailbox("[x]", "y", "z.test"),
                   mailbox("(,", "d", "e.test")}));
  EXPECT_TRUE(recover_address_list("\"open, a@b.test") ==
              std::vector{mailbox("\"open, a@b.test", "", "")});
}

TEST(MessageAddress, too_many_are_refused_and_cut_off_in_recovery) {
  std::string value;
  for (std::size_t i = 0; i <= addresses_max; ++i) value += "a@b,";
  EXPECT_EQ(read_address_list(value).error(), AddressError::too_many);
  EXPECT_EQ(recover_address_list(value).size(), addresses_max);
}

TEST(MessageAddress, a_name_cannot_start_a_second_address) {
  EXPECT_EQ(write(mailbox("a\" <x@y>,\r\nBcc: z", "joe", "a.test")),
            "\"a\\\" <x@y>,??Bcc: z\" <joe@a.test>");
  EXPECT_EQ(write(mailbox("", "a b\"@x", "c>,d.test")),
            "\"a b\\\"@x\"@c??d.test");
  EXPECT_EQ(write({group("G x"), mailbox("", "a", "b"), mailbox("", "", ""),
                   group_end(), mailbox("N", "c", "d")}),
            "G x: a@b;, N <c@d>");
}

bool laws_hold(Octets input) {
  return law_address_reader_agrees_with_grammar(input) &&
         law_addresses_are_clean(input) &&
         law_cutter_agrees_with_grammar(input) &&
         law_recovery_keeps_what_is_read(input);
}

TEST(MessageAddress, laws_on_all_short_strings) {
  for_all_short_strings("a@<>,;:\"( )[.", 4, laws_hold);
  for_all_short_strings("a@<>,:\"(", 5, laws_hold);
}

}  // namespace
}  // namespace postkeep::message
