// A transfer's socket in the mailbox role.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/net.h"
#include "role/transfer_session.h"

namespace postkeep::role {

class MailboxRole;

class MailboxTransfer final : private ConnectionEvents {
 public:
  MailboxTransfer(MailboxRole& role, std::uint64_t number, std::string session,
                  Octets unread, std::unique_ptr<Connection> client);
  ~MailboxTransfer() = default;
  MailboxTransfer(const MailboxTransfer&) = delete;
  MailboxTransfer& operator=(const MailboxTransfer&) = delete;

  // One request, then its answer.
  void step();
  [[nodiscard]] bool has_work() const { return has_work_; }
  void shut_down() { end("draining"); }

 private:
  void received(Octets octets) override;
  void sent_all() override;
  void ended(Trouble why) override;
  void end(std::string_view why);

  MailboxRole& role_;
  std::uint64_t number_;
  std::string session_id_;
  std::unique_ptr<Connection> client_;
  TransferSession session_;
  bool has_work_ = true;
  bool ended_ = false;
};

}  // namespace postkeep::role
