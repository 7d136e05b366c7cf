#include "role/supervisor.h"

#include <csignal>
#include <cstdio>
#include <optional>

#include "io/clock.h"
#include "io/log_client.h"
#include "io/loop.h"
#include "io/process.h"
#include "io/shared_memory.h"
#include "role/belongings.h"
#include "role/family.h"

namespace postkeep::role {
namespace {

int cannot_start(const std::string& why) {
  std::fprintf(stderr, "postkeep: %s\n", why.c_str());
  return 1;
}

class Supervisor final : private Family::Events {
 public:
  Supervisor(const ReadPlan& read_plan, const std::function<void()>& ready)
      : read_plan_(read_plan), ready_(ready) {}

  int run();

 private:
  void family_ready() override;
  void family_failed(const std::string& why) override;
  void reload_wanted() override { reload(); }
  void family_ended() override { loop_.stop(); }

  void reload();
  void end_wanted();

  const ReadPlan& read_plan_;
  const std::function<void()>& ready_;
  io::SystemClock clock_;
  io::Loop loop_{clock_};
  // Says little: what it says keeps its place among the roles' lines.
  io::LogClient log_{loop_, Severity::info, Duration::zero()};
  io::SealedMemory memory_;
  std::optional<Belongings> belongings_;
  std::optional<Family> family_;
  int status_ = 0;
  int ends_wanted_ = 0;
};

int Supervisor::run() {
  std::signal(SIGPIPE, SIG_IGN);
  io::raise_open_files();
  auto plan = read_plan_();
  if (!plan) return cannot_start(plan.error());
  auto program = io::ThisProgram::open();
  if (!program) {
    return cannot_start(
        "cannot open /proc/self/exe and /dev/null: mount /proc, make "
        "/dev/null");
  }
  auto belongings = Belongings::open(std::move(*plan), memory_);
  if (!belongings) return cannot_start(belongings.error());
  belongings_.emplace(std::move(*belongings));
  Family::Events& events = *this;
  family_.emplace(loop_, clock_, log_, std::move(*program), *belongings_,
                  events);
  loop_.on_signal(SIGCHLD, [this] { family_->reap(); });
  loop_.on_signal(SIGHUP, [this] { reload(); });
  loop_.on_signal(SIGTERM, [this] { end_wanted(); });
  loop_.on_signal(SIGINT, [this] { end_wanted(); });
  log_.line(Severity::notice, "server_starting",
            {{"pid", static_cast<std::uint64_t>(io::own_process())}});
  family_->start();
  loop_.run();
  return status_;
}

void Supervisor::family_ready() {
  log_.line(Severity::notice, "server_ready", {});
  ready_();
}

void Supervisor::family_failed(const std::string& why) {
  log_.line(Severity::error, "server_failed", {{"why", why}});
  std::fprintf(stderr, "postkeep: %s\n", why.c_str());
  status_ = 1;
  family_->drain();
}

void Supervisor::reload() {
  auto plan = read_plan_();
  const auto done = plan ? belongings_->reload(std::move(*plan), memory_)
                         : std::unexpected(plan.error());
  if (!done) {
    // The server goes on with what it has.
    return log_.line(Severity::error, "reload_failed", {{"why", done.error()}});
  }
  family_->reload();
  log_.line(Severity::notice, "reloaded", {});
}

// Asked once, the roles finish what they do; asked again, they do not.
void Supervisor::end_wanted() {
  if (++ends_wanted_ > 1) return family_->kill();
  log_.line(Severity::notice, "server_ending", {});
  family_->drain();
}

}  // namespace

int serve(const ReadPlan& read_plan, const std::function<void()>& ready) {
  return Supervisor(read_plan, ready).run();
}

}  // namespace postkeep::role
