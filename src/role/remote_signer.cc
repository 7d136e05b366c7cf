#include "role/remote_signer.h"

#include <chrono>
#include <utility>

namespace postkeep::role {

RemoteSigner::RemoteSigner(const Clock& clock, OnTicketKeys on_ticket_keys)
    : clock_(clock), on_ticket_keys_(std::move(on_ticket_keys)) {}

void RemoteSigner::use(std::unique_ptr<Channel> channel) {
  channel_ = std::move(channel);
  assembler_ = {};
  ended_ = false;
  channel_->tell(this);
}

std::expected<std::vector<Octet>, Trouble> RemoteSigner::sign(
    std::uint32_t key, SignatureScheme scheme, Octets digest) {
  if (ended_) return std::unexpected(Trouble::closed);
  if (digest.size() > ipc::digest_octets_max) {
    return std::unexpected(Trouble::malformed);
  }
  const std::uint64_t request = ++last_request_;
  ipc::SignRequest message{.request = request,
                           .key = key,
                           .scheme = scheme,
                           .digest = {digest.begin(), digest.end()}};
  if (!ipc::send(*channel_, ipc::SignRequest::kind,
                 ipc::write(std::move(message)))) {
    return std::unexpected(Trouble::closed);
  }
  const SteadyTime deadline =
      clock_.steady() + std::chrono::milliseconds(sign_milliseconds_max);
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - clock_.steady());
    if (left.count() <= 0) return std::unexpected(Trouble::timed_out);
    const auto packet = channel_->wait_packet(static_cast<int>(left.count()));
    if (!packet) {
      if (packet.error() == Trouble::closed) ended_ = true;
      return std::unexpected(packet.error());
    }
    const auto received = assembler_.packet(*packet, {});
    if (assembler_.broken()) {
      ended_ = true;
      return std::unexpected(Trouble::malformed);
    }
    if (!received) continue;
    if (auto answer = take(*received, request)) return std::move(*answer);
  }
}

// The answer to `request`; answers to requests that were given up, and ticket
// keys, may come in between.
std::optional<std::expected<std::vector<Octet>, Trouble>> RemoteSigner::take(
    const ipc::Received& received, std::uint64_t request) {
  std::optional<std::expected<std::vector<Octet>, Trouble>> answer;
  if_message<ipc::TicketKeys>(
      received, [&](const ipc::TicketKeys& keys) { on_ticket_keys_(keys); });
  if_message<ipc::SignAnswer>(received, [&](const ipc::SignAnswer& message) {
    if (message.request != request) return;
    if (message.ok) {
      answer = message.signature;
    } else {
      answer = std::unexpected(message.trouble);
    }
  });
  return answer;
}

void RemoteSigner::packet(Octets octets, std::vector<Descriptor> descriptors) {
  const auto received = assembler_.packet(octets, std::move(descriptors));
  if (assembler_.broken()) {
    ended_ = true;
    channel_->read_on(false);
  } else if (received) {
    static_cast<void>(take(*received, 0));
  }
}

void RemoteSigner::channel_ended() { ended_ = true; }

}  // namespace postkeep::role
