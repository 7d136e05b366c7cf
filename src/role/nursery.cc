#include "role/nursery.h"

#include <algorithm>
#include <utility>

#include "io/channel.h"
#include "io/place.h"
#include "ipc/supervisor_messages.h"

namespace postkeep::role {

void Nursery::expect(Child& child, Descriptor errors) {
  unborn_.push_back({&child, std::move(errors), false});
  ask_for_more();
}

void Nursery::use(Child& seed) {
  seed_ = &seed;
  births_ = 0;
  under_way_ = 0;
  renewal_due_ = false;
  ask_for_more();
}

// What the last one had not said to be born may be half born: it has a line
// that supervisor closes when it makes another, knows no user, and ends.
void Nursery::seed_ended() {
  seed_ = nullptr;
  under_way_ = 0;
  early_ends_.clear();
  for (Unborn& one : unborn_) one.asked = false;
}

void Nursery::renew() {
  renewal_due_ = true;
  ask_for_more();
}

void Nursery::ask_for_more() {
  if (seed_ == nullptr) return;
  if (births_ >= births_per_seed_max) renewal_due_ = true;
  for (Unborn& one : unborn_) {
    if (renewal_due_ || under_way_ >= births_at_once_max) break;
    if (one.asked) continue;
    if (!ask(one)) break;
    if (births_ >= births_per_seed_max) renewal_due_ = true;
  }
  // A seed that has had no child is as good as a fresh one.
  if (!renewal_due_ || under_way_ > 0) return;
  if (births_ == 0) {
    renewal_due_ = false;
    return;
  }
  std::exchange(seed_, nullptr)->send(ipc::Drain{});
}

bool Nursery::ask(Unborn& one) {
  auto line = io::packet_pair();
  auto errors = io::copy_of(one.errors);
  if (!line || !errors) {
    log_.line(Severity::error, "mailbox_not_born", {{"why", "descriptors"}});
    return false;
  }
  std::vector<Descriptor> given;
  given.push_back(std::move(line->second));
  given.push_back(std::move(*errors));
  if (!seed_->send(ipc::MailboxBirth{one.child->instance}, std::move(given))) {
    return false;
  }
  one.child->attach(channels_.adopt(std::move(line->first)));
  one.asked = true;
  births_ += 1;
  under_way_ += 1;
  return true;
}

void Nursery::ended(io::ProcessId process) {
  if (under_way_ > 0) early_ends_.push_back(process);
}

Child* Nursery::born(const ipc::Received& message) {
  ipc::MailboxBorn born;
  if (!ipc::read(message.octets, born)) return nullptr;
  const auto at =
      std::find_if(unborn_.begin(), unborn_.end(), [&](const Unborn& one) {
        return one.asked && one.child->instance == born.instance;
      });
  if (at == unborn_.end()) return nullptr;
  Child* const child = at->child;
  unborn_.erase(at);
  under_way_ -= 1;
  const io::ProcessId process{static_cast<std::int32_t>(born.process)};
  const bool lives = process != io::ProcessId::none &&
                     std::find(early_ends_.begin(), early_ends_.end(),
                               process) == early_ends_.end();
  if (under_way_ == 0) early_ends_.clear();
  if (lives) {
    child->born(process);
  } else {
    log_.line(Severity::error, "mailbox_not_born", {{"why", "fork"}});
  }
  ask_for_more();
  return lives ? nullptr : child;
}

std::vector<Child*> Nursery::abandon() {
  std::vector<Child*> all;
  all.reserve(unborn_.size());
  for (const Unborn& one : unborn_) all.push_back(one.child);
  unborn_.clear();
  under_way_ = 0;
  return all;
}

}  // namespace postkeep::role
