#include <array>
#include <string>

#include "gtest/gtest.h"
#include "imap/mailbox_name_laws.h"

namespace postkeep::imap {
namespace {

using Name = std::expected<std::string, MailboxNameError>;
constexpr auto utf_7 = MailboxNameForm::modified_utf_7;
constexpr auto utf_8 = MailboxNameForm::utf_8;

struct Example {
  std::string why;
  std::string wire;
  Name expected;
};

const std::array examples{
    Example{"RFC 3501 section 5.1.3: mixed English, Chinese and Japanese",
            "~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
    Example{"section 5.1.3: & is &-", "a&-b", "a&b"},
    Example{"section 5.1.3: the canonical one of its pair", "&Jjo-!", "☺!"},
    Example{"section 5.1.3: a null shift, which must not be",
            "&U,BTFw-&ZeVnLIqe-",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"and the same without it", "&U,BTF2XlZyyKng-", "台北日本語"},
    Example{"a printable character in base64", "&AGE-",
            std::unexpected(MailboxNameError::not_canonical)},
    Example{"the & itself in base64", "&ACY-",
            std::unexpected(MailboxNameError::not_canonical)},
    Example{"section 5.1.3: no implicit shift back", "&Jjo",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"a shift and nothing", "&",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"/ of plain base64", "&U/BTFw-",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"bits left over that are not zero", "&Jjp-",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"half a unit", "&Jj-",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"padding", "&Jjo=-",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"octets above 0x7F", "\xc3\xa9",
            std::unexpected(MailboxNameError::outside_grammar)},
    Example{"a surrogate pair", "&2D3eAA-", "😀"},
    Example{"a high surrogate alone", "&2D0-",
            std::unexpected(MailboxNameError::surrogate)},
    Example{"a low surrogate alone", "&3gA-",
            std::unexpected(MailboxNameError::surrogate)},
    Example{"a pair the wrong way round", "&3gDYPQ-",
            std::unexpected(MailboxNameError::surrogate)},
    Example{"NUL in base64", "&AAA-",
            std::unexpected(MailboxNameError::control)},
    Example{"LF in base64", "&AAo-",
            std::unexpected(MailboxNameError::control)},
    Example{"a C1 control", "&AJs-",
            std::unexpected(MailboxNameError::control)},
    Example{"U+2028", "&ICg-", std::unexpected(MailboxNameError::control)},
    Example{"U+2027 is no control", "&ICc-", "\u2027"},
    Example{"INBOX in any case", "iNbOx", "INBOX"},
    Example{"INBOX as the first level", "inbox/Sent", "INBOX/Sent"},
    Example{"not a longer first level", "inboxes", "inboxes"},
    Example{"not a later level", "a/inbox", "a/inbox"},
    Example{"no name", "", ""},
    Example{"wildcards of LIST pass", "&Jjo-*/%", "☺*/%"},
};

TEST(ImapMailboxName, known_answers) {
  for (const Example& example : examples) {
    EXPECT_TRUE(read_mailbox_name(octets(example.wire), utf_7) ==
                example.expected)
        << example.why;
  }
}

TEST(ImapMailboxName, laws_on_all_short_strings) {
  const std::string turns = "&-AJjogQ,/+a~i\x7f\x80";
  std::string wire;
  const auto extend = [&](const auto& self) -> void {
    ASSERT_TRUE(law_name_reader_agrees_with_grammar(octets(wire))) << wire;
    ASSERT_TRUE(law_names_with_dots_come_back(octets(wire), utf_7)) << wire;
    ASSERT_TRUE(law_name_read_then_write_is_identity(octets(wire), utf_7))
        << wire;
    ASSERT_TRUE(law_written_name_is_in_the_grammar(octets(wire))) << wire;
    if (wire.size() == 5) return;
    for (const char c : turns) {
      wire.push_back(c);
      self(self);
      wire.pop_back();
    }
  };
  extend(extend);
}

TEST(ImapMailboxName, every_transition_of_the_grammar) {
  const auto holds = [](const std::string& wire) {
    ASSERT_TRUE(law_name_reader_agrees_with_grammar(octets(wire))) << wire;
    ASSERT_TRUE(law_names_with_dots_come_back(octets(wire), utf_7)) << wire;
    ASSERT_TRUE(law_name_read_then_write_is_identity(octets(wire), utf_7));
  };
  for_each_transition(
      modified_utf_7_automaton(),
      [&](const std::string& whole, std::size_t size) {
        holds(whole);
        holds(whole.substr(0, size));
      },
      holds);
}

// Every pair of octets, and what follows one that begins a longer character.
TEST(ImapMailboxName, every_beginning_of_utf_8) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      for (const std::string end : {"", "\x80\x80", "\xc0"}) {
        const std::string text =
            std::string{static_cast<char>(a), static_cast<char>(b)} + end;
        ASSERT_TRUE(law_name_write_then_read_is_identity(text));
        ASSERT_TRUE(law_written_name_is_in_the_grammar(octets(text)));
        ASSERT_TRUE(law_name_read_then_write_is_identity(octets(text), utf_8));
      }
    }
  }
}

// I11: every character goes out in one way and comes back, or is a control.
TEST(ImapMailboxName, laws_on_every_character) {
  for (std::uint32_t c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 0x3D) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += static_cast<char>(0xC0 | c >> 6);
    } else if (c < 0x10000) {
      text += static_cast<char>(0xE0 | c >> 12);
      text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    } else {
      text += static_cast<char>(0xF0 | c >> 18);
      text += static_cast<char>(0x80 | (c >> 12 & 0x3F));
      text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    }
    if (c >= 0x80) text += static_cast<char>(0x80 | (c & 0x3F));
    const bool control =
        c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
    ASSERT_EQ(read_mailbox_name(octets(text), utf_8).has_value(), !control)
        << c;
    for (const std::string& around : {text, "a" + text + "b", text + text}) {
      ASSERT_TRUE(law_name_write_then_read_is_identity(around)) << c;
      ASSERT_TRUE(law_written_name_is_in_the_grammar(octets(around))) << c;
    }
  }
}

TEST(ImapMailboxName, utf_8_once_it_is_spoken) {
  EXPECT_EQ(read_mailbox_name(octets("台北"), utf_8), "台北");
  EXPECT_EQ(read_mailbox_name(octets("a&b"), utf_8), "a&b");
  EXPECT_EQ(read_mailbox_name(octets("Inbox"), utf_8), "INBOX");
  EXPECT_EQ(read_mailbox_name(octets("\xc3"), utf_8).error(),
            MailboxNameError::control);
  EXPECT_EQ(read_mailbox_name(octets("\xed\xa0\x80"), utf_8).error(),
            MailboxNameError::control);
  EXPECT_EQ(read_mailbox_name(octets("a\tb"), utf_8).error(),
            MailboxNameError::control);
  EXPECT_EQ(write_mailbox_name("台北&", utf_8), "台北&");
}

TEST(ImapMailboxName, what_is_no_utf_8_is_written_as_replacement) {
  EXPECT_EQ(write_mailbox_name("a\xff", utf_7), "a&,,0-");
  EXPECT_EQ(write_mailbox_name("\xe5\x8f", utf_7), "&,,0-");
  EXPECT_EQ(write_mailbox_name("\xe5"
                               "b",
                               utf_7),
            "&,,0-b");
  EXPECT_EQ(write_mailbox_name("\xff\xff", utf_7), "&,,3,,Q-");
}

TEST(ImapMailboxName, a_dot_may_stand_between_levels) {
  const auto read = [](std::string_view wire) {
    return *read_mailbox_name(octets(wire), utf_7, Separator::dot);
  };
  EXPECT_EQ(read("Lists.c++"), "Lists/c++");
  EXPECT_EQ(read("Lists.a/b"), "Lists/a.b");
  EXPECT_EQ(read("inbox.x"), "INBOX/x");
  EXPECT_EQ(read("inbox/x"), "inbox.x");
  EXPECT_EQ(read("Entw&APw-rfe.%"), "Entw\xc3\xbcrfe/%");
  EXPECT_EQ(write_mailbox_name("a.b/\xc3\xbc", utf_7, Separator::dot),
            "a/b.&APw-");
  EXPECT_EQ(write_mailbox_name("a.b/\xc3\xbc", utf_8, Separator::dot),
            "a/b.\xc3\xbc");
}

TEST(ImapMailboxName, names_have_a_bound) {
  const std::string longest(mailbox_name_octets_max, 'a');
  EXPECT_TRUE(read_mailbox_name(octets(longest), utf_7));
  EXPECT_EQ(read_mailbox_name(octets(longest + "a"), utf_7).error(),
            MailboxNameError::too_long);
  // 8 octets of base64 become 9 of UTF-8.
  std::string grows = "&";
  for (int i = 0; i < 120; ++i) grows += "TgBOAE4A";
  EXPECT_EQ(read_mailbox_name(octets(grows + "-"), utf_7).error(),
            MailboxNameError::too_long);
}

TEST(ImapMailboxName, errors_have_names) {
  EXPECT_EQ(name(MailboxNameError::outside_grammar), "outside_grammar");
  EXPECT_EQ(name(MailboxNameError::not_canonical), "not_canonical");
  EXPECT_EQ(name(MailboxNameError::surrogate), "surrogate");
  EXPECT_EQ(name(MailboxNameError::control), "control");
  EXPECT_EQ(name(MailboxNameError::too_long), "too_long");
}

}  // namespace
}  // namespace postkeep::imap
