#include "role/mailboxes.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ipc/auth_messages.h"
#include "ipc/supervisor_messages.h"
#include "role/link.h"

namespace postkeep::role {
namespace {

constexpr std::chrono::milliseconds fill_delay_milliseconds{20};
constexpr std::chrono::milliseconds restart_first_milliseconds{100};
constexpr unsigned restart_doublings_max = 8;  // To about 26 s.

}  // namespace

Mailboxes::Mailboxes(House& house, Timers& timers, Log& log,
                     std::uint32_t processes_max, std::uint32_t ahead)
    : house_(house),
      timers_(timers),
      log_(log),
      processes_max_(processes_max),
      ahead_(ahead) {}

void Mailboxes::fill() {
  while (!draining_ && unbound_.size() < ahead_ &&
         unbound_.size() + users_.size() < processes_max_) {
    auto child = house_.start_mailbox(++last_instance_);
    if (child == nullptr) return;
    unbound_.push_back(std::move(child));
  }
}

Mailboxes::Mailbox* Mailboxes::find(const std::string& user) {
  const auto at = users_.find(user);
  return at == users_.end() ? nullptr : &at->second;
}

// The user's mailbox, started if need be; null when there can be none now.
Mailboxes::Mailbox* Mailboxes::running(const std::string& user) {
  if (Mailbox* const there = find(user)) return there;
  if (draining_ || users_.size() >= processes_max_) {
    log_.line(Severity::warning, "mailbox_refused",
              {{"user", user},
               {"processes", std::uint64_t{users_.size()}},
               {"why", draining_ ? "draining" : "mailboxes_max"}});
    return nullptr;
  }
  Mailbox& mailbox = users_[user];
  if (start(user, mailbox)) return &mailbox;
  users_.erase(user);
  return nullptr;
}

bool Mailboxes::start(const std::string& user, Mailbox& mailbox) {
  std::unique_ptr<Child> child;
  if (unbound_.empty()) {
    child = house_.start_mailbox(++last_instance_);
  } else {
    child = std::move(unbound_.front());
    unbound_.erase(unbound_.begin());
  }
  timers_.after(fill_delay_milliseconds, [this] { fill(); });
  if (child == nullptr) return false;
  mailbox.given = 0;
  mailbox.ending = false;
  mailbox.child = std::move(child);
  if (!house_.bind(*mailbox.child, user)) {
    log_.line(Severity::error, "mailbox_without_directory", {{"user", user}});
    mailbox.child->kill();
    // Its end is reaped like any other: it belongs to no user any more.
    unbound_.push_back(std::move(mailbox.child));
    return false;
  }
  return true;
}

void Mailboxes::session(ipc::Received message) {
  ipc::SessionHandOver given;
  if (!ipc::read(message.octets, given) || message.descriptors.size() != 1) {
    return;
  }
  Mailbox* const mailbox = running(given.user);
  if (mailbox == nullptr) return;  // The client sees its connection closed.
  if (mailbox->sessions.size() >= waiting_sessions_max) return;
  mailbox->sessions.push_back(std::move(message));
  pass_waiting(given.user, *mailbox);
}

void Mailboxes::wanted(const std::string& user) {
  Mailbox* const mailbox = running(user);
  if (mailbox == nullptr) {
    house_.meet_spool(user, nullptr);
    return;
  }
  mailbox->spool_waits = true;
  pass_waiting(user, *mailbox);
}

void Mailboxes::pass_waiting(const std::string& user, Mailbox& mailbox) {
  if (mailbox.child == nullptr || mailbox.ending) return;
  for (ipc::Received& session : std::exchange(mailbox.sessions, {})) {
    mailbox.given += 1;
    mailbox.child->pass_on(session, std::move(session.descriptors));
  }
  if (std::exchange(mailbox.spool_waits, false)) {
    if (house_.meet_spool(user, mailbox.child.get())) mailbox.given += 1;
  }
}

void Mailboxes::idle(Child& child, std::uint64_t received) {
  for (auto& [user, mailbox] : users_) {
    if (mailbox.child.get() != &child) continue;
    mailbox.ending = mailbox.given == received;
    child.send(ipc::MailboxIdleAnswer{mailbox.ending});
    if (mailbox.ending) child.state = ChildState::draining;
    return;
  }
}

void Mailboxes::refuse(const std::string& user, Mailbox& mailbox) {
  mailbox.sessions.clear();
  if (std::exchange(mailbox.spool_waits, false)) {
    house_.meet_spool(user, nullptr);
  }
}

bool Mailboxes::ended(io::ProcessId process, bool in_order) {
  for (const Child* const child : children()) {
    if (child->process != process) continue;
    ended(*child, in_order);
    return true;
  }
  return false;
}

void Mailboxes::ended(const Child& child, bool in_order) {
  const auto unbound =
      std::find_if(unbound_.begin(), unbound_.end(),
                   [&](const auto& one) { return one.get() == &child; });
  if (unbound != unbound_.end()) {
    unbound_.erase(unbound);
    timers_.after(restart_first_milliseconds, [this] { fill(); });
    return;
  }
  const auto at = std::find_if(
      users_.begin(), users_.end(),
      [&](const auto& one) { return one.second.child.get() == &child; });
  if (at == users_.end()) return;
  const std::string user = at->first;
  Mailbox& mailbox = at->second;
  const bool was_ready = mailbox.child->state != ChildState::starting;
  mailbox.child.reset();
  mailbox.failures = in_order || was_ready ? 0 : mailbox.failures + 1;
  if (draining_) refuse(user, mailbox);
  // Without someone who waits there is no need for the next.
  if (mailbox.sessions.empty() && !mailbox.spool_waits &&
      mailbox.failures == 0) {
    users_.erase(at);
    return;
  }
  if (mailbox.failures > 0) refuse(user, mailbox);
  const Duration delay =
      mailbox.failures == 0
          ? Duration::zero()
          : restart_first_milliseconds *
                (1U << std::min(mailbox.failures, restart_doublings_max));
  mailbox.timer = timers_.after(delay, [this, user] {
    Mailbox* const next = find(user);
    if (next == nullptr) return;
    if (next->sessions.empty() && !next->spool_waits) {
      users_.erase(user);
    } else if (!draining_ && start(user, *next)) {
      pass_waiting(user, *next);
    } else {
      refuse(user, *next);
      users_.erase(user);
    }
  });
}

std::vector<Child*> Mailboxes::children() const {
  std::vector<Child*> all;
  all.reserve(unbound_.size() + users_.size());
  for (const auto& child : unbound_) all.push_back(child.get());
  for (const auto& [user, mailbox] : users_) {
    if (mailbox.child != nullptr) all.push_back(mailbox.child.get());
  }
  return all;
}

std::string Mailboxes::user_of(const Child& child) const {
  for (const auto& [user, mailbox] : users_) {
    if (mailbox.child.get() == &child) return user;
  }
  return {};
}

}  // namespace postkeep::role
