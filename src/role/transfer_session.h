// A transfer: the command line brings mail of one user in or out. A value:
// octets in, octets out.
//
// Here:      TransferSession.
// Not here:  its socket (role/mailbox.cc), the messages
//            (ipc/transfer_messages.h), mbox files (mbox/, cli/).
// Grammar:   ipc/wire.h.
// Laws:      tests/role/transfer_session_test.cc: what was flushed is durable;
//            puts are flushed all or none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/octets.h"
#include "ipc/transfer_messages.h"
#include "store/mailbox.h"

namespace postkeep::role {

class TransferSession {
 public:
  TransferSession(store::MailStore& store, std::uint64_t message_octets_max);

  void received(Octets octets);
  // One request that is complete. False: there is none.
  bool step();
  [[nodiscard]] Octets output() const { return output_; }
  void output_sent() { output_.clear(); }
  // What came is no request: nothing more is read or said.
  [[nodiscard]] bool is_broken() const { return broken_; }
  [[nodiscard]] std::uint64_t requests() const { return requests_; }

 private:
  void act(ipc::TransferRequest& request);
  void open(const std::string& mailbox, bool create);
  void put(ipc::TransferMessage& message);
  void flush();
  void get(store::Uid uid);
  // Where to go on when that message has gone meanwhile: a hundred thousand of
  // them must not stand on the stack.
  std::optional<store::Uid> get_from(store::Uid uid);
  void list(std::uint32_t passed_over);
  void answer(ipc::TransferVerdict verdict, store::Uid uid = 0,
              ipc::TransferMessage message = {},
              std::vector<std::string> names = {});
  void leave_out(const std::string& keyword);

  store::MailStore& store_;
  std::uint64_t request_octets_max_;
  std::shared_ptr<store::Folder> folder_;
  std::vector<Octet> unread_;
  std::vector<Octet> output_;
  struct Put {
    std::vector<Octet> text;
    store::Flags flags;
    std::int64_t date = 0;
  };
  std::vector<Put> puts_;
  std::uint64_t put_octets_ = 0;
  ipc::TransferVerdict puts_verdict_ = ipc::TransferVerdict::done;
  std::vector<std::string> left_out_;  // Keywords, each once.
  std::uint64_t requests_ = 0;
  bool broken_ = false;
};

}  // namespace postkeep::role
