#include "role/family.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "io/place.h"
#include "ipc/auth_messages.h"
#include "ipc/supervisor_messages.h"
#include "role/peer_name.h"
#include "role/start.h"
#include "role/topology.h"

namespace postkeep::role {
namespace {

using ipc::RoleName;

constexpr std::chrono::milliseconds restart_first_milliseconds{100};
constexpr unsigned restart_doublings_max = 8;  // To about 26 s.
// A role that lived this long has recovered: its failures are forgotten.
constexpr std::chrono::seconds recovered_seconds{30};
// A role that was never ready is tried so often before the server gives up.
constexpr std::uint32_t first_failures_max = 3;

Duration restart_delay(std::uint32_t failures) {
  if (failures == 0) return Duration::zero();
  return restart_first_milliseconds *
         (1U << std::min(failures - 1, restart_doublings_max));
}

bool end_of_pair(Child& child, const PeerName& peer, Descriptor end) {
  Parcel parcel;
  parcel.emplace_back(write_peer_name(peer), std::move(end));
  return child.give(std::move(parcel));
}

}  // namespace

Family::Family(io::Loop& loop, const Clock& clock, io::LogClient& log,
               io::ThisProgram program, Belongings& belongings, Events& events)
    : loop_(loop),
      clock_(clock),
      log_(log),
      program_(std::move(program)),
      belongings_(belongings),
      events_(events),
      channels_(loop),
      mailboxes_(*this, loop, log, belongings.plan().mailboxes_max,
                 belongings.plan().mailboxes_ahead),
      nursery_(channels_, log),
      rounds_(loop) {
  const std::uint32_t wanted = belongings.plan().instances;
  const std::uint32_t instances = wanted != 0 ? wanted : io::core_count();
  for (const RoleName role : ipc::all_role_names) {
    const Count count = plan_of(role).count;
    const std::uint32_t all = count == Count::one        ? 1
                              : count == Count::per_core ? instances
                                                         : 0;
    for (std::uint32_t instance = 0; instance < all; ++instance) {
      Slot slot;
      slot.role = role;
      slot.instance = instance;
      slots_.push_back(std::move(slot));
    }
  }
}

Child* Family::find(RoleName role, std::uint32_t instance) const {
  for (const Slot& slot : slots_) {
    if (slot.role == role && slot.instance == instance) {
      return slot.child.get();
    }
  }
  return nullptr;
}

std::vector<Child*> Family::children() const {
  std::vector<Child*> all = mailboxes_.children();
  for (const Slot& slot : slots_) {
    if (slot.child != nullptr) all.push_back(slot.child.get());
  }
  return all;
}

// What a role prints to standard error, a failed check above all, is logged.
std::optional<Family::Errors> Family::errors_of(RoleName role) {
  auto to_log = io::packet_pair();
  auto errors = role == RoleName::log ? io::standard_error()
                : to_log              ? io::copy_of(to_log->first)
                                      : std::unexpected(Trouble::descriptors);
  if (to_log && errors) return Errors{std::move(*errors), std::move(*to_log)};
  log_.line(Severity::error, "role_not_started",
            {{"role", name(role)}, {"why", "descriptors"}});
  return std::nullopt;
}

// Its way to the log.
void Family::give_log(Child& child, Errors errors) {
  if (child.role == RoleName::log) return;
  if (Child* const log = find(RoleName::log, 0)) {
    end_of_pair(*log, {child.role, child.instance},
                std::move(errors.to_log.second));
  }
  end_of_pair(child, {RoleName::log, 0}, std::move(errors.to_log.first));
}

Child::OnMessage Family::on_message() {
  return [this](Child& from, std::optional<ipc::Received> received) {
    message(from, std::move(received));
  };
}

// A process of that role, with its line and its way to the log.
std::unique_ptr<Child> Family::spawn(RoleName role, std::uint32_t instance) {
  auto errors = errors_of(role);
  if (!errors) return nullptr;
  auto line = io::packet_pair();
  const auto process =
      line ? program_.start(arguments_of(role), line->second, errors->of_child)
           : std::unexpected(line.error());
  if (!process) {
    log_.line(Severity::error, "role_not_started",
              {{"role", name(role)}, {"why", name(process.error())}});
    return nullptr;
  }
  auto child = std::make_unique<Child>(role, instance, *process,
                                       channels_.adopt(std::move(line->first)),
                                       clock_.steady(), on_message());
  give_log(*child, std::move(*errors));
  return child;
}

void Family::give_log_to_supervisor() {
  Child* const log = find(RoleName::log, 0);
  auto pair = io::packet_pair();
  if (log == nullptr || !pair) return;
  if (!end_of_pair(*log, {RoleName::supervisor, 0}, std::move(pair->first))) {
    return;
  }
  log_.use(channels_.adopt(std::move(pair->second)));
}

void Family::introduce(Child& one, Child& other) {
  if (!are_linked(one.role, one.instance, other.role, other.instance)) return;
  auto pair = io::packet_pair();
  if (!pair) {
    return log_.line(Severity::error, "roles_not_introduced",
                     {{"one", one.name()}, {"other", other.name()}});
  }
  end_of_pair(one, {other.role, other.instance}, std::move(pair->first));
  end_of_pair(other, {one.role, one.instance}, std::move(pair->second));
}

// With its Start and what it is given, but without peers.
bool Family::begin(Slot& slot) {
  auto child = spawn(slot.role, slot.instance);
  auto parcel = belongings_.of(slot.role);
  if (child == nullptr || !parcel) return false;
  child->send(belongings_.start_of(slot.role, slot.instance));
  child->give(std::move(*parcel));
  slot.child = std::move(child);
  if (slot.role == RoleName::log) give_log_to_supervisor();
  return true;
}

void Family::enter(Slot& slot) {
  slot.child->send(ipc::Enter{});
  if (slot.role == RoleName::seed) nursery_.use(*slot.child);
}

void Family::introduce_to_all(Child& newborn) {
  for (Child* const other : children()) {
    // Its way to the log it has from its birth.
    if (other == &newborn || other->role == RoleName::log) continue;
    introduce(newborn, *other);
  }
}

void Family::start() {
  for (Slot& slot : slots_) {
    if (!belongings_.wants(slot.role)) continue;
    if (!begin(slot)) {
      return events_.family_failed("cannot start the role " +
                                   std::string(name(slot.role)));
    }
    introduce_to_all(*slot.child);
  }
  for (Slot& slot : slots_) {
    if (slot.child != nullptr) enter(slot);
  }
  mailboxes_.fill();
}

void Family::message(Child& child, std::optional<ipc::Received> received) {
  // The line has ended, or what came was no message: it ends, and is reaped.
  // (That of one that is not born yet ends with a seed.)
  if (!received) {
    if (child.process != io::ProcessId::none) child.kill();
    return;
  }
  const RoleName from = child.role;
  switch (received->kind) {
    case ipc::Kind::ready: return ready(child, *received);
    case ipc::Kind::mailbox_born:
      if (from == RoleName::seed) mailbox_born(*received);
      return;
    case ipc::Kind::drained: child.state = ChildState::draining; return;
    case ipc::Kind::status_answer: {
      ipc::StatusAnswer answer;
      if (ipc::read(received->octets, answer)) {
        rounds_.answered(child.name(), answer);
      }
      return;
    }
    case ipc::Kind::session_hand_over:
      if (from == RoleName::auth || from == RoleName::control) {
        mailboxes_.session(std::move(*received));
      }
      return;
    case ipc::Kind::mailbox_wanted:
      if (from == RoleName::spool) {
        if_message<ipc::MailboxWanted>(
            *received, [this](const ipc::MailboxWanted& wanted) {
              mailboxes_.wanted(wanted.user);
            });
      }
      return;
    case ipc::Kind::mailbox_idle:
      if (from == RoleName::mailbox) {
        if_message<ipc::MailboxIdle>(*received,
                                     [&](const ipc::MailboxIdle& idle) {
                                       mailboxes_.idle(child, idle.received);
                                     });
      }
      return;
    case ipc::Kind::spool_file_wanted:
      if (from == RoleName::mbox) spool_file_wanted(child, *received);
      return;
    case ipc::Kind::status_question:
      if (from == RoleName::control) status_asked(*received);
      return;
    case ipc::Kind::reload_wanted:
      if (from == RoleName::control) events_.reload_wanted();
      return;
    default: return;
  }
}

void Family::spool_file_wanted(Child& mbox, const ipc::Received& received) {
  if_message<ipc::SpoolFileWanted>(
      received, [&](const ipc::SpoolFileWanted& wanted) {
        const auto made = belongings_.make_spool_file(wanted.user);
        if (!made) {
          log_.line(Severity::error, "spool_file_not_made",
                    {{"file", wanted.user}, {"why", made.error()}});
        }
        mbox.send(ipc::SpoolFileMade{wanted.user, made.has_value()});
      });
}

void Family::ready(Child& child, const ipc::Received& received) {
  if_message<ipc::Ready>(received, [&](ipc::Ready& ready) {
    child.state = ChildState::ready;
    child.claims = std::move(ready.claims);
    for (const ipc::StatusLine& claim : child.claims) {
      if (claim.value == "held") continue;
      // As it is meant: there is a fresh seed now and then.
      if (child.role == RoleName::seed) continue;
      log_.line(
          Severity::notice, "claim_not_held",
          {{"role", child.name()}, {"claim", claim.key}, {"how", claim.value}});
    }
    if (child.role != RoleName::mailbox) {
      log_.line(Severity::info, "role_ready",
                {{"role", child.name()},
                 {"pid", static_cast<std::uint64_t>(child.process)}});
    }
  });
  for (Slot& slot : slots_) {
    if (slot.child.get() == &child) slot.was_ready = true;
  }
  look_whether_ready();
}

void Family::look_whether_ready() {
  if (all_ready_ || draining_) return;
  for (const Slot& slot : slots_) {
    if (!belongings_.wants(slot.role)) continue;
    if (slot.child == nullptr || slot.child->state != ChildState::ready) {
      return;
    }
  }
  all_ready_ = true;
  events_.family_ready();
}

std::unique_ptr<Child> Family::start_mailbox(std::uint32_t instance) {
  auto errors = errors_of(RoleName::mailbox);
  if (!errors) return nullptr;
  auto child = std::make_unique<Child>(RoleName::mailbox, instance,
                                       clock_.steady(), on_message());
  nursery_.expect(*child, std::move(errors->of_child));
  give_log(*child, std::move(*errors));
  return child;
}

void Family::mailbox_born(const ipc::Received& received) {
  if (Child* const lost = nursery_.born(received)) {
    mailboxes_.ended(*lost, false);
  }
}

void Family::abandon_unborn() {
  for (const Child* const child : nursery_.abandon()) {
    mailboxes_.ended(*child, true);
  }
}

bool Family::bind(Child& child, const std::string& user) {
  auto directory = belongings_.mailbox_directory(user);
  auto parcel = belongings_.of(RoleName::mailbox);
  if (!directory || !parcel) return false;
  parcel->emplace_back("directory", std::move(*directory));
  ipc::Start start = belongings_.start_of(RoleName::mailbox, child.instance);
  start.user = user;
  return child.send(std::move(start)) && child.give(std::move(*parcel)) &&
         child.send(ipc::Enter{});
}

bool Family::meet_spool(const std::string& user, Child* child) {
  Child* const spool = find(RoleName::spool, 0);
  if (spool == nullptr) return false;
  auto pair = io::packet_pair();
  if (child == nullptr || !pair ||
      !end_of_pair(*child, {RoleName::spool, 0}, std::move(pair->first))) {
    spool->send(ipc::MailboxGiven{user, false});
    return false;
  }
  std::vector<Descriptor> end;
  end.push_back(std::move(pair->second));
  spool->send(ipc::MailboxGiven{user, true}, std::move(end));
  return true;
}

void Family::reload() {
  for (Child* const child : children()) {
    // One without a user gets everything when it gets its user.
    if (child->role == RoleName::mailbox &&
        mailboxes_.user_of(*child).empty()) {
      continue;
    }
    auto parcel = belongings_.of_reload(child->role);
    if (!parcel) continue;
    child->give(std::move(*parcel));
    child->send(ipc::Reload{});
  }
  // One that had nothing to do until now.
  for (Slot& slot : slots_) {
    if (slot.child == nullptr && slot.failures == 0 &&
        belongings_.wants(slot.role)) {
      restart_later(slot);
    }
  }
}

void Family::log_end(const std::string& child, const io::Ended& ended,
                     bool in_order) {
  const std::string how = ended.by_signal
                              ? io::name_of_signal(*ended.by_signal)
                              : "status " + std::to_string(ended.status);
  log_.line(in_order ? Severity::info : Severity::error, "role_ended",
            {{"role", child},
             {"pid", static_cast<std::uint64_t>(ended.process)},
             {"how", how}});
}

void Family::reap() {
  for (const io::Ended& ended : io::reap()) {
    bool found = false;
    for (Slot& slot : slots_) {
      if (slot.child == nullptr || slot.child->process != ended.process) {
        continue;
      }
      found = true;
      slot_ended(slot, ended);
      break;
    }
    if (found) continue;
    const bool in_order = !ended.by_signal && ended.status == 0;
    if (!mailboxes_.ended(ended.process, in_order)) {
      nursery_.ended(ended.process);
    } else if (!in_order) {
      log_end("mailbox", ended, false);
      nursery_.renew();
    }
  }
  if (draining_) next_stage();
}

void Family::slot_ended(Slot& slot, const io::Ended& ended) {
  const bool in_order = slot.child->state == ChildState::draining;
  if (slot.role == RoleName::log && !draining_) log_.hold();
  // The end of the log itself is the one thing that it cannot log.
  if (!(draining_ && in_order && slot.role == RoleName::log)) {
    log_end(slot.child->name(), ended,
            in_order && (draining_ || slot.role == RoleName::seed));
  }
  if (slot.role == RoleName::seed) nursery_.seed_ended();
  if (clock_.steady() - slot.child->started > recovered_seconds) {
    slot.failures = 0;
  }
  // A seed ends in order when there is to be a fresh one.
  const bool renewed = in_order && slot.role == RoleName::seed;
  slot.failures = renewed ? 0 : slot.failures + 1;
  // Its callbacks may be on their way up: freed in the next round.
  ended_.push_back(std::move(slot.child));
  loop_.after(Duration::zero(), [this] { ended_.clear(); });
  if (draining_) return;
  if (!all_ready_ && !slot.was_ready && slot.failures >= first_failures_max) {
    return events_.family_failed("the role " + std::string(name(slot.role)) +
                                 " does not start: see the log");
  }
  restart_later(slot);
}

void Family::restart_later(Slot& slot) {
  loop_.after(restart_delay(slot.failures), [this, &slot] {
    if (draining_ || slot.child != nullptr) return;
    if (slot.failures > 0) slot.restarts += 1;
    if (!begin(slot)) {
      slot.failures += 1;
      return restart_later(slot);
    }
    if (slot.role == RoleName::log) {
      for (Child* const other : children()) introduce(*slot.child, *other);
    } else {
      introduce_to_all(*slot.child);
    }
    enter(slot);
  });
}

}  // namespace postkeep::role
