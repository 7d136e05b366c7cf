// The half of submission that looks at what a login sends: in whose name, how
// often, and whether the message is whole (RFC 6409 sections 6 and 8).

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "role/smtp.h"
#include "role/smtp_offer.h"

namespace postkeep::role {
namespace {

// Addresses in replies: what is longer no account has.
constexpr std::size_t shown_octets_max = 300;

// For Message-ID: 128 random bits.
std::string unique_name(Random& random) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<Octet, 16> octets{};
  random.fill(octets);
  std::string text;
  for (const Octet octet : octets) {
    text += digits[octet / 16];
    text += digits[octet % 16];
  }
  return text;
}

// What a login that has sent enough is told.
std::string limit_text(const ipc::SenderAnswer& answer) {
  const bool by_day = answer.limit == ipc::SendingLimit::messages_per_day ||
                      answer.limit == ipc::SendingLimit::recipients_per_day;
  const bool by_message =
      answer.limit == ipc::SendingLimit::messages_per_hour ||
      answer.limit == ipc::SendingLimit::messages_per_day;
  const std::uint64_t minutes = (answer.wait_seconds + 59) / 60;
  return "Your login may send " + std::string(by_message ? "" : "to ") +
         std::to_string(answer.limit_max) +
         (by_message ? " messages " : " recipients ") +
         (by_day ? "a day" : "an hour") + ", come again in " +
         std::to_string(minutes) + (minutes == 1 ? " minute" : " minutes");
}

}  // namespace

bool SmtpConnection::ask_auth(smtp::QuestionNumber question,
                              ipc::SenderQuestion asked) {
  asked.question = ++role_.last_number_;
  const std::uint64_t number = asked.question;
  role_.senders_asked_[number] = {number_, question};
  if (role_.auth_ && role_.auth_->send(std::move(asked))) return true;
  role_.senders_asked_.erase(number);
  return false;
}

// The null reverse path is everybody's: RFC 8098 section 3 has reports that a
// mail program sends go out with it.
void SmtpConnection::act(smtp::AskSender& effect) {
  ipc::SenderQuestion question{.login = effect.login};
  if (effect.reverse_path) {
    question.addresses.push_back(write_unquoted(*effect.reverse_path));
  }
  if (!ask_auth(effect.question, std::move(question))) {
    session_->sender_answer(effect.question, {}, now());
  }
}

void SmtpConnection::answered(smtp::QuestionNumber question,
                              const ipc::SenderAnswer& answer) {
  if (!session_ || ended_) return;
  if (held_ && held_->effect.question == question) {
    judged(answer);
    return run();
  }
  smtp::SenderAnswer verdict;
  switch (answer.verdict) {
    case ipc::SenderVerdict::permitted:
      verdict.verdict = smtp::SenderVerdict::permitted;
      verdict.recipients_max = answer.recipients_left;
      break;
    case ipc::SenderVerdict::refused:
      verdict.verdict = smtp::SenderVerdict::refused;
      break;
    case ipc::SenderVerdict::limited:
      verdict = {smtp::SenderVerdict::limited, limit_text(answer)};
      break;
    case ipc::SenderVerdict::trouble: break;
  }
  session_->sender_answer(question, std::move(verdict), now());
  run();
}

// A whole message: mended at once, but kept back until auth has said that its
// authors are the login's, and has counted it.
void SmtpConnection::submit(smtp::OfferMessage& effect) {
  const smtp::QuestionNumber number = effect.question;
  auto mending =
      submission::mend(effect.pieces.views(), role_.mending_rules_,
                       {.now = role_.context_.clock.wall(),
                        .unique = unique_name(role_.context_.random)},
                       effect.envelope.login);
  if (!mending) {
    return session_->message_answer(number,
                                    {smtp::MessageVerdict::unfit,
                                     {},
                                     submission::sentence(mending.error())},
                                    now());
  }
  ipc::SenderQuestion question{.login = effect.envelope.login};
  for (const submission::Author& author : mending->authors) {
    // An address past the codec's bound is nobody's here.
    question.addresses.push_back(
        author.address.size() <= ipc::address_octets_max ? author.address
                                                         : std::string{});
  }
  question.recipients =
      static_cast<std::uint32_t>(effect.envelope.recipients.size());
  held_ = Held{std::move(effect), std::move(*mending)};
  if (!ask_auth(number, std::move(question))) {
    held_.reset();
    session_->message_answer(number, {smtp::MessageVerdict::busy, {}}, now());
  }
}

// What auth says of the message that is kept back.
void SmtpConnection::judged(const ipc::SenderAnswer& answer) {
  Held held = std::move(*held_);
  held_.reset();
  const smtp::QuestionNumber number = held.effect.question;
  // Nobody waits for it any more: it must not be sent after a 451.
  if (session_->state() != smtp::ServerState::message_wait) return;
  smtp::MessageAnswer verdict;
  if (answer.verdict == ipc::SenderVerdict::limited) {
    verdict = {smtp::MessageVerdict::limited, {}, limit_text(answer)};
  } else if (answer.verdict == ipc::SenderVerdict::refused) {
    const auto author = std::ranges::find(held.mending.authors, answer.address,
                                          &submission::Author::address);
    const std::string field =
        author == held.mending.authors.end() ? "From" : author->field;
    verdict = {smtp::MessageVerdict::author_refused,
               {},
               "Your login may not write as <" +
                   answer.address.substr(0, shown_octets_max) +
                   "> in the field " + field};
  } else if (answer.verdict == ipc::SenderVerdict::permitted) {
    const std::string& login = held.effect.envelope.login;
    static_cast<void>(
        role_.counted_.charge(login, held.effect.envelope.recipients.size()));
    std::string changes;
    for (const std::string& change : held.mending.changes) {
      changes += (changes.empty() ? "" : " ") + change;
    }
    if (!changes.empty()) {
      role_.context_.log.line(Severity::info, "message_mended",
                              {{"session", session_id_}, {"detail", changes}});
    }
    if (!role_.config_.submission.show_client) {
      held.effect.envelope.peer = {};
      held.effect.envelope.client.clear();
    }
    return offer(held.effect, held.mending);
  }
  session_->message_answer(number, std::move(verdict), now());
}

void SmtpRole::report_usage() {
  const std::vector<auth::Usage> usages = counted_.usages();
  const auto age = [](const auth::UsageWindow& window) {
    return static_cast<std::uint64_t>(window.age.count());
  };
  for (std::size_t at = 0; at < usages.size(); at += ipc::usages_max) {
    ipc::UsageReport report;
    const std::size_t end = std::min(at + ipc::usages_max, usages.size());
    for (std::size_t i = at; i < end; ++i) {
      const auth::Usage& one = usages[i];
      report.usages.push_back({.account = one.account,
                               .hour_age_microseconds = age(one.hour),
                               .hour_messages = one.hour.messages,
                               .hour_recipients = one.hour.recipients,
                               .day_age_microseconds = age(one.day),
                               .day_messages = one.day.messages,
                               .day_recipients = one.day.recipients});
    }
    if (!auth_->send(std::move(report))) return;
  }
}

}  // namespace postkeep::role
