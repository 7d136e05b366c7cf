#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <sstream>
#include <string>

#include "message/short_strings.h"
#include "message/text_laws.h"

namespace postkeep::message {
namespace {

struct Example {
  const char* encoded;
  const char* shown;
};

// RFC 2047 section 8, with what they are displayed as.
const std::array examples{
    Example{"(=?ISO-8859-1?Q?a?=)", "(a)"},
    Example{"(=?ISO-8859-1?Q?a?= b)", "(a b)"},
    Example{"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
    Example{"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
    Example{"(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
    Example{"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?_b?=)", "(a b)"},
    Example{"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
            "Keith Moore <moore@cs.utk.edu>"},
    Example{"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= "
            "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
            "If you can read this you understand the example."},
    Example{"=?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?=",
            "Patrik F\xC3\xA4ltstr\xC3\xB6m"},
    Example{"=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"},
    Example{"=?UTF-8?q?=C3?= =?UTF-8?q?=A9?=", "\xC3\xA9"},
    Example{"=?x-unknown?q?abc?= d", "=?x-unknown?q?abc?= d"},
    Example{"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
    Example{"=?=?=?utf-8?q?a?=?=", "=?=?a?="},
    Example{"a=?utf-8?q?b?=c", "abc"},
    Example{"=?utf-8?q?a b=20?=", "a b "},
    Example{"plain \xE9", "plain \xEF\xBF\xBD"},
};

TEST(MessageEncodedWord, known_answers) {
  for (const Example& example : examples) {
    EXPECT_EQ(decode_encoded_words(example.encoded), example.shown);
  }
}

TEST(MessageEncodedWord, words_are_at_most_75_octets) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xC3\xA9 ";
  std::istringstream words{encode_words(text)};
  for (std::string word; words >> word;) {
    EXPECT_LE(word.size(), encoded_word_octets_max);
  }
  EXPECT_TRUE(law_encoded_words_decode_to_the_text(text));
  EXPECT_EQ(encode_words("plain text"), "plain text");
  EXPECT_TRUE(law_encoded_words_decode_to_the_text("no =?utf-8?q?a?= word"));
}

// Each start of a word that is none is looked at again; that must stay linear.
TEST(MessageEncodedWord, a_megabyte_of_starts_is_cheap) {
  std::string text;
  while (text.size() < 1'000'000) text += "=?a?q?";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(decode_encoded_words(text), text);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(MessageEncodedWord, laws_on_all_short_strings) {
  for_all_short_strings("=?aqB_ *\xC3", 5, [](Octets tail) {
    const std::string word = "=?utf-8?q?" + std::string{as_text(tail)} + "?=";
    return law_encoded_word_agrees_with_grammar(tail) &&
           law_encoded_word_agrees_with_grammar(octets(word)) &&
           law_decoded_words_are_utf8(octets(word)) &&
           law_encoded_words_decode_to_the_text(word);
  });
}

}  // namespace
}  // namespace postkeep::message
