// The port that opens connections to other hosts.
//
// Here:      Dialer, DialTarget, Dialled.
// Not here:  which may be opened (route/connect_rules.h), real sockets
//            (io/dialer.h), simulated ones (tests/sim/sim_dialer.h).
// Laws:      each dial() is answered exactly once, from the loop and never
//            inside dial(), not much later than its wait; a forgotten one not
//            at all.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/octets.h"

namespace postkeep {

// An IP address, of IPv4 in the first four octets.
struct DialAddress {
  bool is_v6 = false;
  std::array<Octet, 16> octets{};
  bool operator==(const DialAddress&) const = default;
};

struct DialTarget {
  DialAddress address;
  std::uint16_t port = 0;
  bool operator==(const DialTarget&) const = default;
};

enum class DialOutcome : std::uint8_t {
  connected,
  refused,      // ECONNREFUSED: nobody listens there.
  unreachable,  // No way leads there, or one on it says so.
  timed_out,
  not_permitted,  // By this machine: a firewall, Landlock.
  no_room,        // Descriptors, ports or memory have run out.
  other,
};

struct Dialled {
  DialOutcome outcome = DialOutcome::other;
  Descriptor socket;    // Where it is connected.
  DialAddress own_end;  // The same: the address that the kernel chose for it.
};

enum class DialTicket : std::uint64_t { none = 0 };

class Dialer {
 public:
  using Then = std::function<void(Dialled)>;

  virtual DialTicket dial(const DialTarget& target, Duration wait,
                          Then then) = 0;
  // Gives it up. One that was answered, or `none`, is no error.
  virtual void forget(DialTicket ticket) = 0;

 protected:
  ~Dialer() = default;
};

}  // namespace postkeep
