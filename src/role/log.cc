#include "role/log.h"

#include <utility>

#include "base/check.h"
#include "base/log_line.h"
#include "io/place.h"
#include "role/log_lines.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {

class LogRole::Source final : private ChannelEvents {
 public:
  Source(LogRole& log, std::string name, std::unique_ptr<Channel> channel)
      : log_(log), name_(std::move(name)), channel_(std::move(channel)) {
    channel_->tell(this);
  }

 private:
  void packet(Octets octets, std::vector<Descriptor> /*given*/) override {
    log_.write(octets, name_);
  }
  void channel_ended() override { log_.ended(this); }

  LogRole& log_;
  std::string name_;
  std::unique_ptr<Channel> channel_;
};

LogRole::LogRole(RoleContext& context)
    : context_(context), file_(std::move(context.given["log"])) {}

void LogRole::peer(ipc::RoleName role, std::uint32_t instance,
                   std::unique_ptr<Channel> channel) {
  sources_.push_back(std::make_unique<Source>(
      *this, source_name(name(role), instance), std::move(channel)));
}

void LogRole::supervisor_message(ipc::Received message) {
  answer_status(context_, message, {{"sources", sources_.size()}});
}

void LogRole::reload() {
  const auto given = context_.given.find("log");
  if (given != context_.given.end()) file_ = std::move(given->second);
}

void LogRole::write(Octets packet, const std::string& source) {
  lines_.clear();
  if (lost_ != 0) {
    const std::string lost =
        "w " + write_log_line("log_octets_lost", {Field("count", lost_)});
    write_lines(lines_, context_.clock.wall(), "log.0", octets(lost));
  }
  write_lines(lines_, context_.clock.wall(), source, packet);
  // A full disk must not end the log, nor anything else.
  if (io::write_out(file_, octets(lines_))) {
    lost_ = 0;
  } else {
    lost_ += packet.size();
  }
}

// A role's last words come before its end, so that none is lost here.
void LogRole::ended(const Source* source) {
  context_.timers.after(Duration::zero(), [this, source] {
    sources_.remove_if(
        [source](const auto& one) { return one.get() == source; });
    if (draining_ && sources_.empty()) context_.supervisor.drained();
  });
}

void LogRole::drain() {
  draining_ = true;
  if (sources_.empty()) context_.supervisor.drained();
}

std::unique_ptr<Role> make_log(RoleContext& context) {
  const auto file = context.given.find("log");
  if (file == context.given.end() || !file->second.holds()) return nullptr;
  return std::make_unique<LogRole>(context);
}

}  // namespace postkeep::role
