// The half of auth that says in whose name a login may write, and how often.

#include <algorithm>
#include <chrono>
#include <utility>

#include "role/auth.h"

namespace postkeep::role {
namespace {

ipc::SendingLimit said(auth::UsageLimit limit) {
  switch (limit) {
    case auth::UsageLimit::none: return ipc::SendingLimit::none;
    case auth::UsageLimit::messages_per_hour:
      return ipc::SendingLimit::messages_per_hour;
    case auth::UsageLimit::messages_per_day:
      return ipc::SendingLimit::messages_per_day;
    case auth::UsageLimit::recipients_per_hour:
      return ipc::SendingLimit::recipients_per_hour;
    case auth::UsageLimit::recipients_per_day: break;
  }
  return ipc::SendingLimit::recipients_per_day;
}

std::uint64_t limit_max(const config::Submission& settings,
                        auth::UsageLimit limit) {
  switch (limit) {
    case auth::UsageLimit::none: return 0;
    case auth::UsageLimit::messages_per_hour:
      return settings.messages_per_hour_max;
    case auth::UsageLimit::messages_per_day:
      return settings.messages_per_day_max;
    case auth::UsageLimit::recipients_per_hour:
      return settings.recipients_per_hour_max;
    case auth::UsageLimit::recipients_per_day: break;
  }
  return settings.recipients_per_day_max;
}

// A window that another process tells of: an age is at most a day.
auth::UsageWindow window_of(std::uint64_t age, std::uint64_t messages,
                            std::uint64_t recipients) {
  constexpr std::uint64_t day =
      std::chrono::microseconds(std::chrono::hours(24)).count();
  constexpr std::uint64_t most = std::uint64_t{1} << 40;
  return {.age = Duration(static_cast<std::int64_t>(std::min(age, day))),
          .messages = std::min(messages, most),
          .recipients = std::min(recipients, most)};
}

}  // namespace

void AuthRole::limit_sending() {
  const config::Submission& settings = config_.submission;
  usage_->set_limits(
      {.messages_per_hour_max = settings.messages_per_hour_max,
       .messages_per_day_max = settings.messages_per_day_max,
       .recipients_per_hour_max = settings.recipients_per_hour_max,
       .recipients_per_day_max = settings.recipients_per_day_max});
}

void AuthRole::asked(PeerName peer, const ipc::SenderQuestion& question) {
  Link* link = link_of(peer);
  if (link == nullptr) return;
  ipc::SenderAnswer answer;
  answer.question = question.question;
  const auth::Account* account = accounts_->login(question.login);
  // Removed since it logged in: nothing is its own any more.
  const auto is_foreign = [&](const std::string& address) {
    return account == nullptr ||
           !accounts_->may_write_as(account->address, address,
                                    config_.submission.shared_aliases);
  };
  const auto foreign = std::ranges::find_if(question.addresses, is_foreign);
  if (foreign != question.addresses.end() || account == nullptr) {
    senders_refused_ += 1;
    answer.verdict = ipc::SenderVerdict::refused;
    if (foreign != question.addresses.end()) answer.address = *foreign;
    static_cast<void>(link->send(std::move(answer)));
    return;
  }
  // The question at MAIL counts nothing: it asks whether one recipient may be.
  const auth::UsageLimit limit =
      question.recipients == 0
          ? usage_->obstacle(account->address, 1)
          : usage_->charge(account->address, question.recipients);
  answer.verdict = limit == auth::UsageLimit::none
                       ? ipc::SenderVerdict::permitted
                       : ipc::SenderVerdict::limited;
  answer.limit = said(limit);
  answer.limit_max = limit_max(config_.submission, limit);
  answer.wait_seconds =
      static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(
                                     usage_->wait(account->address, limit))
                                     .count());
  answer.recipients_left = usage_->recipients_left(account->address);
  static_cast<void>(link->send(std::move(answer)));
}

// This role started anew and knows nothing of what was sent before.
void AuthRole::reported(const ipc::UsageReport& report) {
  for (const ipc::CountedUsage& one : report.usages) {
    const auth::Account* account = accounts_->login(one.account);
    if (account == nullptr) continue;
    usage_->add({.account = account->address,
                 .hour = window_of(one.hour_age_microseconds, one.hour_messages,
                                   one.hour_recipients),
                 .day = window_of(one.day_age_microseconds, one.day_messages,
                                  one.day_recipients)});
  }
}

}  // namespace postkeep::role
