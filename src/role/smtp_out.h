// smtp_out: speaks SMTP with other servers, as their client. Believes nothing.
//
// Here:      SmtpOutRole, Remote.
// Not here:  the protocol (smtp/client_session.h), TLS (role/stream.h), which
//            hosts are tried and when (spool), opening connections
//            (role/connect.h).
// Laws:      tests/role/smtp_out_test.cc: each RemoteOpen ends in one
//            RemoteEnded; each RemoteMail in one RemoteMailEnded, before it.
//
// Reads:     octets of the servers that it is connected to.
// May:       read and write the sockets it was given, map sealed memory.
// May not:   open, connect, accept, fork, see files, see other roles' memory.
// Talks to:  spool (RemoteReady, RemoteMailEnded, RemoteEnded).
// Dies when: any PK_CHECK fails; spool tries again what it had given.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "ipc/outbound_messages.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/role_context.h"
#include "role/stream.h"
#include "smtp/client_session.h"
#include "tls/client_context.h"

namespace postkeep::role {

class SmtpOutRole;

// Mail on its way: what spool said of it, its octets, and what became of it.
struct RemoteWork {
  std::uint64_t mail = 0;
  std::string queue_id;
  std::string header_prefix;
  std::vector<Octet> text;  // The octets, or:
  std::unique_ptr<SharedMemory::View> view;
  smtp::OutgoingMail outgoing;
  std::vector<smtp::RecipientResult> results;  // In the order of spool's.
  std::vector<std::size_t> open;  // Of `results`: asked for in this turn.
  std::uint64_t given = 0;        // Octets, of this turn.

  // At most so many octets from where it stands.
  [[nodiscard]] Octets next(std::size_t octets_max) const;
};

// One session with one server.
class Remote final : private StreamEvents {
 public:
  Remote(SmtpOutRole& role, const ipc::RemoteOpen& open,
         std::unique_ptr<Connection> connection);
  ~Remote();
  Remote(const Remote&) = delete;
  Remote& operator=(const Remote&) = delete;

  void start();
  void take(std::unique_ptr<RemoteWork> work);
  // No more mail comes; what is here is still tried.
  void finish();
  // The mail under way is the last.
  void drain();
  // Says nothing any more, to nobody.
  void drop();

 private:
  void received(Octets plaintext) override;
  void tls_started() override;
  void sent_all() override;
  void ended(std::string_view why) override;

  void run();
  bool begin_next();
  void leave();
  void act(smtp::SendOctets& effect);
  void act(smtp::TlsWanted& effect);
  void act(smtp::SaslWanted& effect);
  void act(smtp::SessionReady& effect);
  void act(smtp::ContentWanted& effect);
  void act(smtp::TransactionEnded& effect);
  void act(smtp::SessionClosed& effect);
  void start_tls();
  bool go_on_with_the_rest();
  void tell_ended(std::unique_ptr<RemoteWork> work);
  void log_results(const RemoteWork& work);
  void put_off_all();
  void end(smtp::Because because, smtp::ClientState at,
           const smtp::PeerReply& reply);
  void set_timer();
  [[nodiscard]] SteadyTime now() const;

  SmtpOutRole& role_;
  const std::uint64_t number_;
  const std::string host_;
  const std::string address_;
  const bool tls_at_once_;
  const std::string user_;
  const std::string password_;
  tls::ServerWanted wanted_;
  Stream peer_;
  std::shared_ptr<const smtp::ClientOptions> options_;
  smtp::ClientSession session_;
  bool started_ = false;
  bool was_ready_ = false;
  bool finishing_ = false;
  bool ended_ = false;
  std::string why_;
  std::size_t login_challenges_ = 0;
  std::unique_ptr<RemoteWork> current_;
  std::deque<std::unique_ptr<RemoteWork>> waiting_;
  TimerId timer_ = TimerId::none;
  SteadyTime timer_at_ = SteadyTime::max();
};

class SmtpOutRole final : public Role {
 public:
  explicit SmtpOutRole(RoleContext& context);
  bool prepare();

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override;
  void supervisor_message(ipc::Received message) override;
  void reload() override;
  void drain() override;

 private:
  friend class Remote;

  bool load_authorities();
  void use_configuration(const config::Config& config);
  void spool_message(ipc::Received received);
  void open(const ipc::RemoteOpen& open, std::vector<Descriptor> descriptors);
  void mail(ipc::RemoteMail mail, std::vector<Descriptor> descriptors);
  std::unique_ptr<RemoteWork> work_of(ipc::RemoteMail& mail,
                                      std::vector<Descriptor> descriptors);
  // A spool that does not read is dropped by its channel, and its end told.
  template <class Message>
  void tell(Message message) {
    if (spool_) static_cast<void>(spool_->send(std::move(message)));
  }
  void tell_not_tried(const ipc::RemoteMail& mail, smtp::Outcome outcome,
                      smtp::Because because);
  void tell_not_opened(std::uint64_t remote, std::string_view why);
  void forget(std::uint64_t number);
  void forget_all();
  void drain_when_empty();
  [[nodiscard]] std::shared_ptr<const smtp::ClientOptions> options_of(
      const ipc::RemoteOpen& open) const;

  RoleContext& context_;
  config::Outbound outbound_;
  std::string hostname_;
  Duration handshake_wait_{};
  std::optional<tls::ClientContext> tls_;
  std::unique_ptr<Link> spool_;
  Graveyard<Link> old_links_;
  Graveyard<Remote> old_remotes_;
  std::map<std::uint64_t, std::unique_ptr<Remote>> remotes_;
  bool draining_ = false;

  struct Figures {
    std::uint64_t opened = 0;
    std::uint64_t delivered = 0;  // Recipients.
    std::uint64_t deferred = 0;
    std::uint64_t refused = 0;
  };
  Figures figures_;
};

}  // namespace postkeep::role
