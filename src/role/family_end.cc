// How the family ends, stage by stage, and what it says of itself.
#include <algorithm>

#include "ipc/supervisor_messages.h"
#include "role/family.h"
#include "role/topology.h"
#include "sandbox/report.h"

namespace postkeep::role {
namespace {

using ipc::RoleName;

std::string held(const ipc::StatusLine& claim) { return claim.value; }

std::string yes(bool is) { return is ? "yes" : "no"; }

// What the kernel says of a process, as lines of `postkeep sandbox`.
void append_report(std::vector<ipc::StatusLine>& lines, const Child& child) {
  const std::string name = child.name() + " ";
  for (const ipc::StatusLine& claim : child.claims) {
    lines.push_back({name + "claim " + claim.key, held(claim)});
  }
  const auto report = sandbox::report(static_cast<std::int32_t>(child.process));
  if (!report) return;
  const auto line = [&](const char* what, std::string value) {
    lines.push_back({name + what, std::move(value)});
  };
  line("uid", std::to_string(report->uid));
  line("no_new_privs", yes(report->no_new_privs));
  line("seccomp_filters", report->filtered ? std::to_string(report->filters)
                                           : std::string("none"));
  line("capabilities", report->capabilities);
  line("open_files", report->open_files);
  line("file_octets", report->file_octets);
  line("processes", report->processes);
  if (report->own_mounts) line("own_mounts", yes(*report->own_mounts));
  if (report->own_network) line("own_network", yes(*report->own_network));
}

}  // namespace

std::vector<ipc::StatusLine> Family::facts(const std::string& about) {
  std::vector<ipc::StatusLine> lines;
  std::vector<Child*> all = children();
  std::sort(all.begin(), all.end(), [](const Child* one, const Child* other) {
    return std::pair(one->role, one->instance) <
           std::pair(other->role, other->instance);
  });
  for (const Child* const child : all) {
    const bool unbound =
        child->role == RoleName::mailbox && mailboxes_.user_of(*child).empty();
    if (about == "sandbox") {
      if (!unbound) append_report(lines, *child);
      continue;
    }
    const std::string name = child->name() + " ";
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(
        clock_.steady() - child->started);
    lines.push_back(
        {name + "pid", std::to_string(static_cast<int>(child->process))});
    lines.push_back({name + "uptime_seconds", std::to_string(uptime.count())});
    if (child->role == RoleName::mailbox) {
      lines.push_back(
          {name + "user", unbound ? "-" : mailboxes_.user_of(*child)});
    }
    for (const Slot& slot : slots_) {
      if (slot.child.get() != child) continue;
      lines.push_back({name + "restarts", std::to_string(slot.restarts)});
    }
  }
  if (lines.size() > ipc::status_lines_max / 2) {
    lines.resize(ipc::status_lines_max / 2);
  }
  return lines;
}

void Family::status_asked(const ipc::Received& received) {
  ipc::StatusQuestion question;
  if (!ipc::read(received.octets, question)) return;
  rounds_.start(
      question, facts(question.about),
      question.about == "sandbox" ? std::vector<Child*>{} : children(),
      [this](ipc::StatusAnswer answer) {
        Child* const control = find(RoleName::control, 0);
        if (control != nullptr) control->send(std::move(answer));
      });
}

void Family::drain() {
  if (draining_) return;
  draining_ = true;
  mailboxes_.drain();
  abandon_unborn();
  stage_ = 0;
  for (Child* const child : children()) {
    if (plan_of(child->role).drain_stage != stage_) continue;
    child->send(ipc::Drain{static_cast<std::uint32_t>(
        belongings_.plan().drain_seconds_max.count())});
  }
  stage_timer_ = loop_.after(belongings_.plan().drain_seconds_max,
                             [this] { stage_late(); });
  next_stage();
}

// Goes on once all of this stage have ended.
void Family::next_stage() {
  for (;;) {
    const std::vector<Child*> all = children();
    if (all.empty()) {
      loop_.cancel(stage_timer_);
      return events_.family_ended();
    }
    const bool wait = std::any_of(all.begin(), all.end(), [&](Child* child) {
      return plan_of(child->role).drain_stage <= stage_;
    });
    if (wait) return;
    ++stage_;
    loop_.cancel(stage_timer_);
    stage_timer_ = loop_.after(belongings_.plan().drain_seconds_max,
                               [this] { stage_late(); });
    // The log ends when the last who talks to it has: supervisor's own line
    // is let go of first.
    if (stage_ == drain_stages - 1) log_.let_go();
    for (Child* const child : all) {
      if (plan_of(child->role).drain_stage != stage_) continue;
      child->send(ipc::Drain{static_cast<std::uint32_t>(
          belongings_.plan().drain_seconds_max.count())});
    }
  }
}

void Family::stage_late() {
  for (Child* const child : children()) {
    if (plan_of(child->role).drain_stage > stage_) continue;
    log_.line(Severity::warning, "role_late", {{"role", child->name()}});
    child->kill();
  }
}

void Family::kill() {
  draining_ = true;
  mailboxes_.drain();
  abandon_unborn();
  for (Child* const child : children()) {
    child->kill();
  }
}

}  // namespace postkeep::role
