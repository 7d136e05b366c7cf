#include "role/child.h"

#include "ipc/supervisor_messages.h"

namespace postkeep::role {

Child::Child(ipc::RoleName role_name, std::uint32_t number,
             io::ProcessId process_id, std::unique_ptr<Channel> line,
             SteadyTime now, const OnMessage& on_message)
    : role(role_name),
      instance(number),
      process(process_id),
      started(now),
      line_(
          std::move(line),
          [this, on_message](ipc::Received message) {
            on_message(*this, std::move(message));
          },
          [this, on_message] { on_message(*this, std::nullopt); }) {}

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

bool Child::pass_on(const ipc::Received& message,
                    std::vector<Descriptor> descriptors) {
  return ipc::send(line_.channel(), message.kind, message.octets,
                   std::move(descriptors));
}

}  // namespace postkeep::role
