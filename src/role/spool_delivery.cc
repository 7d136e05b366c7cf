// The half of spool that hands mail to the users' mailboxes.

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "ipc/supervisor_messages.h"
#include "role/spool.h"
#include "smtp/trace.h"

namespace postkeep::role {

void SpoolRole::act(const spool::Effects& effects) {
  for (const spool::Effect& effect : effects) {
    std::visit([this](const auto& one) { act(one); }, effect);
  }
}

std::optional<SpoolRole::Held> SpoolRole::octets_of(spool::MessageId id) {
  if (const Held* held = cache_.find(id)) return *held;
  auto stored = journal_->read(id);
  if (!stored) {
    context_.log.line(Severity::error, "message_unreadable",
                      {{"why", name(stored.error())}});
    return std::nullopt;
  }
  return Held{.text = std::move(stored->octets), .view = nullptr};
}

void SpoolRole::act(const spool::Deliver& effect) {
  const auto link = mailboxes_.find(effect.user);
  const spool::Entry* entry = delivery_.entry(effect.id);
  const auto held = octets_of(effect.id);
  const auto fail = [&] {
    spool::Effects effects;
    delivery_.refused(effect.user, effect.delivery_id,
                      spool::DeliveryTrouble::trouble, now(), effects);
    act(effects);
  };
  if (link == mailboxes_.end() || entry == nullptr || !held) return fail();
  ipc::Deliver deliver;
  deliver.id = effect.delivery_id;
  deliver.queue_id = write(entry->queue_id);
  deliver.session = entry->session;
  deliver.mailbox = entry->recipients[effect.recipient].folder;
  // RFC 5321 section 4.4: the last hop puts Return-Path before all else.
  deliver.header_prefix = smtp::return_path_field(entry->reverse_path) +
                          "Delivered-To: " + effect.user + "\r\n" +
                          entry->trace;
  deliver.received = std::chrono::duration_cast<std::chrono::seconds>(
                         entry->received.time_since_epoch())
                         .count();
  deliver.octets = held->octets().size();
  deliver.inline_text = held->octets().size() <= ipc::inline_octets_max;
  std::vector<Descriptor> descriptors;
  if (deliver.inline_text) {
    deliver.text.assign(held->octets().begin(), held->octets().end());
  } else {
    const std::array pieces{held->octets()};
    auto sealed = context_.memory.seal(pieces);
    if (!sealed) return fail();
    descriptors.push_back(std::move(*sealed));
  }
  if (!link->second->send(std::move(deliver), std::move(descriptors))) fail();
}

void SpoolRole::act(const spool::NeedMailbox& effect) {
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
  if (link == mailboxes_.end()) return;
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
  cache_.drop(effect.id);
}

void SpoolRole::mailbox_given(const std::string& user,
                              std::unique_ptr<Channel> channel) {
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
  act(effects);
  set_timer();
}

void SpoolRole::mailbox_ended(const std::string& user) {
  const auto at = mailboxes_.find(user);
  if (at != mailboxes_.end()) {
    old_links_.bury(std::move(at->second));
    mailboxes_.erase(at);
  }
  spool::Effects effects;
  delivery_.mailbox_gone(user, now(), effects);
  act(effects);
  set_timer();
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
        act(effects);
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
  act(effects);
  set_timer();
}

}  // namespace postkeep::role
