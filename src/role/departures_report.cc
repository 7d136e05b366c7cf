// The half of departures that records outcomes and tells senders of them.

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "dsn/notification.h"
#include "role/departures.h"
#include "role/smtp_offer.h"
#include "smtp/path.h"

namespace postkeep::role {
namespace {

std::int64_t seconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(
             time.time_since_epoch())
      .count();
}

dsn::Action action_of(spool::SettleWhy why) {
  return why == spool::SettleWhy::relayed ? dsn::Action::relayed
                                          : dsn::Action::failed;
}

std::vector<std::uint32_t> those_who_want(
    const spool::Entry& entry, const std::vector<std::uint32_t>& recipients,
    dsn::Action action) {
  std::vector<std::uint32_t> wanting;
  for (const std::uint32_t one : recipients) {
    if (dsn::wants_notice(entry.recipients.at(one).notify, action)) {
      wanting.push_back(one);
    }
  }
  return wanting;
}

}  // namespace

bool Departures::record_done(const spool::Settle& settle) {
  for (const std::uint32_t one : settle.recipients) {
    const auto done = owner_.journal().append_done(settle.id, one);
    // What was recorded by an earlier try is.
    if (!done && done.error() != spool::Refusal::not_known) return false;
  }
  owner_.recorded();
  return true;
}

void Departures::settled(const spool::Settle& settle) {
  spool::ScheduleEffects effects;
  schedule_.settled(settle.id, settle.recipients, now(), effects);
  act(std::move(effects));
}

void Departures::not_settled(const spool::Settle& settle) {
  schedule_.not_settled(settle, now());
  set_timer();
}

// Asks auth whose mailbox that is. nullptr: it cannot say now.
void Departures::resolve(const std::string& mailbox, Resolved resolved) {
  const std::uint64_t question = ++last_number_;
  if (!auth_ || !auth_->send(ipc::RecipientQuestion{question, mailbox})) {
    return resolved(nullptr);
  }
  questions_.emplace(question, std::move(resolved));
}

void Departures::auth_message(const ipc::Received& received) {
  if_message<ipc::RecipientAnswer>(
      received, [&](const ipc::RecipientAnswer& answer) {
        const auto found = questions_.find(answer.question);
        if (found == questions_.end()) return;
        const Resolved resolved = std::move(found->second);
        questions_.erase(found);
        resolved(&answer);
      });
}

void Departures::auth_ended() {
  old_links_.bury(std::move(auth_));
  for (const auto& [question, resolved] : std::exchange(questions_, {})) {
    resolved(nullptr);
  }
}

// Where a report goes: nothing, when it cannot be said now; nowhere, when the
// sender is nobody here.
void Departures::sender_of(
    const std::string& sender,
    std::function<void(std::optional<std::vector<spool::Recipient>>)> then) {
  const auto mailbox = smtp::read_mailbox(sender);
  if (!mailbox) return then(std::vector<spool::Recipient>{});
  resolve(write_unquoted(*mailbox), [this, sender, then = std::move(then)](
                                        const ipc::RecipientAnswer* answer) {
    if (answer == nullptr ||
        answer->verdict == ipc::RecipientVerdict::trouble) {
      return then(std::nullopt);
    }
    std::vector<spool::Recipient> to;
    const auto add = [&](std::string user, std::string folder) {
      to.push_back({.forward_path = sender,
                    .user = std::move(user),
                    .folder = std::move(folder),
                    .original_recipient = {},
                    .notify = spool::notify_never,
                    .delivery_id = spool::make_delivery_id(context_.random)});
    };
    if (answer->verdict == ipc::RecipientVerdict::not_local) add({}, {});
    for (const ipc::ResolvedUser& user : answer->users) add(user.user, "INBOX");
    then(std::move(to));
  });
}

dsn::Notice Departures::notice_of(const SpooledMessage& message) {
  const spool::Entry& entry = message.entry;
  dsn::Notice notice;
  notice.host = config_.hostname;
  notice.queue_id = write(spool::make_queue_id(context_.random));
  notice.sender = entry.reverse_path;
  notice.envelope_id = entry.envelope_id;
  notice.arrival = seconds_of(entry.received);
  notice.now = seconds_of(context_.clock.wall());
  notice.returned = static_cast<dsn::Returned>(entry.ret);
  notice.smtputf8 = entry.smtputf8;
  notice.binary = entry.body == spool::Body::binary_mime;
  return notice;
}

bool Departures::append_report(const spool::Report& report,
                               const SpooledMessage& message,
                               const dsn::Notice& notice,
                               std::vector<spool::Recipient> to) {
  const std::array original{octets(message.entry.trace), message.octets()};
  const dsn::Notification made = dsn::compose(notice, original);
  spool::Entry entry;
  entry.queue_id = spool::read_queue_id(notice.queue_id).value();
  entry.received = context_.clock.wall();
  entry.body =
      made.eight_bit ? spool::Body::eight_bit_mime : spool::Body::seven_bit;
  entry.smtputf8 = made.smtputf8;
  entry.session = message.entry.session;
  entry.recipients = std::move(to);
  const Octets piece = octets(made.text);
  const auto id = owner_.journal().append_report(report, entry, {&piece, 1});
  if (!id) return false;
  context_.log.line(Severity::info, "report_queued",
                    {{"queue_id", notice.queue_id},
                     {"about", write(message.entry.queue_id)},
                     {"recipients", report.recipients.size()}});
  owner_.reported(*id, std::move(entry), made.text.size());
  return true;
}

// Some recipients have come to an end of which their sender may want to hear.
void Departures::report(const spool::Settle& settle) {
  auto message = owner_.message_of(settle.id);
  if (!message) {
    // The disk has lost it: nothing can be said of it, to anyone but the log.
    return record_done(settle) ? settled(settle) : not_settled(settle);
  }
  const auto wanting =
      those_who_want(message->entry, settle.recipients, action_of(settle.why));
  // Never a report of a report (RFC 5321 section 6.1).
  if (wanting.empty() || message->entry.reverse_path.empty()) {
    return record_done(settle) ? settled(settle) : not_settled(settle);
  }
  const std::string sender = message->entry.reverse_path;
  sender_of(sender, [this, settle, message = std::move(*message)](
                        std::optional<std::vector<spool::Recipient>> to) {
    if (!schedule_.holds(settle.id)) return;
    if (!to) return not_settled(settle);
    if (to->empty()) {
      context_.log.line(Severity::warning, "report_undeliverable",
                        {{"about", write(message.entry.queue_id)}});
      return record_done(settle) ? settled(settle) : not_settled(settle);
    }
    write_report(settle, message, std::move(*to));
  });
}

void Departures::write_report(const spool::Settle& settle,
                              const SpooledMessage& message,
                              std::vector<spool::Recipient> to) {
  const dsn::Action action = action_of(settle.why);
  dsn::Notice notice = notice_of(message);
  for (const std::uint32_t one :
       those_who_want(message.entry, settle.recipients, action)) {
    const spool::Recipient& recipient = message.entry.recipients.at(one);
    spool::Answer answer = schedule_.answer(settle.id, one);
    if (settle.why == spool::SettleWhy::expired) {
      // RFC 3463 section 3.5: it took too long; what was said is kept.
      answer.status = "5.4.7";
    }
    notice.recipients.push_back(
        {recipient.forward_path, recipient.original_recipient, action,
         answer.status, answer.host, answer.diagnostic, notice.now});
  }
  const spool::Report report{settle.id, spool::ReportKind::done,
                             settle.recipients};
  if (append_report(report, message, notice, std::move(to))) {
    settled(settle);
  } else {
    not_settled(settle);
  }
}

void Departures::tell_delay(const spool::TellDelay& effect) {
  auto message = owner_.message_of(effect.id);
  if (!message) return schedule_.delay_not_told(effect.id, now());
  auto wanting =
      those_who_want(message->entry, effect.recipients, dsn::Action::delayed);
  if (wanting.empty() || message->entry.reverse_path.empty()) {
    const auto marks = static_cast<std::uint8_t>(
        owner_.journal().marks(effect.id) | spool::mark_delay_told);
    if (owner_.journal().append_marks(effect.id, marks)) owner_.recorded();
    return schedule_.delay_told(effect.id);
  }
  const std::string sender = message->entry.reverse_path;
  sender_of(sender, [this, effect, wanting, message = std::move(*message)](
                        std::optional<std::vector<spool::Recipient>> to) {
    if (!schedule_.holds(effect.id)) return;
    if (to && to->empty()) return schedule_.delay_told(effect.id);
    if (!to) return schedule_.delay_not_told(effect.id, now());
    dsn::Notice notice = notice_of(message);
    notice.will_retry_until = seconds_of(context_.clock.wall() + effect.left);
    for (const std::uint32_t one : wanting) {
      const spool::Recipient& recipient = message.entry.recipients.at(one);
      const spool::Answer answer = schedule_.answer(effect.id, one);
      notice.recipients.push_back({recipient.forward_path,
                                   recipient.original_recipient,
                                   dsn::Action::delayed,
                                   answer.status,
                                   answer.host,
                                   answer.diagnostic,
                                   {}});
    }
    if (append_report({effect.id, spool::ReportKind::delayed, wanting}, message,
                      notice, std::move(*to))) {
      schedule_.delay_told(effect.id);
    } else {
      schedule_.delay_not_told(effect.id, now());
    }
  });
}

}  // namespace postkeep::role
