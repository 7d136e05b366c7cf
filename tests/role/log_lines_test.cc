#include "role/log_lines.h"

#include <array>

#include "gtest/gtest.h"

namespace postkeep::role {
namespace {

constexpr WallTime noon{std::chrono::sys_days(std::chrono::year(2026) / 1 / 2) +
                        std::chrono::hours(3) + std::chrono::minutes(4) +
                        std::chrono::seconds(5) +
                        std::chrono::microseconds(678901)};

std::string written(std::string_view packet) {
  std::string out;
  write_lines(out, noon, "smtp_in.0", octets(packet));
  return out;
}

TEST(RoleLogLines, times_are_written_as_rfc_3339_has_them) {
  EXPECT_EQ(write_log_time(noon), "2026-01-02T03:04:05.678901Z");
  EXPECT_EQ(write_log_time(WallTime{}), "1970-01-01T00:00:00.000000Z");
  const WallTime leap{std::chrono::sys_days(std::chrono::year(2024) / 2 / 29)};
  EXPECT_EQ(write_log_time(leap), "2024-02-29T00:00:00.000000Z");
}

struct Example {
  std::string_view why;
  std::string_view packet;
  std::string_view lines;
};

#define WHEN "2026-01-02T03:04:05.678901Z "

TEST(RoleLogLines, known_answers) {
  const std::array examples{
      Example{"a line", "i event=mail octets=5\n",
              WHEN "info role=smtp_in.0 event=mail octets=5\n"},
      Example{"two of one packet", "w event=a\ne event=b\n",
              WHEN "warning role=smtp_in.0 event=a\n" WHEN
                   "error role=smtp_in.0 event=b\n"},
      Example{"a failed check on standard error",
              "a.cc:3: check failed: x > 0\n",
              WHEN "error role=smtp_in.0 event=standard_error "
                   "text=\"a.cc:3: check failed: x > 0\"\n"},
      Example{"a severity that there is none of", "x event=a\n",
              WHEN "error role=smtp_in.0 event=standard_error "
                   "text=\"x event=a\"\n"},
      Example{"octets that no role of ours would send", "i event=\x1b[2J\xff\n",
              WHEN "error role=smtp_in.0 event=standard_error "
                   "text=\"i event=\\x1b[2J\\xff\"\n"},
      Example{"no line end", "i event=a", WHEN "info role=smtp_in.0 event=a\n"},
      Example{"nothing", "", ""},
      Example{"empty lines", "\n\n", ""},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(written(example.packet), example.lines) << example.why;
  }
}

// Every packet of up to four of the octets at which a line turns.
TEST(RoleLogLines, whatever_comes_whole_printable_lines_are_written) {
  const std::string turns = "i x=\n\"\\\x7f";
  std::string packet;
  const auto extend = [&](const auto& self) -> void {
    const std::string out = written(packet);
    std::size_t begin = 0;
    while (begin < out.size()) {
      const std::size_t end = out.find('\n', begin);
      ASSERT_NE(end, std::string::npos);
      const std::string line = out.substr(begin, end - begin);
      ASSERT_NE(line.find(" role=smtp_in.0 event="), std::string::npos);
      for (const char c : line) ASSERT_TRUE(c >= ' ' && c <= '~');
      begin = end + 1;
    }
    if (packet.size() == 4) return;
    for (const char c : turns) {
      packet.push_back(c);
      self(self);
      packet.pop_back();
    }
  };
  extend(extend);
}

TEST(RoleLogLines, a_line_is_bounded) {
  const std::string large = "i event=" + std::string(100'000, 'x');
  EXPECT_LT(written(large).size(), 5000U);
}

}  // namespace
}  // namespace postkeep::role
