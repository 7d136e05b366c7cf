#include "role/pickup.h"

#include <charconv>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "role/smtp_offer.h"
#include "smtp/trace.h"
#include "spool/entry.h"

namespace postkeep::role {
namespace {

dsn::RecipientStatus undelivered(const smtp::Rcpt& rcpt,
                                 ipc::RecipientVerdict verdict) {
  const bool is_unknown = verdict == ipc::RecipientVerdict::unknown;
  dsn::RecipientStatus one;
  one.final_recipient = smtp::write(rcpt.forward_path);
  one.original_recipient = rcpt.parameters.orcpt.value_or("");
  one.status = is_unknown ? "5.1.1" : "5.4.4";
  one.diagnostic = is_unknown ? "nobody here has this address"
                              : "this server does not send to other hosts";
  return one;
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time)
      .time_since_epoch()
      .count();
}

smtp::Recipient recipient_of(const smtp::Rcpt& rcpt,
                             const ipc::RecipientAnswer& answer) {
  smtp::Recipient recipient{rcpt.forward_path, rcpt.parameters, {}};
  for (const ipc::ResolvedUser& user : answer.users) {
    recipient.users.push_back({user.user, user.detail});
  }
  return recipient;
}

// As many as one offer may hold; the command is told no such number.
bool fits_one_offer(const smtp::Envelope& envelope) {
  std::size_t users = 0;
  for (const smtp::Recipient& one : envelope.recipients) {
    users += one.users.size();
  }
  return users <= ipc::recipients_max;
}

}  // namespace

void PickupRole::ask(const std::string& name, const std::string& mailbox,
                     std::size_t place) {
  const std::uint64_t number = ++last_number_;
  questions_[number] = {name, place};
  static_cast<void>(auth_->send(
      ipc::RecipientQuestion{.question = number, .mailbox = mailbox}));
}

void PickupRole::ask_recipients(Files::iterator file) {
  Taken& taken = file->second;
  const std::size_t count = taken.head.recipients.size();
  taken.answers.assign(count, {});
  taken.answers_left = count;
  for (std::size_t i = 0; i < count; ++i) {
    ask(file->first, write_unquoted(taken.head.recipients[i].forward_path), i);
  }
}

void PickupRole::answered(const ipc::RecipientAnswer& answer) {
  const auto asked = questions_.find(answer.question);
  if (asked == questions_.end()) return;
  const Asked what = std::move(asked->second);
  questions_.erase(asked);
  const auto file = files_.find(what.name);
  if (file == files_.end()) return;
  if (answer.verdict == ipc::RecipientVerdict::trouble) {
    pause(drop_pause_seconds);
    give_back(what.name);
    return;
  }
  Taken& taken = file->second;
  PK_CHECK(what.place < taken.answers.size() && taken.answers_left > 0);
  taken.answers[what.place] = answer;
  taken.answers_left -= 1;
  if (taken.answers_left == 0) all_answered(file);
}

// Who cannot get it, and has to be told so.
void PickupRole::note_undelivered(Taken& taken) {
  for (std::size_t i = 0; i < taken.head.recipients.size(); ++i) {
    const ipc::RecipientVerdict verdict = taken.answers[i].verdict;
    const bool is_faulty = !taken.fault.status.empty();
    if (!is_faulty && verdict == ipc::RecipientVerdict::local) continue;
    const smtp::Rcpt& rcpt = taken.head.recipients[i];
    dsn::RecipientStatus one = undelivered(rcpt, verdict);
    if (is_faulty) {
      one.status = taken.fault.status;
      one.diagnostic = taken.fault.why;
    }
    context_.log.line(Severity::info, "recipient_refused",
                      {{"session", taken.session},
                       {"recipient", one.final_recipient},
                       {"status", one.status}});
    if (dsn::wants_notice(rcpt.parameters.notify, dsn::Action::failed)) {
      taken.undelivered.push_back(std::move(one));
    }
  }
}

// Recipients are known; where some cannot get it, their sender is asked for.
void PickupRole::all_answered(Files::iterator file) {
  Taken& taken = file->second;
  if (taken.notice_asked) return offer_all(file);
  note_undelivered(taken);
  // Nobody is told of what came from nobody (RFC 5321 section 4.5.5).
  if (taken.undelivered.empty() || !taken.head.mail.reverse_path) {
    return offer_all(file);
  }
  taken.notice_asked = true;
  const std::size_t count = taken.answers.size();
  taken.answers.resize(count + 2);
  taken.answers_left = 2;
  ask(file->first, write_unquoted(*taken.head.mail.reverse_path), count);
  ask(file->first, "postmaster", count + 1);
}

void PickupRole::offer_all(Files::iterator file) {
  Taken& taken = file->second;
  smtp::Envelope envelope;
  envelope.session = taken.session;
  envelope.reverse_path = taken.head.mail.reverse_path;
  envelope.parameters = taken.head.mail.parameters;
  if (taken.fault.status.empty()) {
    for (std::size_t i = 0; i < taken.head.recipients.size(); ++i) {
      if (taken.answers[i].verdict != ipc::RecipientVerdict::local) continue;
      envelope.recipients.push_back(
          recipient_of(taken.head.recipients[i], taken.answers[i]));
    }
  }
  if (envelope.recipients.empty()) return message_done(file);
  if (!fits_one_offer(envelope)) {
    return refuse(file->first, "too_many_users", taken.owner);
  }
  const std::string id = queue_id_of(file->first);
  const WallTime now = context_.clock.wall();
  auto message = offered_message(envelope, taken.pieces.views(), 0, id,
                                 config_.hostname, now);
  message.header_prefix =
      smtp::local_received_field(config_.hostname, taken.owner, id, now);
  offer(file, std::move(message), taken.pieces);
}

// Those who can get it will; the others' turn.
void PickupRole::message_done(Files::iterator file) {
  file->second.message_done = true;
  if (!file->second.notice_asked) return finish(file);
  offer_notice(file);
}

// To who sent it; where that is nobody here, the operator hears of it.
void PickupRole::offer_notice(Files::iterator file) {
  Taken& taken = file->second;
  const std::size_t count = taken.answers.size();
  const ipc::RecipientAnswer& sender = taken.answers[count - 2];
  const bool is_here = sender.verdict == ipc::RecipientVerdict::local;
  const ipc::RecipientAnswer& to = is_here ? sender : taken.answers[count - 1];
  if (to.verdict != ipc::RecipientVerdict::local) {
    context_.log.line(Severity::warning, "notice_dropped",
                      {{"session", taken.session}});
    return finish(file);
  }
  const std::string id = write(spool::make_queue_id(context_.random));
  const WallTime now = context_.clock.wall();
  dsn::Notice notice;
  notice.host = config_.hostname;
  notice.queue_id = id;
  notice.sender = smtp::write(taken.head.mail.reverse_path);
  notice.envelope_id = taken.head.mail.parameters.envid.value_or("");
  notice.arrival = notice.now = seconds_of(now);
  notice.recipients = taken.undelivered;
  // Of one that was too large nothing but the front has been read.
  notice.returned = taken.fault.status.empty() &&
                            taken.head.mail.parameters.ret == smtp::Ret::full
                        ? dsn::Returned::full
                        : dsn::Returned::headers;
  notice.smtputf8 = taken.head.mail.parameters.smtputf8;
  const dsn::Notification made = dsn::compose(notice, taken.pieces.views());
  smtp::Pieces pieces;
  pieces.append(octets(made.text));
  smtp::Envelope envelope;
  envelope.session = taken.session;
  if (made.eight_bit) {
    envelope.parameters.body = smtp::BodyType::eight_bit_mime;
  }
  envelope.parameters.smtputf8 = made.smtputf8;
  envelope.recipients.push_back(
      recipient_of({*taken.head.mail.reverse_path, {}}, to));
  auto message =
      offered_message(envelope, pieces.views(), 0, id, config_.hostname, now);
  message.header_prefix.clear();  // It has not been anywhere yet.
  offer(file, std::move(message), pieces);
}

void PickupRole::offer(Files::iterator file, ipc::MessageOffered message,
                       const smtp::Pieces& pieces) {
  const std::uint64_t number = ++last_number_;
  message.offer = number;
  std::vector<Descriptor> descriptors;
  bool sent = spool_ != nullptr;
  if (sent && !message.inline_text) {
    auto sealed = context_.memory.seal(pieces.views());
    sent = sealed.has_value();
    if (sent) descriptors.push_back(std::move(*sealed));
  }
  offers_[number] = file->first;
  if (!sent || !spool_->send(std::move(message), std::move(descriptors))) {
    offers_.erase(number);
    not_offered(file);
  }
}

void PickupRole::offer_answered(const ipc::OfferAnswer& answer) {
  const auto offered = offers_.find(answer.offer);
  if (offered == offers_.end()) return;
  const auto file = files_.find(offered->second);
  offers_.erase(offered);
  if (file == files_.end()) return;
  Taken& taken = file->second;
  if (answer.verdict == ipc::OfferVerdict::durable) {
    context_.log.line(
        Severity::info, taken.message_done ? "notice_sent" : "message_accepted",
        {{"session", taken.session}, {"queue_id", answer.queue_id}});
    if (!taken.message_done) return message_done(file);
    notices_sent_ += 1;
    return finish(file);
  }
  if (answer.verdict == ipc::OfferVerdict::malformed) {
    return refuse(file->first, "refused_by_spool", taken.owner);
  }
  not_offered(file);
}

// Later, then. A message that is in the journal already is not offered again
// because of its notice.
void PickupRole::not_offered(Files::iterator file) {
  pause(drop_pause_seconds);
  if (!file->second.message_done) return give_back(file->first);
  context_.timers.after(drop_pause_seconds, [this, name = file->first] {
    const auto waiting = files_.find(name);
    if (waiting != files_.end() && waiting->second.message_done) {
      offer_notice(waiting);
    }
  });
}

std::string PickupRole::queue_id_of(std::string_view name) {
  constexpr std::size_t digits = 2 * sizeof(std::uint64_t);
  if (name.starts_with(drop_whole_prefix) &&
      name.size() == drop_whole_prefix.size() + 2 * drop_name_random_octets) {
    const std::string_view front =
        name.substr(drop_whole_prefix.size(), digits);
    std::uint64_t id = 0;
    const auto read =
        std::from_chars(front.data(), front.data() + front.size(), id, 16);
    if (read.ec == std::errc() && read.ptr == front.data() + front.size()) {
      return write(spool::QueueId{id});
    }
  }
  return write(spool::make_queue_id(context_.random));
}

// All that comes of it is in the journal.
void PickupRole::finish(Files::iterator file) {
  const std::string name = file->first;
  messages_taken_ += 1;
  forget(name);
  remove(name);
  begin_more();
  drain_when_idle();
}

}  // namespace postkeep::role
