#include "role/mailbox.h"

#include <array>
#include <chrono>
#include <utility>

#include "ipc/supervisor_messages.h"
#include "role/configuration.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

// Deliveries that wait for a flush; more start one at once.
constexpr std::size_t unflushed_max = 1024;
constexpr std::chrono::milliseconds end_after{1};

}  // namespace

MailboxRole::MailboxRole(RoleContext& context)
    : context_(context),
      old_links_(context.timers),
      old_sessions_(context.timers),
      old_transfers_(context.timers) {}

bool MailboxRole::prepare() {
  auto config = given_configuration(context_);
  if (!config || context_.disk == nullptr || context_.flusher == nullptr) {
    return false;
  }
  config_ = std::move(*config);
  idle_later();
  return true;
}

// Once the door is closed: names and messages were written by strangers.
bool MailboxRole::open_store() {
  if (store_) return true;
  store::MaildirLimits limits;
  limits.message_octets_max =
      config_.limits.message_octets_max + ipc::delivered_prefix_octets_max;
  auto store = store::MaildirStore::open({.disk = *context_.disk,
                                          .clock = context_.clock,
                                          .random = context_.random,
                                          .log = context_.log},
                                         limits);
  if (!store) {
    context_.log.line(Severity::error, "mailbox_unusable",
                      {{"user", context_.user}, {"why", name(store.error())}});
    return false;
  }
  store_ = std::move(*store);
  return true;
}

void MailboxRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                       std::unique_ptr<Channel> channel) {
  if (role != ipc::RoleName::spool) return;
  received_count_ += 1;
  old_links_.bury(std::move(spool_));
  spool_ = std::make_unique<Link>(
      std::move(channel),
      [this](ipc::Received received) { spool_message(std::move(received)); },
      [this] { old_links_.bury(std::move(spool_)); });
}

void MailboxRole::supervisor_message(ipc::Received message) {
  if_message<ipc::SessionHandOver>(
      message, [&](const ipc::SessionHandOver& given) {
        received_count_ += 1;
        if (message.descriptors.size() != 1) return;
        session_given(given, std::move(message.descriptors[0]));
      });
  if_message<ipc::MailboxIdleAnswer>(
      message, [this](const ipc::MailboxIdleAnswer& answer) {
        if (answer.end) {
          drain();
        } else {
          idle_later();
        }
      });
  answer_status(context_, message,
                {{"sessions", sessions_count()},
                 {"delivered", delivered_count_},
                 {"unflushed", unflushed_.size()}});
}

void MailboxRole::session_given(const ipc::SessionHandOver& given,
                                Descriptor descriptor) {
  auto client = context_.net.adopt(std::move(descriptor));
  const bool is_transfer = given.service == ipc::transfer_service;
  const bool has_room =
      !draining_ && sessions_count() < config_.limits.sessions_per_user_max &&
      open_store();
  std::unique_ptr<UserSession> session;
  if (has_room && !is_transfer) {
    session = make_user_session(given, {.store = *store_,
                                        .maildrop_lock = maildrop_lock_,
                                        .clock = context_.clock,
                                        .config = config_,
                                        .user = context_.user});
  }
  if (!has_room || (!is_transfer && !session)) {
    context_.log.line(Severity::warning, "session_refused",
                      {{"session", given.session}, {"user", context_.user}});
    client->send(octets(write_unavailable(given)));
    client->close_when_sent();
    return;
  }
  context_.log.line(Severity::info, "session_started",
                    {{"session", given.session},
                     {"user", context_.user},
                     {"service", given.service},
                     {"peer", given.peer},
                     {"tls", given.tls ? "yes" : "no"}});
  const std::uint64_t number = ++last_session_;
  if (is_transfer) {
    transfers_.emplace(number, std::make_unique<MailboxTransfer>(
                                   *this, number, given.session, given.unread,
                                   std::move(client)));
    return work_soon();
  }
  sessions_.emplace(
      number, std::make_unique<MailboxSession>(
                  *this, number, given, std::move(client), std::move(session)));
  work_soon();
}

void MailboxRole::work_soon() {
  if (work_timer_ != TimerId::none) return;
  work_timer_ = context_.timers.after(Duration(0), [this] {
    work_timer_ = TimerId::none;
    work();
  });
}

// One slice for each session that has work: a long command of one does not
// keep the others, and what it changes is their work in the same round.
void MailboxRole::work() {
  std::vector<MailboxSession*> all;
  all.reserve(sessions_.size());
  all.reserve(sessions_.size());
  for (const auto& [number, session] : sessions_) all.push_back(session.get());
  for (MailboxSession* session : all) session->step();
  bool more = work_on_transfers();
  for (const auto& [number, session] : sessions_) {
    more = more || session->has_work();
  }
  if (more) work_soon();
  if (store_ && store_->has_failed()) {
    context_.log.line(Severity::error, "mailbox_failed",
                      {{"user", context_.user}});
    drain();
  }
}

// The same for transfers; true when there is more to do.
bool MailboxRole::work_on_transfers() {
  std::vector<MailboxTransfer*> all;
  for (const auto& [number, transfer] : transfers_) {
    if (transfer->has_work()) all.push_back(transfer.get());
  }
  for (MailboxTransfer* transfer : all) transfer->step();
  return !all.empty();
}

void MailboxRole::forget_transfer(std::uint64_t number) {
  const auto at = transfers_.find(number);
  if (at == transfers_.end()) return;
  old_transfers_.bury(std::move(at->second));
  transfers_.erase(at);
  idle_later();
  drain_when_done();
}

void MailboxRole::forget(std::uint64_t number) {
  const auto at = sessions_.find(number);
  if (at == sessions_.end()) return;
  old_sessions_.bury(std::move(at->second));
  sessions_.erase(at);
  idle_later();
  drain_when_done();
}

void MailboxRole::spool_message(ipc::Received received) {
  if_message<ipc::Deliver>(received, [&](ipc::Deliver& message) {
    deliver(message, received.descriptors);
  });
  if_message<ipc::DeliveriesForget>(
      received, [this](const ipc::DeliveriesForget& message) {
        if (store_) store_->forget(message.ids);
      });
}

void MailboxRole::deliver(ipc::Deliver& message,
                          std::vector<Descriptor>& descriptors) {
  const auto refuse = [&](ipc::DeliverVerdict verdict, std::string_view why) {
    context_.log.line(Severity::warning, "delivery_deferred",
                      {{"queue_id", message.queue_id},
                       {"user", context_.user},
                       {"why", why}});
    answer(message.id, verdict);
  };
  if (draining_ || !open_store()) {
    return refuse(ipc::DeliverVerdict::trouble, "mailbox_unusable");
  }
  std::unique_ptr<SharedMemory::View> view;
  Octets text = message.text;
  if (!message.inline_text) {
    if (descriptors.size() == 1) {
      auto mapped = context_.memory.view(descriptors[0],
                                         config_.limits.message_octets_max);
      if (mapped) view = std::move(*mapped);
    }
    if (!view) return refuse(ipc::DeliverVerdict::malformed, "no_octets");
    text = view->octets();
  }
  if (text.size() != message.octets) {
    return refuse(ipc::DeliverVerdict::malformed, "wrong_size");
  }
  const std::array pieces{octets(message.header_prefix), text};
  const auto placed =
      store_->deliver(message.id, message.mailbox, pieces, message.received);
  if (!placed) {
    return refuse(placed.error() == store::StoreError::no_space
                      ? ipc::DeliverVerdict::no_space
                      : ipc::DeliverVerdict::trouble,
                  name(placed.error()));
  }
  delivered_count_ += 1;
  context_.log.line(Severity::info, "message_delivered",
                    {{"session", message.session},
                     {"queue_id", message.queue_id},
                     {"user", context_.user},
                     {"folder", message.mailbox},
                     {"uid", placed->uid},
                     {"again", placed->uid == 0 ? "yes" : "no"}});
  unflushed_.push_back(message.id);
  answer(message.id, ipc::DeliverVerdict::placed, placed->uid);
  flush_later();
  work_soon();
}

void MailboxRole::answer(const ipc::DeliveryIdOctets& id,
                         ipc::DeliverVerdict verdict, std::uint32_t uid) {
  if (!spool_) return;
  static_cast<void>(spool_->send(
      ipc::DeliverAnswer{.id = id, .verdict = verdict, .uid = uid}));
}

// The journal keeps what is not flushed here, so that many share one flush.
void MailboxRole::flush_later() {
  if (flushing_) return;
  if (unflushed_.size() >= unflushed_max || draining_) return start_flush();
  if (flush_timer_ != TimerId::none) return;
  flush_timer_ = context_.timers.after(
      std::chrono::milliseconds(config_.spool.delivery_flush_milliseconds),
      [this] {
        flush_timer_ = TimerId::none;
        start_flush();
      });
}

void MailboxRole::start_flush() {
  if (flushing_ || unflushed_.empty()) return;
  context_.timers.cancel(std::exchange(flush_timer_, {}));
  flushing_ = true;
  context_.flusher->flush_all(
      [this, mark = store_->delivery_mark(),
       ids = std::exchange(unflushed_, {})](DiskResult<> result) mutable {
        flush_ended(mark, result.has_value(), std::move(ids));
      });
}

void MailboxRole::flush_ended(store::MaildirStore::DeliveryMark mark, bool ok,
                              std::vector<ipc::DeliveryIdOctets> ids) {
  flushing_ = false;
  store_->deliveries_flushed(mark, ok);
  if (!ok) {
    context_.log.line(Severity::error, "mailbox_failed",
                      {{"user", context_.user}, {"why", "flush_failed"}});
    return drain();
  }
  for (std::size_t at = 0; at < ids.size() && spool_;
       at += ipc::delivery_ids_max) {
    const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last =
        ids.size() - at > ipc::delivery_ids_max
            ? first + static_cast<std::ptrdiff_t>(ipc::delivery_ids_max)
            : ids.end();
    static_cast<void>(spool_->send(ipc::DeliveriesDone{.ids = {first, last}}));
  }
  if (!unflushed_.empty()) flush_later();
  idle_later();
  drain_when_done();
}

void MailboxRole::idle_later() {
  context_.timers.cancel(std::exchange(idle_timer_, {}));
  if (draining_) return;
  idle_timer_ = context_.timers.after(
      std::chrono::seconds(config_.timeouts.mailbox_idle_seconds), [this] {
        idle_timer_ = TimerId::none;
        if (sessions_count() > 0 || !unflushed_.empty() || flushing_) return;
        context_.supervisor.send(
            ipc::MailboxIdle::kind,
            ipc::write(ipc::MailboxIdle{.received = received_count_}));
      });
}

void MailboxRole::reload() {
  if (auto config = given_configuration(context_)) config_ = std::move(*config);
}

void MailboxRole::drain() {
  draining_ = true;
  std::vector<MailboxSession*> all;
  all.reserve(sessions_.size());
  for (const auto& [number, session] : sessions_) all.push_back(session.get());
  for (MailboxSession* session : all) session->shut_down();
  std::vector<MailboxTransfer*> transfers;
  transfers.reserve(transfers_.size());
  for (const auto& [number, transfer] : transfers_) {
    transfers.push_back(transfer.get());
  }
  for (MailboxTransfer* transfer : transfers) transfer->shut_down();
  if (store_ && !store_->has_failed()) start_flush();
  drain_when_done();
}

void MailboxRole::drain_when_done() {
  if (!draining_ || sessions_count() > 0 || flushing_) return;
  const bool failed = store_ && store_->has_failed();
  if (!unflushed_.empty() && !failed) return start_flush();
  // Once the sessions are buried: a store that ends cleanly writes its exact
  // counters and its index.
  context_.timers.cancel(std::exchange(work_timer_, {}));
  work_timer_ = context_.timers.after(end_after, [this] {
    spool_.reset();
    store_.reset();
    context_.supervisor.drained();
  });
}

std::unique_ptr<Role> make_mailbox(RoleContext& context) {
  auto role = std::make_unique<MailboxRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
