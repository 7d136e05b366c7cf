#include "io/log_client.h"

#include "base/log_line.h"
#include "io/channel.h"
#include "io/real_loop.h"

namespace postkeep::io {
namespace {

using std::chrono::milliseconds;

struct Lines final : ChannelEvents {
  std::vector<std::string> packets;
  void packet(Octets octets, std::vector<Descriptor> /*given*/) override {
    packets.emplace_back(octets.begin(), octets.end());
  }
  void channel_ended() override {}
};

struct IoLogClient : ::testing::Test {
  RealLoop real;
  PacketChannels channels{real.loop};
  std::unique_ptr<Channel> reader;
  Lines lines;
  LogClient log{real.loop};

  IoLogClient() {
    auto pair = packet_pair();
    EXPECT_TRUE(pair);
    log.use(channels.adopt(std::move(pair->first)));
    reader = channels.adopt(std::move(pair->second));
    reader->tell(&lines);
  }
};

TEST_F(IoLogClient, what_is_no_trouble_waits_for_more_lines) {
  const SteadyTime begin = real.clock.steady();
  log.line(Severity::info, "first", {});
  real.loop.after(milliseconds(2),
                  [this] { log.line(Severity::notice, "second", {}); });
  real.run_until([this] { return !lines.packets.empty(); });
  EXPECT_GE(real.clock.steady() - begin, log_wait_milliseconds);
  EXPECT_EQ(lines.packets[0], "i event=first\nn event=second\n");
}

TEST_F(IoLogClient, the_lines_of_one_round_are_one_packet) {
  real.loop.after(Duration::zero(), [this] {
    log.line(Severity::info, "message_accepted",
             {{"queue", "q1"}, {"octets", std::uint64_t{512}}});
    log.line(Severity::debug, "not_wanted", {});
    log.line(Severity::error, "spool_damaged", {{"why", "bad record"}});
  });
  real.run_until([this] { return lines.packets.size() == 1; });
  EXPECT_EQ(lines.packets[0],
            "i event=message_accepted queue=q1 octets=512\n"
            "e event=spool_damaged why=\"bad record\"\n");
}

TEST_F(IoLogClient, lines_that_do_not_fit_are_counted_and_the_count_is_told) {
  reader->read_on(false);
  const std::string value(4000, 'v');
  for (int i = 0; i < 1000; ++i) {
    log.line(Severity::info, "much", {{"value", value}});
  }
  real.run_for(milliseconds(5));
  reader->read_on(true);
  real.run_for(milliseconds(20));
  log.line(Severity::info, "later", {});
  const auto told = [this] {
    for (const std::string& packet : lines.packets) {
      if (packet.starts_with("w event=log_lines_dropped count=")) return true;
    }
    return false;
  };
  real.run_until(told);
  EXPECT_LT(lines.packets.size(), 1000U);
}

TEST_F(IoLogClient, lines_wait_for_a_log_that_is_started_anew) {
  reader.reset();
  real.run_for(milliseconds(5));
  log.line(Severity::info, "meanwhile", {});
  real.run_for(milliseconds(5));
  auto pair = packet_pair();
  ASSERT_TRUE(pair);
  reader = channels.adopt(std::move(pair->second));
  reader->tell(&lines);
  log.use(channels.adopt(std::move(pair->first)));
  real.run_until([this] { return lines.packets.size() == 1; });
  EXPECT_EQ(lines.packets[0], "i event=meanwhile\n");
}

TEST_F(IoLogClient, what_waits_for_the_log_is_bounded) {
  log.hold();
  const std::string value(4000, 'v');
  for (int i = 0; i < 1000; ++i) {
    log.line(Severity::info, "much", {{"value", value}});
  }
  log.flush();
  auto pair = packet_pair();
  ASSERT_TRUE(pair);
  reader = channels.adopt(std::move(pair->second));
  reader->tell(&lines);
  log.use(channels.adopt(std::move(pair->first)));
  real.run_until([this] { return lines.packets.size() > 20; });
  real.run_for(milliseconds(20));
  std::size_t octets_in_all = 0;
  for (const std::string& packet : lines.packets)
    octets_in_all += packet.size();
  EXPECT_LE(octets_in_all, log_unsent_octets_max + 1000);
  EXPECT_TRUE(lines.packets[0].starts_with("w event=log_lines_dropped count="));
}

TEST_F(IoLogClient, the_last_words_go_out_before_the_end) {
  log.line(Severity::error, "ending", {});
  log.flush();
  real.run_until([this] { return lines.packets.size() == 1; });
}

struct Example {
  std::string_view why;
  std::string value;
  std::string_view written;
};

TEST(LogLine, known_answers) {
  const std::array examples{
      Example{"a word", "word", "word"},
      Example{"an empty value", "", "\"\""},
      Example{"a space", "two words", "\"two words\""},
      Example{"quotes and backslash", "a\"b\\", "\"a\\\"b\\\\\""},
      Example{"a line end cannot start a line", "a\r\nevent=x",
              "\"a\\x0d\\x0aevent=x\""},
      Example{"an equals sign", "a=b", "\"a=b\""},
      Example{"octets above ASCII", "\xc3\xa9", "\"\\xc3\\xa9\""},
      Example{"an escape sequence of a terminal", "\x1b[2J", "\"\\x1b[2J\""},
      Example{"an address", "ann@example.org", "ann@example.org"},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(write_log_line("e", {{"k", example.value}}),
              "event=e k=" + std::string(example.written))
        << example.why;
  }
}

TEST(LogLine, every_octet_is_written_as_printable_ascii) {
  for (int octet = 0; octet < 256; ++octet) {
    const std::string value(3, static_cast<char>(octet));
    for (const char c : write_log_line("e", {{"k", value}})) {
      EXPECT_TRUE(c >= ' ' && c <= '~') << octet;
    }
  }
}

TEST(LogLine, a_line_is_bounded) {
  const std::string large(100'000, '\n');
  const std::string line =
      write_log_line("e", {{"a", "1"}, {"b", large}, {"c", "3"}});
  EXPECT_EQ(line, "event=e a=1 cut=yes");
}

}  // namespace
}  // namespace postkeep::io
