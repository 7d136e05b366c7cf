// The name under which a channel to a peer is given: "peer:spool:0".
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/role_name.h"

namespace postkeep::role {

struct PeerName {
  ipc::RoleName role = ipc::RoleName::log;
  std::uint32_t instance = 0;
  bool operator==(const PeerName&) const = default;
};

[[nodiscard]] inline std::string write_peer_name(const PeerName& peer) {
  return "peer:" + std::string(name(peer.role)) + ":" +
         std::to_string(peer.instance);
}

[[nodiscard]] inline std::optional<PeerName> read_peer_name(
    std::string_view text) {
  constexpr std::string_view begin = "peer:";
  if (!text.starts_with(begin)) return std::nullopt;
  text.remove_prefix(begin.size());
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto role = ipc::role_name(text.substr(0, colon));
  text.remove_prefix(colon + 1);
  PeerName peer;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, peer.instance);
  if (!role || text.empty() || read.ec != std::errc() || read.ptr != end) {
    return std::nullopt;
  }
  peer.role = *role;
  return peer;
}

}  // namespace postkeep::role
