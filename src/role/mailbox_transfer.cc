#include "role/mailbox_transfer.h"

#include <utility>

#include "role/mailbox.h"

namespace postkeep::role {

MailboxTransfer::MailboxTransfer(MailboxRole& role, std::uint64_t number,
                                 std::string session, Octets unread,
                                 std::unique_ptr<Connection> client)
    : role_(role),
      number_(number),
      session_id_(std::move(session)),
      client_(std::move(client)),
      session_(*role.store_, role.config_.limits.message_octets_max +
                                 ipc::delivered_prefix_octets_max) {
  client_->tell(this);
  session_.received(unread);
}

void MailboxTransfer::received(Octets octets) {
  session_.received(octets);
  has_work_ = true;
  role_.work_soon();
}

void MailboxTransfer::sent_all() {
  has_work_ = true;
  client_->read_on(true);
  role_.work_soon();
}

// An answer is made when the one before has gone: one message in memory.
void MailboxTransfer::step() {
  if (ended_ || client_->unsent() > 0) {
    has_work_ = false;
    client_->read_on(ended_);
    return;
  }
  has_work_ = session_.step();
  if (session_.is_broken()) return end("malformed");
  if (!session_.output().empty()) {
    client_->send(session_.output());
    session_.output_sent();
  }
}

void MailboxTransfer::ended(Trouble /*why*/) { end("closed_by_client"); }

void MailboxTransfer::end(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  has_work_ = false;
  role_.context_.log.line(Severity::info, "session_ended",
                          {{"session", session_id_},
                           {"user", role_.context_.user},
                           {"commands", session_.requests()},
                           {"why", why}});
  client_->close_when_sent();
  role_.forget_transfer(number_);
}

}  // namespace postkeep::role
