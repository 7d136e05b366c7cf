// The half of spool that hands mail to the users' mailboxes.

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

#include "ipc/supervisor_messages.h"
#include "role/spool.h"
#include "smtp/trace.h"

namespace postkeep::role {

// An entry that could be journaled can be delivered: what goes before its trace
// fields are two addresses, either of which may need an octet for each to
// quote.
static_assert(spool::entry_trace_octets_max + 3 * spool::entry_path_octets_max +
                  64 <=
              ipc::delivered_prefix_octets_max);

// What comes of an effect is done after all that was wanted before it: a
// failure for each of ten thousand messages must not stand on the stack.
void SpoolRole::act(spool::Effects effects) {
  effects_.insert(effects_.end(), std::make_move_iterator(effects.begin()),
                  std::make_move_iterator(effects.end()));
  if (std::exchange(acting_, true)) return;
  while (!effects_.empty()) {
    const spool::Effect effect = std::move(effects_.front());
    effects_.pop_front();
    std::visit([this](const auto& one) { act(one); }, effect);
  }
  acting_ = false;
}

std::optional<SpoolRole::Held> SpoolRole::octets_of(spool::MessageId id) {
  if (const Held* held = cache_.find(id)) return *held;
  auto stored = journal_->read(id);
  if (!stored) {
    context_.log.line(Severity::error, "message_unreadable",
                      {{"why", name(stored.error())}});
    return std::nullopt;
  }
  return Held{
      .text = std::move(stored->octets), .view = nullptr, .entry = nullptr};
}

std::optional<SpooledMessage> SpoolRole::message_of(spool::MessageId id) {
  if (const Held* held = cache_.find(id); held != nullptr && held->entry) {
    return SpooledMessage{*held->entry, held->text, held->view};
  }
  auto stored = journal_->read(id);
  if (!stored) {
    context_.log.line(Severity::error, "message_unreadable",
                      {{"why", name(stored.error())}});
    return std::nullopt;
  }
  return SpooledMessage{std::move(stored->entry), std::move(stored->octets),
                        nullptr};
}

void SpoolRole::reported(spool::MessageId id, spool::Entry entry,
                         std::uint64_t octets) {
  departures_.appended(id, entry, octets);
  delivery_.appended(id, std::move(entry), octets);
  waiting_for_flush_ += 1;
  flush_soon();
}

void SpoolRole::left(spool::MessageId id) {
  if (delivery_.entry(id) != nullptr) return;
  cache_.drop(id);
  sealed_.drop(id);
}

// A message to a hundred users here is in memory once.
std::expected<Descriptor, Trouble> SpoolRole::memory_of(spool::MessageId id,
                                                        Octets octets) {
  if (const Descriptor* sealed = sealed_.find(id)) {
    return context_.memory.another(*sealed);
  }
  auto sealed = context_.memory.seal({&octets, 1});
  if (!sealed) return sealed;
  auto another = context_.memory.another(*sealed);
  keep_memory(id, std::move(*sealed), octets.size());
  return another;
}

template <class Message>
bool SpoolRole::fill(Message& message, const spool::Deliver& effect,
                     std::vector<Descriptor>& descriptors) {
  const spool::Entry* entry = delivery_.entry(effect.id);
  const auto held = octets_of(effect.id);
  if (entry == nullptr || !held) return false;
  message.id = effect.delivery_id;
  message.queue_id = write(entry->queue_id);
  message.session = entry->session;
  // RFC 5321 section 4.4: the last hop puts Return-Path before all else.
  message.header_prefix = smtp::return_path_field(entry->reverse_path) +
                          "Delivered-To: " + effect.user + "\r\n" +
                          entry->trace;
  message.received = std::chrono::duration_cast<std::chrono::seconds>(
                         entry->received.time_since_epoch())
                         .count();
  message.octets = held->octets().size();
  message.inline_text = held->octets().size() <= ipc::inline_octets_max;
  if (message.inline_text) {
    message.text.assign(held->octets().begin(), held->octets().end());
  } else {
    auto memory = memory_of(effect.id, held->octets());
    if (!memory) return false;
    descriptors.push_back(std::move(*memory));
  }
  return true;
}

void SpoolRole::act(const spool::Deliver& effect) {
  const spool::Entry* entry = delivery_.entry(effect.id);
  std::vector<Descriptor> descriptors;
  bool is_sent = false;
  if (const auto link = mailboxes_.find(effect.user);
      link != mailboxes_.end() && entry != nullptr && !has_mbox(effect.user)) {
    ipc::Deliver deliver;
    deliver.mailbox = entry->recipients[effect.recipient].folder;
    is_sent = fill(deliver, effect, descriptors) &&
              link->second->send(std::move(deliver), std::move(descriptors));
  } else if (mbox_ready_.contains(effect.user) && entry != nullptr &&
             has_mbox(effect.user)) {
    ipc::Drop drop;
    drop.user = effect.user;
    drop.reverse_path = entry->reverse_path;
    is_sent = fill(drop, effect, descriptors) &&
              mbox_->send(std::move(drop), std::move(descriptors));
  }
  if (is_sent) return;
  spool::Effects effects;
  delivery_.refused(effect.user, effect.delivery_id,
                    spool::DeliveryTrouble::trouble, now(), effects);
  act(std::move(effects));
}

void SpoolRole::act(const spool::NeedMailbox& effect) {
  if (has_mbox(effect.user)) return mbox_wanted(effect.user);
  context_.supervisor.send(ipc::MailboxWanted::kind,
                           ipc::write(ipc::MailboxWanted{.user = effect.user}));
}

void SpoolRole::act(const spool::RecordDone& effect) {
  const auto sequence = journal_->append_done(effect.id, effect.recipient);
  if (sequence) {
    delivery_.recorded(effect.id, effect.recipient, *sequence);
  } else {
    delivery_.not_recorded(effect.id, effect.recipient, now());
  }
  keep_house();
}

void SpoolRole::act(const spool::Forget& effect) {
  const auto link = mailboxes_.find(effect.user);
  if (link == mailboxes_.end()) return forget_drops(effect);
  for (std::size_t at = 0; at < effect.delivery_ids.size();
       at += ipc::delivery_ids_max) {
    const std::size_t count =
        std::min(effect.delivery_ids.size() - at, ipc::delivery_ids_max);
    const auto first =
        effect.delivery_ids.begin() + static_cast<std::ptrdiff_t>(at);
    static_cast<void>(link->second->send(ipc::DeliveriesForget{
        .ids = {first, first + static_cast<std::ptrdiff_t>(count)}}));
  }
}

void SpoolRole::act(const spool::MessageGone& effect) {
  if (departures_.holds(effect.id)) return;
  cache_.drop(effect.id);
  sealed_.drop(effect.id);
}

void SpoolRole::mailbox_given(const std::string& user,
                              std::unique_ptr<Channel> channel) {
  // It was asked for before the operator gave this user an mbox.
  if (has_mbox(user)) return mbox_wanted(user);
  std::unique_ptr<Link>& link = mailboxes_[user];
  old_links_.bury(std::move(link));
  link = std::make_unique<Link>(
      std::move(channel),
      [this, user](const ipc::Received& received) {
        mailbox_message(user, received);
      },
      [this, user] { mailbox_ended(user); });
  spool::Effects effects;
  delivery_.mailbox_ready(user, now(), effects);
  act(std::move(effects));
  set_timer();
}

void SpoolRole::mailbox_ended(const std::string& user) {
  const auto at = mailboxes_.find(user);
  if (at != mailboxes_.end()) {
    old_links_.bury(std::move(at->second));
    mailboxes_.erase(at);
  }
  gone(user);
}

void SpoolRole::mailbox_message(const std::string& user,
                                const ipc::Received& received) {
  if_message<ipc::DeliverAnswer>(
      received,
      [&](const ipc::DeliverAnswer& answer) { delivered(user, answer); });
  if_message<ipc::DeliveriesDone>(
      received, [&](const ipc::DeliveriesDone& done) {
        spool::Effects effects;
        for (const spool::DeliveryId& id : done.ids) {
          delivery_.done(user, id, now(), effects);
        }
        act(std::move(effects));
        set_timer();
      });
}

void SpoolRole::delivered(const std::string& user,
                          const ipc::DeliverAnswer& answer) {
  if (answer.verdict == ipc::DeliverVerdict::placed) {
    delivery_.placed(user, answer.id);
    return;
  }
  spool::Effects effects;
  delivery_.refused(user, answer.id,
                    answer.verdict == ipc::DeliverVerdict::no_space
                        ? spool::DeliveryTrouble::no_space
                        : spool::DeliveryTrouble::trouble,
                    now(), effects);
  act(std::move(effects));
  set_timer();
}

}  // namespace postkeep::role
