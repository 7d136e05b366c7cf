#include "sim/mail_world.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "spool/journal_world.h"

namespace postkeep::sim {

using namespace postkeep::spool;

MailWorld::MailWorld(MailDisks& disks, MailNotes& notes, std::uint64_t seed)
    : disks_(disks), notes_(notes), random_(seed) {
  auto opened =
      Journal::open(disks.spool, disks.spool.root(), random_, small_limits);
  if (!opened || opened->report.damaged_places > 0) return;
  journal_ = std::move(opened->journal);
  Effects effects;
  for (RecoveredMessage& message : opened->messages) {
    delivery_.recovered(message.id, std::move(message.entry),
                        message.message_octets, message.recipients_done,
                        clock_.steady(), effects);
  }
  run(effects);
}

// The process ends without a word: nothing is written on the way out.
MailWorld::~MailWorld() {
  for (std::size_t user = 0; user < mail_users; ++user) {
    disks_.mailboxes[user].stop_before(0);
  }
}

std::size_t MailWorld::number(const std::string& user) {
  return static_cast<std::size_t>(user.back() - '0');
}

void MailWorld::start_mailbox(std::size_t user) {
  auto opened = store::MaildirStore::open(
      {disks_.mailboxes[user], clock_, random_, log_});
  if (opened) mailboxes_[user].store = *std::move(opened);
}

// Does what the schedule asks for, and what comes of that.
void MailWorld::run(Effects& effects) {
  while (!effects.empty()) {
    Effects now;
    std::swap(now, effects);
    for (const Effect& effect : now) {
      if (const auto* need = std::get_if<NeedMailbox>(&effect)) {
        start_mailbox(number(need->user));
        if (mailboxes_[number(need->user)].store) {
          delivery_.mailbox_ready(need->user, clock_.steady(), effects);
        } else {
          delivery_.mailbox_gone(need->user, clock_.steady(), effects);
        }
      } else if (const auto* one = std::get_if<Deliver>(&effect)) {
        deliver(*one, effects);
      } else if (const auto* record = std::get_if<RecordDone>(&effect)) {
        const auto sequence =
            journal_->append_done(record->id, record->recipient);
        if (sequence) {
          delivery_.recorded(record->id, record->recipient, *sequence);
        } else {
          delivery_.not_recorded(record->id, record->recipient,
                                 clock_.steady());
        }
      } else if (const auto* forget = std::get_if<Forget>(&effect)) {
        auto& store = mailboxes_[number(forget->user)].store;
        if (store) store->forget(forget->delivery_ids);
      }
    }
  }
  PK_CHECK(delivery_.is_consistent());
}

void MailWorld::deliver(const Deliver& deliver, Effects& more) {
  Mailbox& mailbox = mailboxes_[number(deliver.user)];
  const auto stored = journal_->read(deliver.id);
  const Recipient& recipient =
      delivery_.entry(deliver.id)->recipients[deliver.recipient];
  if (stored && mailbox.store) {
    const std::array<Octets, 2> pieces{octets(stored->entry.trace),
                                       Octets{stored->octets}};
    const auto placed = mailbox.store->deliver(
        deliver.delivery_id, recipient.folder, pieces,
        stored->entry.received.time_since_epoch() / std::chrono::seconds{1});
    if (placed) {
      PK_CHECK(delivery_.placed(deliver.user, deliver.delivery_id));
      mailbox.placed.push_back(deliver.delivery_id);
      return;
    }
  }
  PK_CHECK(delivery_.refused(deliver.user, deliver.delivery_id,
                             DeliveryTrouble::trouble, clock_.steady(), more));
}

void MailWorld::append(std::size_t recipients) {
  const std::uint64_t n = notes_.messages.size() + 1;
  Entry entry = make_entry(n, recipients);
  for (Recipient& recipient : entry.recipients) {
    recipient.delivery_id = make_delivery_id(random_);
  }
  const std::string text = "Subject: " + std::to_string(n) + "\r\n\r\n" +
                           std::string(700 * n, 'x') + "\r\n";
  const auto id = spool::append(*journal_, entry, text);
  if (!id) return;
  notes_.messages[entry.trace + text].recipients = recipients;
  awaiting_[*id] = entry.trace + text;
  delivery_.appended(*id, std::move(entry), text.size());
}

void MailWorld::accept(std::size_t recipients) {
  append(recipients);
  flush_journal();
}

void MailWorld::flush_journal() {
  if (!flush(disks_.spool, *journal_)) return;
  const Sequence durable = journal_->durable_up_to();
  while (!awaiting_.empty() && awaiting_.begin()->first <= durable) {
    notes_.messages[awaiting_.begin()->second].accepted = true;
    awaiting_.erase(awaiting_.begin());
  }
  Effects effects;
  delivery_.durable(durable, clock_.steady(), effects);
  run(effects);
}

void MailWorld::flush_mailbox(std::size_t user) {
  Mailbox& mailbox = mailboxes_[user];
  if (!mailbox.store || mailbox.placed.empty()) return;
  if (!mailbox.store->flush_deliveries()) return kill_mailbox(user);
  const std::vector<DeliveryId> flushed = std::exchange(mailbox.placed, {});
  Effects effects;
  for (const DeliveryId& id : flushed) {
    PK_CHECK(delivery_.done("user" + std::to_string(user), id, clock_.steady(),
                            effects));
  }
  run(effects);
}

void MailWorld::expunge_first(std::size_t user) {
  auto& store = mailboxes_[user].store;
  if (!store) return;
  const auto folder = store->open("INBOX");
  if (!folder || (*folder)->messages().empty()) return;
  const store::Uid uid = (*folder)->messages().front().uid;
  const auto text = (*folder)->text(uid);
  if (!text) return;
  const std::string whole = text_of((*text)->octets());
  MailNotes::Noted& noted = notes_.messages.at(whole);
  noted.expunging.insert(user);
  if ((*folder)->expunge({&uid, 1})) noted.expunged.insert(user);
}

void MailWorld::kill_mailbox(std::size_t user) {
  Mailbox& mailbox = mailboxes_[user];
  if (!mailbox.store) return;
  SimDisk& disk = disks_.mailboxes[user];
  disk.stop_before(0);
  (void)disk.make_directory(disk.root(), "stop");
  mailbox.store.reset();
  mailbox.placed.clear();
  disk = disk.after_kill();
  Effects effects;
  delivery_.mailbox_gone("user" + std::to_string(user), clock_.steady(),
                         effects);
  run(effects);
}

void MailWorld::upkeep() {
  while (journal_->upkeep()) {
  }
}

void MailWorld::pass(Duration time) {
  clock_.pass(time);
  Effects effects;
  delivery_.tick(clock_.steady(), effects);
  run(effects);
}

void MailWorld::settle() {
  for (int i = 0; i < 20; ++i) {
    for (std::size_t user = 0; user < mail_users; ++user) flush_mailbox(user);
    flush_journal();
    upkeep();
    if (delivery_.next_due()) pass(retry_wait_max);
    if (delivery_.status().messages == 0 &&
        journal_->flush_need() == FlushNeed::none) {
      return;
    }
  }
}

std::vector<std::string> MailWorld::texts(std::size_t user) {
  if (!mailboxes_[user].store) start_mailbox(user);
  if (!mailboxes_[user].store) return {"(mailbox cannot be opened)"};
  const auto folder = mailboxes_[user].store->open("INBOX");
  if (!folder) return {"(INBOX cannot be opened)"};
  std::vector<std::string> texts;
  for (const auto& [uid, content] : store::contents_of(**folder)) {
    texts.push_back(content.first);
  }
  return texts;
}

std::string MailWorld::check() {
  if (delivery_.status().messages != 0) return "E2: mail stays in the spool";
  for (std::size_t user = 0; user < mail_users; ++user) {
    const std::vector<std::string> found = texts(user);
    for (const std::string& text : found) {
      const auto noted = notes_.messages.find(text);
      if (noted == notes_.messages.end() || noted->second.recipients <= user) {
        return "E1: a message that was never sent: " + text.substr(0, 60);
      }
    }
    for (const auto& [text, noted] : notes_.messages) {
      if (noted.recipients <= user) continue;
      const auto count = std::ranges::count(found, text);
      if (count > 1) return "E3: delivered twice";
      if (noted.expunged.contains(user) && count > 0) {
        return "E3: an expunged message is back";
      }
      if (noted.accepted && !noted.expunging.contains(user) && count == 0) {
        return "E1: an accepted message is lost";
      }
    }
  }
  return {};
}

}  // namespace postkeep::sim
