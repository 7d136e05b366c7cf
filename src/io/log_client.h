// The log as a role sees it: lines over a channel to the log role.
//
// Here:      LogClient.
// Not here:  what becomes of the lines (role/log.h).
// Laws:      tests/io/log_client_test.cc: lines that do not fit are counted,
//            and the count is logged; what comes while the log is started anew
//            waits for it; without any channel lines go to stderr.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/channel.h"
#include "base/log.h"
#include "io/loop.h"

namespace postkeep::io {

// A log that does not keep up costs lines, never memory or mail.
inline constexpr std::size_t log_unsent_octets_max = 1024 * 1024;

// How long a line may wait for others to go with it, unless it is a warning or
// worse: at thousands of messages a second most of a log's cost is packets.
inline constexpr std::chrono::milliseconds log_wait_milliseconds{10};

// Lines that go together are one packet: each begins with a letter for its
// severity (d i n w e) and a space, and ends in LF.
class LogClient final : public Log, private EndOfRound, private ChannelEvents {
 public:
  // `wait` is at most how long a line waits for others.
  explicit LogClient(Loop& loop, Severity least = Severity::info,
                     Duration wait = log_wait_milliseconds);
  ~LogClient();
  LogClient(const LogClient&) = delete;
  LogClient& operator=(const LogClient&) = delete;

  void use(std::unique_ptr<Channel> channel);
  // From now on to standard error.
  void let_go();
  // The log has ended: lines wait for the next use(), as far as there is room.
  void hold() { ended_ = true; }
  void set_least(Severity least) { least_ = least; }
  void line(Severity severity, std::string_view event,
            std::initializer_list<Field> fields) override;
  // Sends now what waits for the end of the round.
  void flush();

 private:
  void send(const std::string& lines);
  void drop(const std::string& lines);
  void round_ended() override;
  void packet(Octets octets, std::vector<Descriptor> descriptors) override;
  void channel_ended() override;

  Loop& loop_;
  Severity least_;
  Duration wait_;
  std::unique_ptr<Channel> channel_;
  bool ended_ = false;
  std::string lines_;
  std::vector<std::string> held_;  // While there is no log.
  std::size_t held_octets_ = 0;
  bool waits_ = false;  // For the end of the round.
  TimerId timer_ = TimerId::none;
  std::uint64_t dropped_ = 0;
};

}  // namespace postkeep::io
