// mailbox: one user's mail: the sessions, the Maildir, the deliveries. Sees
// that user's tree and nothing else.
//
// Here:      MailboxRole, MailboxSession.
// Not here:  the protocols (role/user_session.h), the Maildir (store/), who the
//            user is (role/auth.h, role/supervisor.h).
// Laws:      a delivery is said done only after the flush that covers it.
//
// Reads:     plaintext of the user's own sessions; messages; the Maildir.
// May:       read and write one tree, which is its root.
// May not:   open anything else, connect, accept, fork.
// Talks to:  spool (DeliverAnswer, DeliveriesDone), supervisor.
// Dies when: any PK_CHECK fails, or a flush failed; the user's sessions end,
//            nothing delivered is lost.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net.h"
#include "config/config.h"
#include "ipc/auth_messages.h"
#include "ipc/delivery_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/mailbox_transfer.h"
#include "role/role_context.h"
#include "role/user_session.h"
#include "store/maildir_store.h"

namespace postkeep::role {

class MailboxRole;

class MailboxSession final : private ConnectionEvents {
 public:
  MailboxSession(MailboxRole& role, std::uint64_t number,
                 const ipc::SessionHandOver& given,
                 std::unique_ptr<Connection> client,
                 std::unique_ptr<UserSession> session);
  ~MailboxSession();
  MailboxSession(const MailboxSession&) = delete;
  MailboxSession& operator=(const MailboxSession&) = delete;

  [[nodiscard]] bool has_work() const;
  // One slice of work, then what came of it is sent.
  void step();
  void shut_down();

 private:
  void received(Octets octets) override;
  void sent_all() override;
  void ended(Trouble why) override;
  void send_output();
  void finish();
  void set_timer();
  void end(std::string_view why);

  MailboxRole& role_;
  std::uint64_t number_;
  std::string session_id_;
  std::unique_ptr<Connection> client_;
  std::unique_ptr<UserSession> session_;
  TimerId timer_ = TimerId::none;
  SteadyTime timer_at_;
  bool client_left_ = false;
  std::uint32_t slices_after_end_ = 0;
  bool ended_ = false;
};

class MailboxRole final : public Role {
 public:
  explicit MailboxRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  friend class MailboxSession;
  friend class MailboxTransfer;

  bool open_store();
  void session_given(const ipc::SessionHandOver& given, Descriptor descriptor);
  void work_soon();
  void work();
  bool work_on_transfers();
  void forget(std::uint64_t number);
  void forget_transfer(std::uint64_t number);
  [[nodiscard]] std::size_t sessions_count() const {
    return sessions_.size() + transfers_.size();
  }

  void spool_message(ipc::Received received);
  void deliver(ipc::Deliver& message, std::vector<Descriptor>& descriptors);
  void answer(const ipc::DeliveryIdOctets& id, ipc::DeliverVerdict verdict,
              std::uint32_t uid = 0);
  void flush_later();
  void start_flush();
  void flush_ended(store::MaildirStore::DeliveryMark mark, bool ok,
                   std::vector<ipc::DeliveryIdOctets> ids);
  void idle_later();
  void drain_when_done();

  RoleContext& context_;
  config::Config config_;
  std::unique_ptr<store::MaildirStore> store_;
  pop3::MaildropLock maildrop_lock_;
  std::unique_ptr<Link> spool_;
  Graveyard<Link> old_links_;
  Graveyard<MailboxSession> old_sessions_;
  std::map<std::uint64_t, std::unique_ptr<MailboxSession>> sessions_;
  Graveyard<MailboxTransfer> old_transfers_;
  std::map<std::uint64_t, std::unique_ptr<MailboxTransfer>> transfers_;
  std::uint64_t last_session_ = 0;
  std::vector<ipc::DeliveryIdOctets> unflushed_;
  bool flushing_ = false;
  TimerId flush_timer_ = TimerId::none;
  TimerId work_timer_ = TimerId::none;
  TimerId idle_timer_ = TimerId::none;
  std::uint64_t received_count_ = 0;  // Hand-overs and channels given.
  std::uint64_t delivered_count_ = 0;
  bool draining_ = false;
};

}  // namespace postkeep::role
