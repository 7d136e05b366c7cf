// Mail of one user brought in and out through the running server: its mailbox
// process alone reads and writes there.
//
// Here:      Transfer, import_mbox(), export_mbox().
// Not here:  what the mailbox does (role/transfer_session.h), the format
//            (mbox/).
// Laws:      tests/clients/import_export_test.py: no message twice, none lost,
//            whenever either side dies.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "cli/operator_config.h"
#include "io/local_stream.h"
#include "ipc/transfer_messages.h"

namespace postkeep::cli {

class Transfer {
 public:
  // The error is a sentence for a person.
  template <typename T = void>
  using Result = std::expected<T, std::string>;

  // `first`: the answer to opening the mailbox.
  [[nodiscard]] static Result<Transfer> open(const OperatorConfig& config,
                                             const std::string& address,
                                             const std::string& mailbox,
                                             bool create);
  // Another mailbox of the same user.
  [[nodiscard]] Result<> change(const std::string& mailbox, bool create);
  [[nodiscard]] const ipc::TransferAnswer& first() const { return first_; }
  // Every mailbox of the user.
  [[nodiscard]] Result<std::vector<std::string>> list();

  [[nodiscard]] Result<> put(ipc::TransferMessage message);
  // What was put is durable now.
  [[nodiscard]] Result<ipc::TransferAnswer> flush();
  // The first message from `uid` on; verdict `end` when there is none.
  [[nodiscard]] Result<ipc::TransferAnswer> get(std::uint32_t uid);

 private:
  explicit Transfer(io::LocalStream stream) : stream_(std::move(stream)) {}
  [[nodiscard]] Result<> say(const std::vector<Octet>& message);
  [[nodiscard]] Result<ipc::TransferAnswer> ask(ipc::TransferRequest request);

  io::LocalStream stream_;
  ipc::TransferAnswer first_;
};

}  // namespace postkeep::cli
