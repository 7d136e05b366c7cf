// The network made real: nonblocking stream sockets on the loop.
//
// Here:      SocketNet: connections, listeners, pairs.
// Not here:  making listening sockets (io/listening.h); TLS (tls/).
// Laws:      tests/io/net_test.cc: what is sent arrives whole and in order,
//            whatever the kernel takes at a time; after ended() nothing comes;
//            a full descriptor table pauses accepting and ends no session.
#pragma once

#include <cstddef>
#include <vector>

#include "base/net.h"
#include "io/loop.h"

namespace postkeep::io {

// Read at once; the buffer is shared, since received() only lends it.
inline constexpr std::size_t receive_octets_max = 64 * 1024;
// Descriptors kept free of connections: for what sessions in progress need.
inline constexpr std::size_t descriptors_kept_free = 64;
// How long accepting pauses when no descriptor is left.
inline constexpr std::chrono::milliseconds accept_pause_milliseconds{100};
// close_when_sent() drops after this what the other side does not take.
inline constexpr std::chrono::seconds linger_seconds_max{5};

class SocketNet final : public Net {
 public:
  // At most `connections_max` connections are accepted at a time; 0 takes what
  // RLIMIT_NOFILE leaves after descriptors_kept_free.
  explicit SocketNet(Loop& loop, std::size_t connections_max = 0);
  ~SocketNet();
  SocketNet(const SocketNet&) = delete;
  SocketNet& operator=(const SocketNet&) = delete;

  [[nodiscard]] std::unique_ptr<Connection> adopt(Descriptor socket) override;
  [[nodiscard]] std::unique_ptr<Listener> listen(Descriptor socket,
                                                 Accepted accepted) override;
  [[nodiscard]] std::expected<Pair, Trouble> pair() override;

  [[nodiscard]] std::size_t connections() const;

  struct Shared;  // What connections share; lives as long as any of them.

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace postkeep::io
