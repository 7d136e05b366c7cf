// Connections to other hosts made real: nonblocking connect() on the loop.
//
// Here:      SocketDialer.
// Not here:  which may be opened (route/connect_rules.h), the octets that run
//            over them (io/net.h, in another process).
// Laws:      those of base/dialer.h; tests/io/dialer_test.cc.
#pragma once

#include <map>
#include <memory>

#include "base/dialer.h"
#include "io/loop.h"

namespace postkeep::io {

class SocketDialer final : public Dialer {
 public:
  explicit SocketDialer(Loop& loop);
  ~SocketDialer();
  SocketDialer(const SocketDialer&) = delete;
  SocketDialer& operator=(const SocketDialer&) = delete;

  DialTicket dial(const DialTarget& target, Duration wait, Then then) override;
  void forget(DialTicket ticket) override;

 private:
  class Attempt;

  Loop& loop_;
  std::map<std::uint64_t, std::unique_ptr<Attempt>> attempts_;
  std::uint64_t last_ = 0;
};

}  // namespace postkeep::io
