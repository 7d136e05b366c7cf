#include "role/spool.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "ipc/supervisor_messages.h"
#include "role/configuration.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

// Outcomes of deliveries are flushed this long after they were recorded: to
// lose them costs a repeated delivery, which the mailbox knows.
constexpr std::chrono::seconds lazy_flush_seconds{1};
constexpr std::chrono::milliseconds house_milliseconds{5};
// When many sessions are at work, a flush waits this long for more of their
// messages: they share it. With few it would only make them wait: what comes
// during one flush shares the next one anyway.
constexpr std::chrono::milliseconds gather_milliseconds{1};
constexpr std::uint64_t gather_from_messages = 17;
constexpr std::uint64_t gather_messages_max = 64;
constexpr std::chrono::milliseconds free_space_every{250};
// Of long messages, whose memory is kept to be given again: so many octets, or
// one message, and so many descriptors (of perhaps 1,024 in all, with one for
// each mailbox).
constexpr std::uint64_t sealed_octets_min = std::uint64_t{64} * 1024 * 1024;
constexpr std::uint64_t sealed_descriptors_max = 128;

spool::JournalLimits limits_of(const config::Config& config) {
  spool::JournalLimits limits;
  limits.segment_octets = config.spool.segment_octets;
  // A message and its entry; SIZE counts the message alone.
  limits.record_octets_max =
      config.limits.message_octets_max + spool::entry_octets_max;
  return limits;
}

}  // namespace

SpoolRole::SpoolRole(RoleContext& context)
    : context_(context),
      departures_(context, *this),
      cache_(0),
      sealed_(0),
      old_links_(context.timers) {}

bool SpoolRole::prepare() {
  auto config = given_configuration(context_);
  if (!config || context_.disk == nullptr || context_.flusher == nullptr) {
    return false;
  }
  config_ = std::move(*config);
  auto users = given_mbox_users(context_);
  if (!users) return false;
  mbox_users_ = std::move(*users);
  cache_ = spool::MessageCache<Held>(config_.spool.memory_octets_max);
  sealed_octets_max_ =
      std::max(sealed_octets_min, config_.limits.message_octets_max);
  sealed_ = spool::MessageCache<Descriptor>(sealed_octets_max_);
  departures_.use(config_);
  return true;
}

// Once the door is closed: what is in the files was written by strangers too.
bool SpoolRole::open_journal() {
  if (journal_) return true;
  spool::Effects effects;
  auto opened = spool::Journal::open(
      *context_.disk, context_.disk->root(), context_.random,
      limits_of(config_), [&](spool::RecoveredMessage message) {
        remember(write(message.entry.queue_id));
        departures_.recovered(message);
        delivery_.recovered(message.id, std::move(message.entry),
                            message.message_octets, message.recipients_done,
                            now(), effects);
      });
  if (!opened) {
    context_.log.line(Severity::error, "journal_unusable",
                      {{"why", name(opened.error())}});
    return false;
  }
  journal_ = std::move(opened->journal);
  const spool::RecoveryReport& report = opened->report;
  context_.log.line(
      report.damaged_places > 0 ? Severity::error : Severity::notice,
      "journal_opened",
      {{"segments", report.segments},
       {"messages", report.messages},
       {"torn_octets", report.torn_octets},
       {"damaged_places", report.damaged_places},
       {"damaged_octets", report.damaged_octets}});
  act(std::move(effects));
  set_timer();
  return true;
}

void SpoolRole::peer(ipc::RoleName role, std::uint32_t instance,
                     std::unique_ptr<Channel> channel) {
  if (role == ipc::RoleName::mbox) {
    if (!open_journal()) return context_.supervisor.drained();
    return mbox_given(std::move(channel));
  }
  // Mail that was found waits for those whom it needs.
  if (departures_.peer(role, instance, channel)) {
    if (!open_journal()) context_.supervisor.drained();
    return;
  }
  if (role != ipc::RoleName::smtp_in && role != ipc::RoleName::submission &&
      role != ipc::RoleName::pickup) {
    return;
  }
  const PeerName name{role, instance};
  std::unique_ptr<Link>& link = peers_[name];
  old_links_.bury(std::move(link));
  link = std::make_unique<Link>(
      std::move(channel),
      [this, name](ipc::Received received) {
        peer_message(name, std::move(received));
      },
      [this, name] { old_links_.bury(std::move(peers_[name])); });
  if (!open_journal()) context_.supervisor.drained();
}

void SpoolRole::peer_message(PeerName peer, ipc::Received received) {
  if_message<ipc::MessageOffered>(received, [&](ipc::MessageOffered& offer) {
    offered(peer, offer, received.descriptors);
  });
}

std::optional<spool::Entry> SpoolRole::entry_of(
    const ipc::MessageOffered& offer) {
  const auto queue_id = spool::read_queue_id(offer.queue_id);
  if (!queue_id || offer.ret > 2 || offer.body > 2) return std::nullopt;
  spool::Entry entry;
  entry.queue_id = *queue_id;
  entry.received = context_.clock.wall();
  entry.reverse_path = offer.reverse_path;
  entry.envelope_id = offer.envid;
  entry.ret = static_cast<spool::Return>(offer.ret);
  entry.body = static_cast<spool::Body>(offer.body);
  entry.smtputf8 = offer.smtputf8;
  entry.session = offer.session;
  entry.trace = offer.header_prefix;
  for (const ipc::OfferedRecipient& recipient : offer.recipients) {
    const bool is_outside = recipient.user.empty();
    entry.recipients.push_back(
        {.forward_path = recipient.forward_path,
         .user = recipient.user,
         .folder = is_outside ? "" : "INBOX",
         .original_recipient = recipient.orcpt,
         .notify = recipient.notify,
         .delivery_id = spool::make_delivery_id(context_.random)});
  }
  if (!is_within_limits(entry)) return std::nullopt;
  return entry;
}

void SpoolRole::offered(PeerName peer, ipc::MessageOffered& offer,
                        std::vector<Descriptor>& descriptors) {
  const auto refuse = [&](ipc::OfferVerdict verdict) {
    answer(peer, offer.offer, verdict);
  };
  if (!journal_) return refuse(ipc::OfferVerdict::busy);
  if (knows_again(peer, offer)) return;
  auto entry = entry_of(offer);
  // Logins alone send to other hosts, whatever a role says that speaks to
  // strangers.
  if (!entry || (peer.first != ipc::RoleName::submission &&
                 std::ranges::any_of(entry->recipients,
                                     [](const spool::Recipient& recipient) {
                                       return recipient.user.empty();
                                     }))) {
    return refuse(ipc::OfferVerdict::malformed);
  }
  Held held;
  if (offer.inline_text) {
    held.text = std::move(offer.text);
  } else {
    // The kernel drops what there is no descriptor left for: not the client's
    // fault, and no reason to refuse his message for good.
    if (descriptors.size() != 1) return refuse(ipc::OfferVerdict::busy);
    auto view =
        context_.memory.view(descriptors[0], config_.limits.message_octets_max);
    if (!view) {
      const bool is_wrong = view.error() == Trouble::malformed ||
                            view.error() == Trouble::no_space;
      return refuse(is_wrong ? ipc::OfferVerdict::malformed
                             : ipc::OfferVerdict::busy);
    }
    held.view = std::move(*view);
  }
  const std::uint64_t octets = held.octets().size();
  if (octets != offer.octets) return refuse(ipc::OfferVerdict::malformed);
  if (!delivery_.has_room_for(*entry) || !departures_.has_room() ||
      !has_free_space(octets)) {
    context_.log.line(Severity::warning, "message_not_queued",
                      {{"session", offer.session}, {"why", "no_space"}});
    return refuse(ipc::OfferVerdict::no_space);
  }
  const std::array pieces{held.octets()};
  const auto id = journal_->append(*entry, pieces);
  if (!id) {
    context_.log.line(Severity::warning, "message_not_queued",
                      {{"session", offer.session}, {"why", name(id.error())}});
    if (journal_->is_stopped()) flush_soon();
    return refuse(id.error() == spool::Refusal::stopped
                      ? ipc::OfferVerdict::stopped
                  : id.error() == spool::Refusal::too_large
                      ? ipc::OfferVerdict::malformed
                      : ipc::OfferVerdict::no_space);
  }
  unanswered_.push_back({*id, peer, offer.offer, offer.queue_id});
  context_.log.line(Severity::info, "message_queued",
                    {{"session", offer.session},
                     {"queue_id", offer.queue_id},
                     {"octets", octets},
                     {"recipients", entry->recipients.size()}});
  departures_.appended(*id, *entry, octets);
  if (departures_.holds(*id)) {
    held.entry = std::make_shared<const spool::Entry>(*entry);
  }
  delivery_.appended(*id, std::move(*entry), octets);
  if (held.view) keep_memory(*id, std::move(descriptors[0]), octets);
  cache_.keep(*id, std::move(held), octets);
  waiting_for_flush_ += 1;
  flush_soon();
}

bool SpoolRole::knows_again(PeerName peer, const ipc::MessageOffered& offer) {
  if (peer.first != ipc::RoleName::pickup) return false;
  const auto under_way =
      std::ranges::find(unanswered_, offer.queue_id, &Unanswered::queue_id);
  if (under_way != unanswered_.end()) {
    under_way->peer = peer;
    under_way->offer = offer.offer;
    return true;
  }
  if (!known_.contains(offer.queue_id)) return false;
  answer(peer, offer.offer, ipc::OfferVerdict::durable, offer.queue_id);
  return true;
}

void SpoolRole::remember(const std::string& queue_id) {
  if (!known_.insert(queue_id).second) return;
  known_in_order_.push_back(queue_id);
  if (known_in_order_.size() <= known_offers_max) return;
  known_.erase(known_in_order_.front());
  known_in_order_.pop_front();
}

// A short one counts for as much as keeps the descriptors within their bound.
void SpoolRole::keep_memory(spool::MessageId id, Descriptor memory,
                            std::uint64_t octets) {
  sealed_.keep(id, std::move(memory),
               std::max(octets, sealed_octets_max_ / sealed_descriptors_max));
}

bool SpoolRole::has_free_space(std::uint64_t octets) {
  if (now() >= free_looked_at_ + free_space_every) {
    free_looked_at_ = now();
    free_octets_ = context_.disk->free_octets().value_or(0);
  }
  // What is accepted before the next look is taken off by guess: once in the
  // journal, once in a mailbox.
  const std::uint64_t wanted = 2 * octets + config_.limits.free_octets_min;
  if (free_octets_ < wanted) return false;
  free_octets_ -= 2 * octets;
  return true;
}

void SpoolRole::answer(PeerName peer, std::uint64_t offer,
                       ipc::OfferVerdict verdict, std::string queue_id) {
  const auto at = peers_.find(peer);
  if (at == peers_.end() || !at->second) return;
  static_cast<void>(at->second->send(ipc::OfferAnswer{
      .offer = offer, .verdict = verdict, .queue_id = std::move(queue_id)}));
}

// One flush at a time; what comes meanwhile shares the next one. When the last
// flush had many messages, more are about to come.
void SpoolRole::flush_soon() {
  if (journal_->flush_is_under_way()) return;
  if (last_batch_ < gather_from_messages ||
      waiting_for_flush_ >= gather_messages_max) {
    context_.timers.cancel(std::exchange(flush_timer_, {}));
    flush_timer_ = context_.timers.after(Duration(0), [this] {
      flush_timer_ = TimerId::none;
      start_flush();
    });
  } else if (flush_timer_ == TimerId::none) {
    flush_timer_ = context_.timers.after(gather_milliseconds, [this] {
      flush_timer_ = TimerId::none;
      start_flush();
    });
  }
}

void SpoolRole::start_flush() {
  const std::vector<FileHandle> files = journal_->take_flush();
  if (files.empty()) {
    // A write has failed: nobody is told by a flush any more.
    if (journal_->is_stopped()) answer_durable();
    return;
  }
  last_batch_ = std::exchange(waiting_for_flush_, 0);
  flushes_left_ = files.size();
  flushes_ok_ = true;
  for (const FileHandle file : files) {
    flushes_ += 1;
    context_.flusher->flush(file, [this](DiskResult<> result) {
      flushes_ok_ = flushes_ok_ && result.has_value();
      flushes_left_ -= 1;
      if (flushes_left_ == 0) flush_ended(flushes_ok_);
    });
  }
}

void SpoolRole::flush_ended(bool ok) {
  journal_->flushed(ok);
  if (!ok) {
    context_.log.line(Severity::error, "journal_stopped",
                      {{"why", "flush_failed"}});
  }
  spool::Effects effects;
  delivery_.durable(journal_->durable_up_to(), now(), effects);
  answer_durable();
  act(std::move(effects));
  departures_.durable(journal_->durable_up_to());
  set_timer();
  keep_house();
  if (waiting_for_flush_ > 0) flush_soon();
  drain_when_durable();
}

void SpoolRole::answer_durable() {
  const spool::Sequence durable = journal_->durable_up_to();
  while (!unanswered_.empty()) {
    Unanswered& one = unanswered_.front();
    if (one.id <= durable) {
      messages_accepted_ += 1;
      if (one.peer.first == ipc::RoleName::pickup) remember(one.queue_id);
      answer(one.peer, one.offer, ipc::OfferVerdict::durable,
             std::move(one.queue_id));
    } else if (journal_->is_stopped()) {
      answer(one.peer, one.offer, ipc::OfferVerdict::stopped);
    } else {
      break;
    }
    unanswered_.pop_front();
  }
}

// Segments are freed, recycled and cleaned a little at a time.
void SpoolRole::keep_house() {
  if (house_timer_ != TimerId::none) return;
  if (!journal_->upkeep()) {
    if (journal_->flush_need() == spool::FlushNeed::lazy &&
        lazy_timer_ == TimerId::none) {
      lazy_timer_ = context_.timers.after(lazy_flush_seconds, [this] {
        lazy_timer_ = TimerId::none;
        if (!journal_->flush_is_under_way()) start_flush();
      });
    }
    return;
  }
  house_timer_ = context_.timers.after(house_milliseconds, [this] {
    house_timer_ = TimerId::none;
    keep_house();
  });
}

void SpoolRole::set_timer() {
  context_.timers.cancel(std::exchange(timer_, {}));
  const auto due = delivery_.next_due();
  if (!due) return;
  const Duration wait = std::max(*due - now(), Duration(0));
  timer_ = context_.timers.after(wait, [this] {
    timer_ = TimerId::none;
    spool::Effects effects;
    delivery_.tick(now(), effects);
    act(std::move(effects));
    set_timer();
  });
}

void SpoolRole::supervisor_message(ipc::Received message) {
  if_message<ipc::MailboxGiven>(message, [&](const ipc::MailboxGiven& given) {
    if (given.ok && message.descriptors.size() == 1) {
      return mailbox_given(given.user, context_.channels.adopt(
                                           std::move(message.descriptors[0])));
    }
    mailbox_ended(given.user);
  });
  const spool::DeliveryStatus status = delivery_.status();
  const spool::ScheduleStatus leaving = departures_.status();
  const spool::JournalStatus journal =
      journal_ ? journal_->status() : spool::JournalStatus{};
  answer_status(context_, message,
                {{"messages", status.messages},
                 {"messages_leaving", leaving.messages},
                 {"recipients_leaving", leaving.recipients},
                 {"destinations", leaving.destinations},
                 {"destinations_waiting", leaving.destinations_waiting},
                 {"sending", leaving.jobs},
                 {"held", leaving.held},
                 {"octets", status.octets},
                 {"recipients_waiting", status.recipients_waiting},
                 {"recipients_in_flight", status.recipients_in_flight},
                 {"messages_accepted", messages_accepted_},
                 {"flushes", flushes_},
                 {"journal_octets", journal.disk_octets},
                 {"journal_stopped", journal.stopped ? 1U : 0U}});
}

void SpoolRole::reload() {
  if (auto config = given_configuration(context_)) config_ = std::move(*config);
  read_mbox_users();
  departures_.use(config_);
}

void SpoolRole::drain() {
  draining_ = true;
  departures_.stop();
  if (journal_ && !journal_->flush_is_under_way()) start_flush();
  drain_when_durable();
}

void SpoolRole::drain_when_durable() {
  if (draining_ && unanswered_.empty() &&
      (!journal_ || !journal_->flush_is_under_way())) {
    context_.supervisor.drained();
  }
}

std::unique_ptr<Role> make_spool(RoleContext& context) {
  auto role = std::make_unique<SpoolRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
