// Departures: mail for other hosts, from the journal to their servers.
//
// Here:      Departures, DeparturesOwner, SpooledMessage.
// Not here:  what is due when (spool/schedule.h), the journal and mailboxes
//            (role/spool.h), routes (role/route_finder.h), connections
//            (role/connect.h), sessions (role/smtp_out.h).
// Laws:      tests/role/departures_test.cc: each Send is answered once,
//            whatever connect, smtp_out, dns and auth do.
//
// One transaction, a job, goes this way:
//
//   Send -- a session to its destination is idle --------> RemoteMail
//   Send -- none: RouteFinder, then address by address:
//           ConnectAsk -> ConnectAnswer -> RemoteOpen ---> RemoteMail
//   RemoteMailEnded, with a word on any recipient -------> Schedule::ended()
//   all put off: the next address, or the end of them ---> Schedule::ended()
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "dsn/notification.h"
#include "ipc/auth_messages.h"
#include "ipc/outbound_messages.h"
#include "ipc/role_name.h"
#include "role/graveyard.h"
#include "role/link.h"
#include "role/remote_dns.h"
#include "role/role_context.h"
#include "role/route_finder.h"
#include "spool/journal.h"
#include "spool/schedule.h"

namespace postkeep::role {

// A message out of the spool. Its octets stay where they are for as long as it
// lives.
struct SpooledMessage {
  spool::Entry entry;
  std::vector<Octet> text;
  std::shared_ptr<SharedMemory::View> view;
  [[nodiscard]] Octets octets() const {
    return view ? view->octets() : Octets(text);
  }
};

// The rest of spool, as departures sees it.
class DeparturesOwner {
 public:
  virtual spool::Journal& journal() = 0;
  virtual std::optional<SpooledMessage> message_of(spool::MessageId id) = 0;
  virtual std::expected<Descriptor, Trouble> memory_of(spool::MessageId id,
                                                       Octets octets) = 0;
  // A message of our own is in the journal, not yet durable.
  virtual void reported(spool::MessageId id, spool::Entry entry,
                        std::uint64_t octets) = 0;
  // Something was recorded that may be flushed without haste.
  virtual void recorded() = 0;
  virtual void left(spool::MessageId id) = 0;

 protected:
  ~DeparturesOwner() = default;
};

class Departures {
 public:
  Departures(RoleContext& context, DeparturesOwner& owner);
  ~Departures();
  Departures(const Departures&) = delete;
  Departures& operator=(const Departures&) = delete;

  void use(const config::Config& config);
  // False: not one of those that are talked to here.
  bool peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel>& channel);
  // Nothing more leaves.
  void stop() { stopped_ = true; }

  [[nodiscard]] bool has_room() const { return schedule_.has_room(); }
  [[nodiscard]] bool holds(spool::MessageId id) const {
    return schedule_.holds(id);
  }
  void appended(spool::MessageId id, const spool::Entry& entry,
                std::uint64_t octets);
  void recovered(const spool::RecoveredMessage& message);
  void durable(spool::Sequence up_to);
  [[nodiscard]] spool::ScheduleStatus status() const {
    return schedule_.status(now());
  }

 private:
  struct Trip {  // A job without a session.
    spool::Send send;
    std::vector<route::RouteAttempt> attempts = {};
    std::size_t next = 0;
    std::size_t sessions = 0;  // That were opened for it.
    bool with_tls = true;
    spool::Answer last = {};  // Of the last address that did not do.
  };
  struct Session {
    std::string destination;
    std::string host;  // With its address, for answers.
    std::uint32_t instance = 0;
    bool ready = false;
    std::optional<Trip> trip;  // The job that it is working on.
    std::uint64_t mail = 0;
  };
  // A question to auth: whose mailbox is that?
  using Resolved = std::function<void(const ipc::RecipientAnswer* answer)>;

  // departures.cc
  void act(spool::ScheduleEffects effects);
  void act(const spool::Send& effect);
  void act(const spool::Settle& effect);
  void act(const spool::TellDelay& effect);
  void act(const spool::NoteDeferral& effect);
  void act(const spool::MessageLeft& effect);
  void set_timer();
  [[nodiscard]] bool is_linked() const {
    return has_dns_ && connect_ && !outs_.empty();
  }
  void log(const spool::Send& send, const spool::JobEnd& end);

  // departures_session.cc
  void route(spool::Send send);
  void connect_next(Trip trip);
  void connect_message(ipc::Received received);
  void connect_ended();
  void connected(const ipc::ConnectAnswer& answer,
                 std::vector<Descriptor> descriptors);
  void give(std::uint64_t remote, Trip trip);
  void out_message(const ipc::Received& received);
  void mail_ended(const ipc::RemoteMailEnded& ended);
  void remote_ended(const ipc::RemoteEnded& ended);
  void out_ended(std::uint32_t instance);
  void end(const Trip& trip, const spool::JobEnd& end);
  void end_unreached(Trip trip, spool::Reach reach);
  void end_unroutable(const Trip& trip, route::RouteFault fault);
  [[nodiscard]] std::optional<std::uint64_t> idle_session(
      const std::string& destination);

  // departures_report.cc
  void report(const spool::Settle& settle);
  void write_report(const spool::Settle& settle, const SpooledMessage& message,
                    std::vector<spool::Recipient> to);
  bool record_done(const spool::Settle& settle);
  void settled(const spool::Settle& settle);
  void not_settled(const spool::Settle& settle);
  void tell_delay(const spool::TellDelay& effect);
  void resolve(const std::string& mailbox, Resolved resolved);
  void sender_of(
      const std::string& sender,
      std::function<void(std::optional<std::vector<spool::Recipient>>)> then);
  void auth_message(const ipc::Received& received);
  void auth_ended();
  // What all notices about one message say.
  [[nodiscard]] dsn::Notice notice_of(const SpooledMessage& message);
  bool append_report(const spool::Report& report, const SpooledMessage& message,
                     const dsn::Notice& notice,
                     std::vector<spool::Recipient> to);

  [[nodiscard]] SteadyTime now() const { return context_.clock.steady(); }

  RoleContext& context_;
  DeparturesOwner& owner_;
  config::Config config_;
  RemoteDns dns_;
  RouteFinder routes_;
  spool::Schedule schedule_;
  spool::ScheduleEffects effects_;  // Not done yet.
  bool acting_ = false;
  bool stopped_ = false;
  TimerId timer_ = TimerId::none;
  std::unique_ptr<Link> connect_;
  std::unique_ptr<Link> auth_;
  std::map<std::uint32_t, std::unique_ptr<Link>> outs_;  // By instance.
  std::uint32_t last_out_ = 0;
  Graveyard<Link> old_links_;
  std::map<std::uint64_t, Trip> asks_;  // Of connect.
  std::map<std::uint64_t, Session> sessions_;
  std::multimap<std::string, std::uint64_t> idle_;  // By destination.
  std::map<std::uint64_t, Resolved> questions_;     // Of auth.
  // Jobs that wait for connect, smtp_out and dns to be there.
  std::vector<spool::Send> unlinked_;
  bool has_dns_ = false;
  std::uint64_t last_number_ = 0;
};

// What of an entry goes elsewhere, and to which destination.
[[nodiscard]] std::vector<spool::OutsideRecipient> outside_recipients(
    const spool::Entry& entry);

}  // namespace postkeep::role
