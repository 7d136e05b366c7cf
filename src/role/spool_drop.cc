// The part of spool that hands mail to mbox, for users whose mail goes into an
// mbox spool file. To Delivery it is a mailbox of each of them.

#include <algorithm>
#include <chrono>
#include <utility>

#include "role/spool.h"

namespace postkeep::role {
namespace {

// More than a flush takes.
constexpr std::chrono::milliseconds moving_milliseconds{1500};

}  // namespace

void SpoolRole::mbox_given(std::unique_ptr<Channel> channel) {
  mbox_ended();
  mbox_ = std::make_unique<Link>(
      std::move(channel),
      [this](const ipc::Received& received) { mbox_message(received); },
      [this] { mbox_ended(); });
}

// What it had not said done for is delivered again.
void SpoolRole::mbox_ended() {
  old_links_.bury(std::move(mbox_));
  for (const std::string& user : std::exchange(mbox_ready_, {})) gone(user);
}

void SpoolRole::gone(const std::string& user) {
  spool::Effects effects;
  delivery_.mailbox_gone(user, now(), effects);
  act(std::move(effects));
  set_timer();
}

void SpoolRole::mbox_wanted(const std::string& user) {
  if (!mbox_) return gone(user);  // Its role is being started.
  mbox_ready_.insert(user);
  spool::Effects effects;
  delivery_.mailbox_ready(user, now(), effects);
  act(std::move(effects));
  set_timer();
}

void SpoolRole::mbox_message(const ipc::Received& received) {
  if_message<ipc::DropAnswer>(received, [this](const ipc::DropAnswer& answer) {
    mbox_answered(answer);
  });
  if_message<ipc::DropsKnown>(received, [this](const ipc::DropsKnown& known) {
    spool::Effects effects;
    delivery_.still_known(known.user, known.ids, effects);
    act(std::move(effects));
  });
}

// It answers for those alone whose mail it gets.
void SpoolRole::mbox_answered(const ipc::DropAnswer& answer) {
  if (!mbox_ready_.contains(answer.user)) return;
  spool::Effects effects;
  if (answer.verdict == ipc::DropVerdict::done) {
    delivery_.done(answer.user, answer.id, now(), effects);
  } else {
    delivery_.refused(answer.user, answer.id,
                      answer.verdict == ipc::DropVerdict::no_space
                          ? spool::DeliveryTrouble::no_space
                          : spool::DeliveryTrouble::trouble,
                      now(), effects);
  }
  act(std::move(effects));
  set_timer();
}

void SpoolRole::forget_drops(const spool::Forget& effect) {
  if (!mbox_ || !has_mbox(effect.user)) return;
  for (std::size_t at = 0; at < effect.delivery_ids.size();
       at += ipc::delivery_ids_max) {
    const std::size_t count =
        std::min(effect.delivery_ids.size() - at, ipc::delivery_ids_max);
    const auto first =
        effect.delivery_ids.begin() + static_cast<std::ptrdiff_t>(at);
    static_cast<void>(mbox_->send(ipc::DropsForget{
        effect.user, {first, first + static_cast<std::ptrdiff_t>(count)}}));
  }
}

// The operator may have given someone an mbox, or taken it from him. What is
// under way to the former place has time to arrive; nothing new goes there.
void SpoolRole::read_mbox_users() {
  auto users = given_mbox_users(context_);
  if (!users) return;
  mbox_users_ = std::move(*users);
  const std::chrono::milliseconds flush(
      config_.spool.delivery_flush_milliseconds);
  context_.timers.cancel(std::exchange(moving_timer_, {}));
  moving_timer_ = context_.timers.after(flush + moving_milliseconds, [this] {
    moving_timer_ = TimerId::none;
    leave_former_places();
  });
}

// What is still under way is delivered to the new one.
void SpoolRole::leave_former_places() {
  std::vector<std::string> changed;
  for (const std::string& user : mbox_ready_) {
    if (!has_mbox(user)) changed.push_back(user);
  }
  for (const auto& [user, link] : mailboxes_) {
    if (has_mbox(user)) changed.push_back(user);
  }
  for (const std::string& user : changed) {
    mbox_ready_.erase(user);
    mailbox_ended(user);
  }
}

}  // namespace postkeep::role
