#include "io/log_client.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/log_line.h"

namespace postkeep::io {
namespace {

// Lines of one packet; a round that has more to say sends several.
constexpr std::size_t lines_octets_max = 32 * 1024;

char letter(Severity severity) {
  switch (severity) {
    case Severity::debug: return 'd';
    case Severity::info: return 'i';
    case Severity::notice: return 'n';
    case Severity::warning: return 'w';
    case Severity::error: break;
  }
  return 'e';
}

}  // namespace

LogClient::LogClient(Loop& loop, Severity least, Duration wait)
    : loop_(loop), least_(least), wait_(wait) {}

LogClient::~LogClient() {
  flush();
  if (waits_) loop_.forget(this);
  loop_.cancel(timer_);
}

void LogClient::use(std::unique_ptr<Channel> channel) {
  channel_ = std::move(channel);
  ended_ = false;
  channel_->tell(this);
  for (const std::string& lines : std::exchange(held_, {})) send(lines);
  held_octets_ = 0;
}

void LogClient::let_go() {
  flush();
  channel_.reset();
  held_.clear();
}

void LogClient::line(Severity severity, std::string_view event,
                     std::initializer_list<Field> fields) {
  if (severity < least_) return;
  if (lines_.size() > lines_octets_max) flush();
  lines_ += letter(severity);
  lines_ += ' ';
  lines_ += write_log_line(event, fields);
  lines_ += '\n';
  if (severity >= Severity::warning || wait_ == Duration::zero()) {
    if (!std::exchange(waits_, true)) loop_.at_end_of_round(this);
  } else if (timer_ == TimerId::none) {
    timer_ = loop_.after(wait_, [this] {
      timer_ = TimerId::none;
      flush();
    });
  }
}

void LogClient::round_ended() {
  waits_ = false;
  flush();
}

void LogClient::flush() {
  if (lines_.empty()) return;
  std::string lines = std::exchange(lines_, {});
  if (channel_ == nullptr) {
    // What cannot be written to stderr has nowhere to go.
    static_cast<void>(!write(STDERR_FILENO, lines.data(), lines.size()));
  } else if (!ended_) {
    send(lines);
  } else if (held_octets_ + lines.size() <= log_unsent_octets_max) {
    held_octets_ += lines.size();
    held_.push_back(std::move(lines));
  } else {
    drop(lines);
  }
}

void LogClient::drop(const std::string& lines) {
  dropped_ +=
      static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
}

void LogClient::send(const std::string& lines) {
  if (channel_->unsent() > log_unsent_octets_max) return drop(lines);
  if (dropped_ != 0) {
    const std::string lost =
        "w " +
        write_log_line("log_lines_dropped",
                       {Field("count", std::exchange(dropped_, 0))}) +
        "\n";
    static_cast<void>(channel_->send(octets(lost)));
  }
  if (!channel_->send(octets(lines))) drop(lines);
}

void LogClient::packet(Octets /*octets*/,
                       std::vector<Descriptor> /*descriptors*/) {}

// The log role was ended: supervisor starts another and sends a new channel.
void LogClient::channel_ended() { ended_ = true; }

}  // namespace postkeep::io
