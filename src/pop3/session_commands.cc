// What each command of the TRANSACTION state does, and the UPDATE state (RFC
// 1939 sections 5 to 7).

#include <algorithm>
#include <utility>
#include <variant>

#include "pop3/capability.h"
#include "pop3/session_core.h"

namespace postkeep::pop3 {
namespace {

// What is read of a message at once.
constexpr std::size_t piece_octets_max = 32UL * 1024;

std::string two_numbers(std::uint64_t one, std::uint64_t other) {
  return std::to_string(one) + ' ' + std::to_string(other);
}

}  // namespace

void SessionCore::answer(const Command& command) {
  std::visit([this](const auto& one) { run(one); }, command);
}

template <typename Other>
void SessionCore::run(const Other& /*command*/) {
  wrong("You are logged in");
}

void SessionCore::begin(Work work) {
  work_ = work;
  next_ = 1;
}

bool SessionCore::has_message(std::uint32_t number) {
  if (maildrop_->has(number)) return true;
  error(ResponseCode::none, "No such message");
  return false;
}

void SessionCore::run(const Stat& /*command*/) {
  sum_octets_ = 0;
  sum_messages_ = 0;
  begin(Work::stat);
}

void SessionCore::run(const List& command) {
  if (!command.message) {
    ok("Sizes follow");
    return begin(Work::list);
  }
  if (!has_message(*command.message)) return;
  ok(two_numbers(*command.message, maildrop_->octets(*command.message)));
}

void SessionCore::run(const Uidl& command) {
  if (!command.message) {
    ok("Unique-ids follow");
    return begin(Work::uidl);
  }
  if (!has_message(*command.message)) return;
  ok(std::to_string(*command.message) + ' ' +
     maildrop_->unique_id(*command.message));
}

void SessionCore::run(const Retr& command) {
  begin_text(command.message, std::nullopt);
}

void SessionCore::run(const Top& command) {
  begin_text(command.message, command.lines);
}

void SessionCore::begin_text(std::uint32_t number,
                             std::optional<std::uint32_t> body_lines_max) {
  if (!has_message(number)) return;
  auto reader = maildrop_->folder().read_text(maildrop_->uid(number));
  if (!reader) {
    if (reader.error() == store::StoreError::not_found) {
      error(ResponseCode::none, "That message is gone");
    } else {
      error(ResponseCode::temporary, "That message cannot be read now");
    }
    return;
  }
  ok("The message follows");
  reader_ = std::move(*reader);
  writer_.emplace(MessageForm{start_.utf8, body_lines_max});
  begin(Work::text);
}

void SessionCore::run(const Dele& command) {
  if (!has_message(command.message)) return;
  maildrop_->mark_deleted(command.message);
  ok("Marked");
}

void SessionCore::run(const Noop& /*command*/) { ok("Here I am"); }

void SessionCore::run(const Rset& /*command*/) {
  maildrop_->unmark_all();
  ok("Nothing is marked");
}

void SessionCore::run(const Capa& /*command*/) {
  write_capabilities(output_, {.stls = false,
                               .login = start_.offers_login,
                               .mechanisms = start_.mechanisms});
}

void SessionCore::run(const Lang& command) {
  answer_lang(output_, command.range);
}

void SessionCore::run(const Quit& /*command*/) {
  marked_ = maildrop_->marked();
  state_ = State::update;
}

// "+OK" says that what was marked is gone for good: the store has flushed it.
void SessionCore::step_update() {
  const std::size_t count =
      std::min(slice_messages_max, marked_.size() - removed_);
  if (count > 0) {
    const auto slice = std::span(marked_).subspan(removed_, count);
    if (!maildrop_->folder().expunge(slice)) {
      error(ResponseCode::temporary, "Some messages were not removed");
      return end();
    }
    removed_ += count;
  }
  if (removed_ < marked_.size()) return;
  ok("Until next time");
  end();
}

void SessionCore::step_work() {
  switch (work_) {
    case Work::stat: return step_stat();
    case Work::list: return step_list();
    case Work::uidl: return step_uidl();
    case Work::text: return step_text();
    case Work::none: return;
  }
}

bool SessionCore::size_next() {
  const bool costs = !maildrop_->is_sized(next_);
  if (++slice_messages_ > slice_messages_max ||
      slice_octets_ > slice_octets_max) {
    return false;
  }
  const std::uint64_t octets = maildrop_->octets(next_);
  if (costs) slice_octets_ += octets;
  return true;
}

void SessionCore::step_stat() {
  for (; next_ <= maildrop_->count(); ++next_) {
    if (!maildrop_->has(next_)) continue;
    if (!size_next()) return;
    sum_octets_ += maildrop_->octets(next_);
    ++sum_messages_;
  }
  ok(two_numbers(sum_messages_, sum_octets_));
  work_ = Work::none;
}

void SessionCore::step_list() {
  for (; next_ <= maildrop_->count(); ++next_) {
    if (!maildrop_->has(next_)) continue;
    if (!has_room() || !size_next()) return;
    output_ += two_numbers(next_, maildrop_->octets(next_));
    output_ += "\r\n";
  }
  write_end(output_);
  work_ = Work::none;
}

void SessionCore::step_uidl() {
  for (; next_ <= maildrop_->count(); ++next_) {
    if (!maildrop_->has(next_)) continue;
    if (!has_room() || ++slice_messages_ > slice_messages_max) return;
    output_ += std::to_string(next_);
    output_ += ' ';
    output_ += maildrop_->unique_id(next_);
    output_ += "\r\n";
  }
  write_end(output_);
  work_ = Work::none;
}

void SessionCore::step_text() {
  std::vector<Octet> room(piece_octets_max);
  for (;;) {
    if (!has_room() || slice_octets_ > slice_octets_max) return;
    const auto got = reader_->read(room);
    // The client must not take for whole what is not: no end is written.
    if (!got) return end();
    slice_octets_ += *got;
    writer_->write(Octets(room).first(*got), output_);
    if (*got < room.size() || writer_->has_enough()) break;
  }
  writer_->end(output_);
  reader_.reset();
  writer_.reset();
  work_ = Work::none;
}

}  // namespace postkeep::pop3
