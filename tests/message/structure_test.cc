#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "message/short_strings.h"
#include "message/summary_laws.h"

namespace postkeep::message {
namespace {

constexpr const char* nested =
    "Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
    "preamble\r\n--outer\r\n\r\none\r\n--outer \t\r\n"
    "Content-Type: multipart/alternative; boundary=\"in ner\"\r\n\r\n"
    "--in ner\r\n\r\n--in ner\r\nContent-Type: text/html\r\n\r\n<p>\r\n\r\n"
    "--in ner--\r\nepilogue\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: x\r\n\r\nline\r\nline\r\n--outer--\r\n";

// Kind, type, lines and problems of each part.
std::string outline(std::string_view text) {
  std::string result;
  for (const Part& part : read_structure(octets(text)).parts) {
    result += part.kind == PartKind::leaf        ? "leaf "
              : part.kind == PartKind::multipart ? "multipart "
                                                 : "message ";
    result += part.content_type.type + '/' + part.content_type.subtype + ' ' +
              std::to_string(part.body_lines);
    if (part.problems != 0) result += " !" + std::to_string(part.problems);
    result += '\n';
  }
  return result;
}

std::string body(std::string_view text, std::vector<std::uint32_t> path) {
  const Structure structure = read_structure(octets(text));
  const auto index = find_part(structure, path);
  if (!index) return "none";
  const Octets octets_of = body_of(octets(text), structure.parts[*index]);
  return {octets_of.begin(), octets_of.end()};
}

std::string multipart(const std::string& type, const std::string& body) {
  return "Content-Type: " + type + "\r\n\r\n" + body;
}

TEST(MessageStructure, parts_in_parts) {
  EXPECT_EQ(outline(nested),
            "multipart multipart/mixed 24\nleaf text/plain 1\n"
            "multipart multipart/alternative 9\nleaf text/plain 0\n"
            "leaf text/html 1\nmessage message/rfc822 4\nleaf text/plain 2\n");
}

// RFC 9051 section 6.4.5.1.
TEST(MessageStructure, sections_name_parts) {
  EXPECT_EQ(body(nested, {1}), "one");
  EXPECT_EQ(body(nested, {2, 1}), "");
  EXPECT_EQ(body(nested, {2, 2}), "<p>\r\n");
  EXPECT_EQ(body(nested, {3}), "Subject: x\r\n\r\nline\r\nline");
  EXPECT_EQ(body(nested, {3, 1}), "line\r\nline");
  for (const std::vector<std::uint32_t>& path : {std::vector<std::uint32_t>{0},
                                                 {4},
                                                 {1, 1},
                                                 {2, 3},
                                                 {3, 2},
                                                 {3, 1, 1}}) {
    EXPECT_EQ(body(nested, path), "none");
  }
  EXPECT_EQ(body("Subject: a\r\n\r\ntext\r\n", {1}), "text\r\n");
  EXPECT_EQ(body("Subject: a\r\n\r\ntext\r\n", {1, 1}), "none");
  EXPECT_EQ(body(multipart("message/rfc822", "A: b\r\n\r\nx"), {1}),
            "A: b\r\n\r\nx");
  EXPECT_EQ(body(multipart("message/rfc822", "A: b\r\n\r\nx"), {1, 1}), "x");
}

TEST(MessageStructure, ambiguous_parts_are_opaque) {
  const std::string opaque = "leaf application/octet-stream 2 !";
  EXPECT_EQ(outline(multipart("multipart/mixed; boundary=a; boundary=b",
                              "--a\r\n--b\r\n")),
            opaque + "2\n");
  EXPECT_EQ(outline("Content-Type: text/plain\r\n" +
                    multipart("multipart/mixed; boundary=a", "--a\r\n\r\n")),
            opaque + "1\n");
  EXPECT_EQ(outline(multipart("multipart/mixed", "--\r\n--\r\n")),
            opaque + "4\n");
  EXPECT_EQ(outline("Content-Transfer-Encoding: base64\r\n" +
                    multipart("multipart/mixed; boundary=a", "--a\r\n\r\n")),
            opaque + "32\n");
}

// RFC 2045 section 6.4: neither has an encoding.
TEST(MessageStructure, messages_that_are_encoded_are_opaque) {
  EXPECT_EQ(outline("Content-Transfer-Encoding: base64\r\n" +
                    multipart("message/rfc822", "U3ViamVjdDogeA0KDQp5\r\n")),
            "leaf application/octet-stream 1 !32\n");
}

TEST(MessageStructure, boundaries_that_readers_see_differently_are_none) {
  const auto opaque = [](const std::string& parameters) {
    return outline(multipart("multipart/mixed; " + parameters, ""));
  };
  const std::string without = "leaf application/octet-stream 0 !4\n";
  EXPECT_EQ(opaque("boundary=\"\""), without);
  EXPECT_EQ(opaque("boundary=\"a \""), without);
  EXPECT_EQ(opaque("boundary=\"\xC3\xA9\""), without);
  EXPECT_EQ(opaque("boundary=" + std::string(251, 'a')), without);
  EXPECT_EQ(opaque("boundary=" + std::string(250, 'a')),
            "multipart multipart/mixed 0 !256\n");
  EXPECT_EQ(opaque("boundary*0=a; boundary*2=b"),
            "leaf application/octet-stream 0 !2\n");
}

// Some readers see an end at NUL, and of a line at CR.
TEST(MessageStructure, a_type_with_nul_or_cr_is_opaque) {
  using std::string_literals::operator""s;
  for (const std::string& type :
       {"multipart/mixed; boundary=\"a\0b\""s, "text/plain\0"s,
        "text/plain;\r charset=utf-8"s, "text/plain;\r\r\n charset=utf-8"s,
        "text/plain\r"s}) {
    EXPECT_TRUE(
        read_structure(octets(multipart(type, ""))).parts.front().problems &
        part_ambiguous_type)
        << testing::PrintToString(type);
  }
  EXPECT_EQ(outline(multipart("text/plain;\r\n charset=utf-8", "")),
            "leaf text/plain 0\n");
  EXPECT_EQ(outline(multipart("text/plain;\n charset=utf-8", "")),
            "leaf text/plain 0 !512\n");
}

TEST(MessageStructure, of_two_encodings_or_dispositions_none_is_believed) {
  const auto first = [](const std::string& fields) {
    return read_structure(octets(fields + "\r\nx")).parts.front();
  };
  EXPECT_EQ(first("Content-Transfer-Encoding: base64\r\n"
                  "Content-Transfer-Encoding: base64\r\n")
                .encoding,
            TransferEncoding::unknown);
  const std::string disposition =
      "Content-Disposition: attachment; filename=a\r\n";
  EXPECT_TRUE(first(disposition).disposition);
  EXPECT_FALSE(first(disposition + disposition).disposition);
  EXPECT_FALSE(first("Content-Disposition: a; \"\r\n").disposition);
}

TEST(MessageStructure, a_line_that_is_no_field_is_passed_over) {
  EXPECT_EQ(outline("Content-Type: text/html\r\nno field\r\n and its fold\r\n"
                    "Content-Type : text/css\r\n\r\n"),
            "leaf application/octet-stream 0 !513\n");
}

TEST(MessageStructure, a_boundary_of_an_open_multipart_is_not_taken_again) {
  EXPECT_EQ(
      outline(multipart("multipart/mixed; boundary=a",
                        "--a\r\n" + multipart("multipart/mixed; boundary=a",
                                              "--a\r\n\r\nx\r\n--a--\r\n"))),
      "multipart multipart/mixed 7\nleaf application/octet-stream 0 !2\n"
      "leaf text/plain 1\n");
}

// RFC 2046 section 5.1.1: "it is sufficient that the boundary appear in its
// entirety following the CRLF".
TEST(MessageStructure, what_follows_a_boundary_does_not_matter) {
  EXPECT_EQ(outline(multipart("multipart/mixed; boundary=a",
                              "--a x\r\n\r\n1\r\n--ab\r\n\r\n2\r\n--a-\r\n"
                              "\r\n3\r\n-- a\r\n--a--x\r\n--a\r\n")),
            "multipart multipart/mixed 12\nleaf text/plain 1\n"
            "leaf text/plain 1\nleaf text/plain 2\n");
}

TEST(MessageStructure, of_two_boundaries_the_longer_is_meant) {
  const auto nested_in = [](const std::string& outer,
                            const std::string& inner) {
    return outline(
        multipart("multipart/mixed; boundary=" + outer,
                  "--" + outer + "\r\n" +
                      multipart("multipart/mixed; boundary=" + inner,
                                "--" + inner + "\r\n\r\nx\r\n--" + inner +
                                    "--\r\n--" + outer + "--\r\n")));
  };
  const std::string two_levels =
      "multipart multipart/mixed 8\nmultipart multipart/mixed 4\n"
      "leaf text/plain 1\n";
  EXPECT_EQ(nested_in("a", "a-1"), two_levels);
  EXPECT_EQ(nested_in("a-1", "a"), two_levels);
}

TEST(MessageStructure, what_is_not_closed_ends_with_what_it_is_in) {
  EXPECT_EQ(
      outline(multipart("multipart/mixed; boundary=a",
                        "--a\r\n" + multipart("multipart/mixed; boundary=b",
                                              "--b\r\n\r\nx\r\n--a--\r\n"))),
      "multipart multipart/mixed 7\nmultipart multipart/mixed 3 !256\n"
      "leaf text/plain 1\n");
}

TEST(MessageStructure, a_header_ends_before_a_delimiter) {
  EXPECT_EQ(outline(multipart("multipart/mixed; boundary=\"a:\"",
                              "--a:\r\nContent-ID: <x>\r\n--a:--\r\n")),
            "multipart multipart/mixed 3\nleaf text/plain 0 !512\n");
}

TEST(MessageStructure, defaults) {
  EXPECT_EQ(outline(multipart("garbage", "x")), "leaf text/plain 1 !64\n");
  EXPECT_EQ(outline(multipart("multipart/digest; boundary=a",
                              "--a\r\n\r\nA: b\r\n\r\nx\r\n--a--")),
            "multipart multipart/digest 6\nmessage message/rfc822 3\n"
            "leaf text/plain 1\n");
}

TEST(MessageStructure, depth_is_bounded) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    const std::string boundary = "b" + std::to_string(10'000 + i);
    text += "Content-Type: multipart/mixed; boundary=" + boundary +
            "\r\n\r\n--" + boundary + "\r\n";
  }
  const Structure structure = read_structure(octets(text));
  EXPECT_EQ(structure.parts.size(), part_depth_max);
  EXPECT_EQ(structure.parts.back().problems, part_too_deep);
  EXPECT_TRUE(law_parts_are_a_tree(octets(text)));

  std::string messages;
  for (int i = 0; i < 10'000; ++i) {
    messages += "Content-Type: message/rfc822\r\n\r\n";
  }
  EXPECT_EQ(read_structure(octets(messages)).parts.size(), part_depth_max);
}

TEST(MessageStructure, parts_are_bounded) {
  std::string text = multipart("multipart/mixed; boundary=a", "");
  for (std::size_t i = 0; i < 2 * parts_max; ++i) text += "--a\r\n\r\nx\r\n";
  const Structure structure = read_structure(octets(text));
  EXPECT_EQ(structure.parts.size(), parts_max);
  EXPECT_EQ(structure.parts.front().problems,
            part_parts_left_out | part_not_closed);
  EXPECT_TRUE(law_parts_lie_inside_each_other(octets(text)));
}

// 64 open boundaries, and lines that might be each of them.
TEST(MessageStructure, many_near_delimiters_are_cheap) {
  std::string text;
  for (std::size_t i = 0; i + 1 < part_depth_max; ++i) {
    const std::string boundary = std::string(60, '-') + std::to_string(i);
    text += "Content-Type: multipart/mixed; boundary=\"" + boundary +
            "\"\r\n\r\n--" + boundary + "\r\n";
  }
  text += "\r\n";
  while (text.size() < 4'000'000) text += std::string(62, '-') + "x\n";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read_structure(octets(text)).parts.size(), part_depth_max);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

TEST(MessageStructure, text_is_decoded_for_search) {
  const auto shown = [](const std::string& text) {
    return text_of(octets(text), read_structure(octets(text)).parts.front());
  };
  EXPECT_EQ(shown("Content-Type: text/plain; charset=iso-8859-1\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\n=E9"),
            "\xC3\xA9");
  EXPECT_EQ(shown("Content-Transfer-Encoding: base64\r\n\r\nw6k="), "\xC3\xA9");
  EXPECT_EQ(shown("\r\n\xE9"), "\xC3\xA9");
  EXPECT_EQ(shown("Content-Type: text/plain; charset=x-klingon\r\n\r\n\xE9"),
            "\xC3\xA9");
}

}  // namespace
}  // namespace postkeep::message
