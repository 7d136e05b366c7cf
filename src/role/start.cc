#include "role/start.h"

#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/dialer.h"
#include "io/disk.h"
#include "io/dns_exchange.h"
#include "io/drop_box.h"
#include "io/errno.h"
#include "io/flusher.h"
#include "io/log_client.h"
#include "io/loop.h"
#include "io/net.h"
#include "io/process.h"
#include "io/shared_memory.h"
#include "ipc/supervisor_messages.h"
#include "role/link.h"
#include "role/peer_name.h"
#include "role/role_table.h"
#include "sandbox/enter.h"

namespace postkeep::role {
namespace {

// From sysexits.h: what supervisor's log says of the end of a role.
constexpr int status_not_able = 69;
constexpr int status_not_allowed = 77;

// How often the end of a role looks whether all its words have gone out.
constexpr std::chrono::milliseconds ending_milliseconds{2};

class RoleProcess final : private SupervisorLine {
 public:
  explicit RoleProcess(ipc::RoleName role) : role_(role) {}
  int run();

 private:
  bool send(ipc::Kind kind, Octets message,
            std::vector<Descriptor> descriptors) override;
  void drained() override;

  void message(ipc::Received received);
  void given(ipc::Received& received);
  void use_peer(const std::string& name, Descriptor descriptor);
  std::optional<int> build();
  int enter_and_run();
  bool confine(sandbox::Policy& policy);
  bool close_door(const sandbox::Policy& policy);
  void refused(std::string_view what, const std::string& why);
  void end_when_sent();

  io::SystemClock clock_;
  io::Loop loop_{clock_};
  io::PacketChannels channels_{loop_};
  io::SystemRandom random_;
  io::SealedMemory memory_;
  io::LogClient log_{loop_};
  ipc::RoleName role_;
  ipc::Start start_;
  Given given_;
  std::vector<ipc::StatusLine> claims_;
  std::optional<io::SocketNet> net_;
  std::optional<io::DirectoryDisk> disk_;
  std::optional<io::ThreadFlusher> flusher_;
  std::optional<io::ThreadWorkers> workers_;
  std::optional<io::CaresExchange> dns_exchange_;
  std::optional<io::SocketDialer> dialer_;
  std::optional<io::DirectoryDropBox> drop_box_;
  std::optional<RoleContext> context_;
  std::unique_ptr<Role> running_;
  std::unique_ptr<Link> supervisor_;
  bool entering_ = false;
};

bool RoleProcess::send(ipc::Kind kind, Octets message,
                       std::vector<Descriptor> descriptors) {
  return ipc::send(supervisor_->channel(), kind, message,
                   std::move(descriptors));
}

void RoleProcess::drained() {
  static_cast<void>(supervisor_->send(ipc::Drained{}));
  loop_.after(Duration::zero(), [this] { end_when_sent(); });
}

void RoleProcess::end_when_sent() {
  if (supervisor_->unsent() == 0) return loop_.stop();
  loop_.after(ending_milliseconds, [this] { end_when_sent(); });
}

void RoleProcess::use_peer(const std::string& name, Descriptor descriptor) {
  const auto peer = read_peer_name(name);
  if (!peer) return;
  auto channel = channels_.adopt(std::move(descriptor));
  if (peer->role == ipc::RoleName::log && role_ != ipc::RoleName::log) {
    log_.use(std::move(channel));
  } else {
    running_->peer(peer->role, peer->instance, std::move(channel));
  }
}

void RoleProcess::given(ipc::Received& received) {
  ipc::Give give;
  if (!ipc::read(received.octets, give) ||
      give.names.size() != received.descriptors.size()) {
    return log_.line(Severity::error, "given_wrongly", {});
  }
  for (std::size_t i = 0; i < give.names.size(); ++i) {
    const std::string& name = give.names[i];
    Descriptor& descriptor = received.descriptors[i];
    if (context_ && read_peer_name(name)) {
      use_peer(name, std::move(descriptor));
    } else {
      (context_ ? context_->given : given_)[name] = std::move(descriptor);
    }
  }
}

void RoleProcess::message(ipc::Received received) {
  switch (received.kind) {
    case ipc::Kind::start:
      if (!ipc::read(received.octets, start_)) io::exit_now(status_not_able);
      return;
    case ipc::Kind::give: return given(received);
    case ipc::Kind::enter:
      // What follows waits until the door is closed.
      supervisor_->read_on(false);
      entering_ = true;
      return loop_.stop();
    case ipc::Kind::reload:
      running_->reload();
      context_->given.clear();
      return;
    case ipc::Kind::drain:
      // One that has no user yet has nothing to end.
      if (running_ == nullptr) return drained();
      return running_->drain();
    default:
      if (running_ != nullptr)
        running_->supervisor_message(std::move(received));
      return;
  }
}

void RoleProcess::refused(std::string_view what, const std::string& why) {
  log_.line(Severity::error, what, {{"why", why}});
}

bool RoleProcess::confine(sandbox::Policy& policy) {
  Descriptor directory;
  if (const auto found = given_.find("directory"); found != given_.end()) {
    directory = std::move(found->second);
  }
  sandbox::Options options{
      start_.uid, start_.gid, start_.landlock_abi_max, start_.require, {}};
  for (const ipc::ConnectPort& one : start_.connect_ports) {
    options.connect_ports.push_back(one.port);
  }
  auto confined = sandbox::confine(policy, options, std::move(directory));
  if (!confined) {
    refused("sandbox_refused", confined.error());
    return false;
  }
  for (const sandbox::Claim& claim : confined->claims) {
    claims_.push_back({claim.name, claim.how});
  }
  if (!confined->directory.holds()) return true;
  if (role_ == ipc::RoleName::pickup) {
    drop_box_.emplace(std::move(confined->directory));
  } else {
    disk_.emplace(std::move(confined->directory));
  }
  return true;
}

bool RoleProcess::close_door(const sandbox::Policy& policy) {
  const auto closed = sandbox::close_door(policy);
  if (!closed) {
    refused("sandbox_refused", closed.error());
    return false;
  }
  for (const sandbox::Claim& claim : *closed) {
    claims_.push_back({claim.name, claim.how});
  }
  return true;
}

// The role, behind its closed door; or the status to exit with.
std::optional<int> RoleProcess::build() {
  const MakeRole make = make_of(role_);
  auto policy = sandbox::read_policy(name(role_));
  if (make == nullptr || !policy || start_.role != role_) {
    return status_not_able;
  }
  std::vector<std::pair<std::string, Descriptor>> peers;
  for (auto& [name, descriptor] : given_) {
    if (read_peer_name(name)) peers.emplace_back(name, std::move(descriptor));
  }
  std::erase_if(given_, [](const auto& one) { return !one.second.holds(); });
  for (auto& [name, descriptor] : peers) {
    if (name == "peer:log:0") use_peer(name, std::move(descriptor));
  }
  if (!confine(*policy)) return status_not_allowed;
  net_.emplace(loop_);
  if (disk_) {
    flusher_.emplace(loop_, *disk_);
    disk_->read_ahead_by(
        [this](Descriptor directory, std::vector<std::string> names) {
          flusher_->read_ahead(std::move(directory), std::move(names));
        });
  }
  if (role_ == ipc::RoleName::auth) {
    workers_.emplace(loop_, std::max(io::core_count(), 2U));
  }
  if (role_ == ipc::RoleName::dns) dns_exchange_.emplace(loop_);
  if (role_ == ipc::RoleName::connect) dialer_.emplace(loop_);
  context_.emplace(
      RoleContext{.role = role_,
                  .instance = start_.instance,
                  .user = start_.user,
                  .clock = clock_,
                  .timers = loop_,
                  .net = *net_,
                  .channels = channels_,
                  .memory = memory_,
                  .random = random_,
                  .log = log_,
                  .disk = disk_ ? &*disk_ : nullptr,
                  .flusher = flusher_ ? &*flusher_ : nullptr,
                  .workers = workers_ ? &*workers_ : nullptr,
                  .dns_exchange = dns_exchange_ ? &*dns_exchange_ : nullptr,
                  .dialer = dialer_ ? &*dialer_ : nullptr,
                  .drop_box = drop_box_ ? &*drop_box_ : nullptr,
                  .supervisor = *this,
                  .given = std::move(given_)});
  running_ = make(*context_);
  if (running_ == nullptr) return status_not_able;
  context_->given.clear();
  if (!close_door(*policy)) return status_not_allowed;
  // To read the configuration and to make the filters takes more than all that
  // an idle session has.
  io::give_back_memory();
  static_cast<void>(supervisor_->send(ipc::Ready{claims_}));
  for (auto& [name, descriptor] : peers) {
    if (descriptor.holds()) use_peer(name, std::move(descriptor));
  }
  return std::nullopt;
}

int RoleProcess::run() {
  supervisor_ = std::make_unique<Link>(
      channels_.adopt(io::own(io::channel_of_start)),
      [this](ipc::Received received) { message(std::move(received)); },
      // Without supervisor there is no one to start what has ended.
      [] { io::exit_now(0); });
  loop_.run();
  const int status = entering_ ? enter_and_run() : 0;
  // The last words go out before the process ends.
  log_.let_go();
  return status;
}

int RoleProcess::enter_and_run() {
  if (const auto failed = build()) return *failed;
  supervisor_->read_on(true);
  loop_.run();
  return 0;
}

}  // namespace

std::vector<std::string> arguments_of(ipc::RoleName role) {
  std::vector<std::string> all{"postkeep", "--role", std::string(name(role))};
  if (role == ipc::RoleName::seed) all.emplace_back("of-mailboxes");
  return all;
}

int start(std::string_view text) {
  const auto role = ipc::role_name(text);
  if (!role || make_of(*role) == nullptr) return status_not_able;
  // Ended by its end: what a role has built is freed with the process, in no
  // order that anyone has to think of. (Two: what the seed forks has the
  // seed's, too.)
  static std::array<RoleProcess*, 2> processes{};
  RoleProcess*& process = processes[processes[0] == nullptr ? 0 : 1];
  process = std::make_unique<RoleProcess>(*role).release();
  return process->run();
}

}  // namespace postkeep::role
