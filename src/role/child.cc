#include "role/child.h"

#include "ipc/supervisor_messages.h"

namespace postkeep::role {

Child::Child(ipc::RoleName role_name, std::uint32_t number,
             io::ProcessId process_id, std::unique_ptr<Channel> line,
             SteadyTime now, const OnMessage& on_message)
    : Child(role_name, number, now, on_message) {
  process = process_id;
  attach(std::move(line));
}

Child::Child(ipc::RoleName role_name, std::uint32_t number, SteadyTime now,
             const OnMessage& on_message)
    : role(role_name),
      instance(number),
      started(now),
      on_message_(on_message) {}

void Child::attach(std::unique_ptr<Channel> line) {
  line_ = std::make_unique<Link>(
      std::move(line),
      [this](ipc::Received message) { on_message_(*this, std::move(message)); },
      [this] { on_message_(*this, std::nullopt); });
}

void Child::born(io::ProcessId as) {
  process = as;
  if (kill_at_birth_) return kill();
  for (Held& held : std::exchange(held_, {})) {
    pass_on(held.kind, held.octets, std::move(held.descriptors));
  }
}

void Child::kill() {
  kill_at_birth_ = true;
  io::send_signal(process, io::Ask::kill);
}

std::string Child::name() const {
  return std::string(ipc::name(role)) + ":" + std::to_string(instance);
}

bool Child::give(Parcel parcel) {
  std::size_t at = 0;
  while (at < parcel.size()) {
    ipc::Give give;
    std::vector<Descriptor> descriptors;
    for (; at < parcel.size() && descriptors.size() < packet_descriptors_max;
         ++at) {
      give.names.push_back(std::move(parcel[at].first));
      descriptors.push_back(std::move(parcel[at].second));
    }
    if (!send(std::move(give), std::move(descriptors))) return false;
  }
  return true;
}

bool Child::pass_on(ipc::Kind kind, Octets message,
                    std::vector<Descriptor> descriptors) {
  if (process != io::ProcessId::none) {
    return ipc::send(line_->channel(), kind, message, std::move(descriptors));
  }
  if (held_.size() >= held_messages_max) return false;
  held_.push_back(
      {kind, {message.begin(), message.end()}, std::move(descriptors)});
  return true;
}

}  // namespace postkeep::role
