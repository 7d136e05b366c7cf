#include "role/mbox.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "role/configuration.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

// Between attempts at a file that another program has: each twice as long.
constexpr std::chrono::milliseconds pause_first_milliseconds{50};
constexpr std::chrono::milliseconds pause_last_milliseconds{2000};

}  // namespace

MboxRole::MboxRole(RoleContext& context)
    : context_(context), old_links_(context.timers) {}

bool MboxRole::prepare() {
  auto config = given_configuration(context_);
  auto users = given_mbox_users(context_);
  if (!config || !users || context_.disk == nullptr) return false;
  config_ = std::move(*config);
  users_ = std::move(*users);
  return true;
}

void MboxRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                    std::unique_ptr<Channel> channel) {
  if (role != ipc::RoleName::spool) return;
  old_links_.bury(std::move(spool_));
  spool_ = std::make_unique<Link>(
      std::move(channel),
      [this](ipc::Received received) { spool_message(std::move(received)); },
      [this] { old_links_.bury(std::move(spool_)); });
  // Another spool may have died before it said what to forget.
  for (auto& [name, file] : files_) tell_known(file);
}

void MboxRole::supervisor_message(ipc::Received message) {
  if_message<ipc::SpoolFileMade>(
      message, [this](const ipc::SpoolFileMade& made) { file_made(made); });
  answer_status(context_, message,
                {{"accounts", users_.size()},
                 {"delivered", delivered_count_},
                 {"waiting", waiting_count_}});
}

void MboxRole::spool_message(ipc::Received received) {
  if_message<ipc::Drop>(received, [&](ipc::Drop& message) {
    dropped(message, received.descriptors);
  });
  if_message<ipc::DropsForget>(
      received, [this](const ipc::DropsForget& message) { forget(message); });
}

void MboxRole::dropped(ipc::Drop& message,
                       std::vector<Descriptor>& descriptors) {
  const std::string* const name = users_.file_of(message.user);
  if (name == nullptr) {
    return answer(message, ipc::DropVerdict::trouble, "account_without_file");
  }
  std::unique_ptr<SharedMemory::View> view;
  if (!message.inline_text) {
    if (descriptors.size() == 1) {
      auto mapped = context_.memory.view(descriptors[0],
                                         config_.limits.message_octets_max);
      if (mapped) view = std::move(*mapped);
    }
    if (!view) return answer(message, ipc::DropVerdict::trouble, "no_octets");
  }
  if (message.octets != (view ? view->octets().size() : message.text.size())) {
    return answer(message, ipc::DropVerdict::malformed, "wrong_size");
  }
  const bool has_room =
      waiting_octets_ == 0 ||
      waiting_octets_ + message.octets <= drops_waiting_octets_max;
  File* const file =
      draining_ || !has_room ? nullptr : file_of(*name, message.user);
  if (file == nullptr) {
    return answer(message, ipc::DropVerdict::trouble,
                  draining_ ? "ending" : "too_much_waits");
  }
  waiting_octets_ += message.octets;
  waiting_count_ += 1;
  file->waiting.push_back({std::move(message), std::move(view), now()});
  work_soon();
}

// Once the door is closed; null when it cannot be now.
MboxRole::File* MboxRole::file_of(const std::string& name,
                                  const std::string& user) {
  Disk& disk = *context_.disk;
  if (notes_ == DirectoryHandle::none) {
    const auto notes =
        disk.open_directory(disk.root(), mbox::spool_notes_directory);
    if (!notes) {
      context_.log.line(Severity::error, "mbox_notes_unusable",
                        {{"why", postkeep::name(notes.error())}});
      return nullptr;
    }
    notes_ = *notes;
  }
  auto at = files_.find(name);
  if (at == files_.end()) {
    if (files_.size() >= drop_files_max && !make_room()) return nullptr;
    at = files_.try_emplace(name).first;
    at->second.file = std::make_unique<mbox::SpoolFile>(
        mbox::SpoolFile::Place{disk, disk.root(), name},
        mbox::SpoolFile::Place{disk, notes_, name}, context_.clock,
        mbox::NoFile::is_told);
  }
  at->second.user = user;
  at->second.used = ++uses_;
  return &at->second;
}

bool MboxRole::make_room() {
  auto oldest = files_.end();
  for (auto at = files_.begin(); at != files_.end(); ++at) {
    if (!at->second.waiting.empty()) continue;
    if (oldest == files_.end() || at->second.used < oldest->second.used) {
      oldest = at;
    }
  }
  if (oldest == files_.end()) return false;
  files_.erase(oldest);
  return true;
}

void MboxRole::work_soon() {
  if (work_timer_ != TimerId::none) return;
  work_timer_ = context_.timers.after(Duration(0), [this] {
    work_timer_ = TimerId::none;
    work();
  });
}

// One message for each file: what is long in one does not keep the others.
void MboxRole::work() {
  bool more = false;
  for (auto& [name, file] : files_) {
    if (has_failed_) break;
    if (file.waiting.empty() || file.is_asked || file.pause != TimerId::none) {
      continue;
    }
    more |= step(name, file) == Next::more && !file.waiting.empty();
  }
  if (has_failed_ && !draining_) return drain();
  if (more) work_soon();
  drain_when_done();
}

MboxRole::Next MboxRole::step(const std::string& name, File& file) {
  const Waiting& first = file.waiting.front();
  const ipc::Drop& message = first.message;
  const Octets text = first.view ? first.view->octets() : Octets(message.text);
  const std::array pieces{octets(message.header_prefix), text};
  const bool give_up =
      file.interrupted_since &&
      now() - *file.interrupted_since > interrupted_minutes_max;
  const auto dropped = file.file->deliver(
      message.id,
      mbox::write_delivered(pieces, message.reverse_path, message.received),
      give_up);
  if (!file.is_told) tell_known(file);
  if (!dropped) return could_not(name, file, dropped.error());
  delivered_count_ += 1;
  context_.log.line(
      Severity::info, "message_delivered",
      {{"session", message.session},
       {"queue_id", message.queue_id},
       {"user", message.user},
       {"mbox", name},
       {"again", *dropped == mbox::Dropped::before ? "yes" : "no"}});
  file.interrupted_since.reset();
  answer_first(file, ipc::DropVerdict::done);
  return Next::more;
}

MboxRole::Next MboxRole::could_not(const std::string& name, File& file,
                                   mbox::DropError why) {
  if (file.file->has_failed()) {
    has_failed_ = true;
    context_.log.line(Severity::error, "mbox_failed",
                      {{"mbox", name}, {"why", "flush_failed"}});
  }
  if (why == mbox::DropError::missing) {
    file.is_asked = true;
    context_.supervisor.send(ipc::SpoolFileWanted::kind,
                             ipc::write(ipc::SpoolFileWanted{.user = name}));
    return Next::later;
  }
  const bool is_full = file.file->known().size() >= mbox::drop_ids_max;
  if (why == mbox::DropError::waiting && !is_full && !file.interrupted_since) {
    file.interrupted_since = now();
  }
  const bool may_wait =
      why == mbox::DropError::locked || why == mbox::DropError::waiting;
  if (may_wait && !draining_ &&
      now() - file.waiting.front().since <= drop_wait_seconds_max) {
    // The one that was interrupted may stand further back.
    if (why == mbox::DropError::waiting && !is_full &&
        ++file.tried < file.waiting.size()) {
      file.waiting.push_back(std::move(file.waiting.front()));
      file.waiting.pop_front();
      return Next::more;
    }
    return later(file);
  }
  answer_first(file,
               why == mbox::DropError::no_space ? ipc::DropVerdict::no_space
                                                : ipc::DropVerdict::trouble,
               mbox::name(why));
  return Next::more;
}

MboxRole::Next MboxRole::later(File& file) {
  file.tried = 0;
  file.pause_next = std::clamp<Duration>(
      2 * file.pause_next, pause_first_milliseconds, pause_last_milliseconds);
  file.pause = context_.timers.after(file.pause_next, [this, &file] {
    file.pause = TimerId::none;
    work_soon();
  });
  return Next::later;
}

void MboxRole::tell_known(File& file) {
  const std::vector<mbox::DropId>& known = file.file->known();
  if (known.empty()) return;
  file.is_told = spool_ && spool_->send(ipc::DropsKnown{file.user, known});
}

void MboxRole::forget(const ipc::DropsForget& message) {
  const std::string* const name = users_.file_of(message.user);
  const auto at = name == nullptr ? files_.end() : files_.find(*name);
  if (at == files_.end()) return;
  at->second.file->forget(message.ids);
  // It may be that for which others wait.
  if (at->second.waiting.empty()) return;
  context_.timers.cancel(std::exchange(at->second.pause, {}));
  work_soon();
}

void MboxRole::file_made(const ipc::SpoolFileMade& made) {
  const auto at = files_.find(made.user);
  if (at == files_.end() || !std::exchange(at->second.is_asked, false)) return;
  while (!made.ok && !at->second.waiting.empty()) {
    answer_first(at->second, ipc::DropVerdict::trouble, "no_file");
  }
  work_soon();
}

void MboxRole::answer(const ipc::Drop& message, ipc::DropVerdict verdict,
                      std::string_view why) {
  if (verdict != ipc::DropVerdict::done) {
    context_.log.line(Severity::warning, "delivery_deferred",
                      {{"session", message.session},
                       {"queue_id", message.queue_id},
                       {"user", message.user},
                       {"why", why}});
  }
  if (!spool_) return;
  static_cast<void>(
      spool_->send(ipc::DropAnswer{message.id, message.user, verdict}));
}

void MboxRole::answer_first(File& file, ipc::DropVerdict verdict,
                            std::string_view why) {
  const ipc::Drop& message = file.waiting.front().message;
  waiting_octets_ -= message.octets;
  waiting_count_ -= 1;
  answer(message, verdict, why);
  file.waiting.pop_front();
  file.tried = 0;
  file.pause_next = {};
}

void MboxRole::reload() {
  if (auto config = given_configuration(context_)) config_ = std::move(*config);
  if (auto users = given_mbox_users(context_)) users_ = std::move(*users);
}

// What waits for a lock is spool's again.
void MboxRole::drain() {
  draining_ = true;
  for (auto& [name, file] : files_) {
    context_.timers.cancel(std::exchange(file.pause, {}));
    while (!file.waiting.empty() && (has_failed_ || file.is_asked)) {
      answer_first(file, ipc::DropVerdict::trouble, "ending");
    }
  }
  work_soon();
}

void MboxRole::drain_when_done() {
  if (!draining_ || waiting_count_ > 0) return;
  spool_.reset();
  context_.supervisor.drained();
}

std::unique_ptr<Role> make_mbox(RoleContext& context) {
  auto role = std::make_unique<MboxRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
