// The private keys, seen from a role that has none: asks keys to sign.
//
// Here:      RemoteSigner.
// Not here:  the keys (role/keys.h).
// Laws:      a call ends within sign_milliseconds_max, whatever keys does.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/channel.h"
#include "base/clock.h"
#include "base/signer.h"
#include "ipc/key_messages.h"
#include "role/link.h"

namespace postkeep::role {

// A signature takes well under a millisecond; past this keys is not well, and
// only the handshake at hand fails.
inline constexpr int sign_milliseconds_max = 2000;

class RemoteSigner final : public Signer, private ChannelEvents {
 public:
  using OnTicketKeys = std::function<void(const ipc::TicketKeys&)>;

  RemoteSigner(const Clock& clock, OnTicketKeys on_ticket_keys);

  // Uses this channel from now on; the former one is dropped.
  void use(std::unique_ptr<Channel> channel);

  [[nodiscard]] std::expected<std::vector<Octet>, Trouble> sign(
      std::uint32_t key, SignatureScheme scheme, Octets digest) override;

 private:
  void packet(Octets octets, std::vector<Descriptor> descriptors) override;
  void channel_ended() override;
  std::optional<std::expected<std::vector<Octet>, Trouble>> take(
      const ipc::Received& received, std::uint64_t request);

  const Clock& clock_;
  OnTicketKeys on_ticket_keys_;
  std::unique_ptr<Channel> channel_;
  ipc::Assembler assembler_;
  bool ended_ = true;
  std::uint64_t last_request_ = 0;
};

}  // namespace postkeep::role
