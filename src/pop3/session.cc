#include "pop3/session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "pop3/session_core.h"

namespace postkeep::pop3 {
namespace {

constexpr Duration seconds(std::int64_t count) {
  return std::chrono::seconds(count);
}

}  // namespace

SessionCore::SessionCore(store::MailStore& store, MaildropLock& lock,
                         const Clock& clock, SessionStart start,
                         SessionLimits limits)
    : store_(store),
      hold_(lock),
      clock_(clock),
      start_(std::move(start)),
      limits_(limits),
      last_input_(clock.steady()),
      last_output_(last_input_) {}

void SessionCore::received(Octets octets) {
  if (wants_close()) return;
  last_input_ = clock_.steady();
  input_.erase(0, std::exchange(input_read_, 0));
  input_.append(reinterpret_cast<const char*>(octets.data()), octets.size());
}

bool SessionCore::wants_input() const {
  return !wants_close() && input_.size() - input_read_ < output_octets_max;
}

bool SessionCore::has_work() const {
  if (wants_close() || !has_room()) return false;
  return state_ != State::transaction || work_ != Work::none ||
         shutting_down_ || input_read_ < input_.size();
}

void SessionCore::step() {
  if (!has_work()) return;
  if (output_.size() == output_taken_) last_output_ = clock_.steady();
  slice_messages_ = 0;
  slice_octets_ = 0;
  switch (state_) {
    case State::opening: return open_maildrop();
    case State::update: return step_update();
    case State::over: return;
    case State::transaction: break;
  }
  if (work_ != Work::none) return step_work();
  // Not UPDATE: whoever did not say QUIT keeps the mail.
  if (shutting_down_) return end();
  read_one();
}

void SessionCore::open_maildrop() {
  if (!hold_.take()) {
    error(ResponseCode::in_use, "Another session has this mailbox");
    return end();
  }
  auto maildrop = Maildrop::open(store_);
  if (!maildrop) {
    error(ResponseCode::temporary, "The mailbox cannot be opened now");
    return end();
  }
  maildrop_ = std::move(*maildrop);
  state_ = State::transaction;
  ok(std::to_string(maildrop_->count()) + " messages");
}

void SessionCore::read_one() {
  const Octets all = octets(input_);
  Octets rest = all.subspan(input_read_);
  const auto line = lines_.read(rest);
  input_read_ = all.size() - rest.size();
  if (line && !*line) return;
  ++commands_;
  if (!line) {
    wrong(is_lost(line.error()) ? "Not POP3" : "Too long");
    if (is_lost(line.error())) end();
    return;
  }
  const auto command = read_command(**line);
  if (command) {
    answer(*command);
  } else {
    wrong(command.error() == CommandError::bad_arguments ? "Wrong arguments"
                                                         : "Unknown command");
  }
}

void SessionCore::wrong(std::string_view text) {
  error(ResponseCode::none, text);
  if (++bad_commands_ >= limits_.bad_commands_max) end();
}

// The maildrop stays as it is; the lock is the next one's.
void SessionCore::end() {
  state_ = State::over;
  work_ = Work::none;
  reader_.reset();
  maildrop_.reset();
  hold_.let_go();
}

Octets SessionCore::output() const {
  return octets(output_).subspan(output_taken_);
}

void SessionCore::output_taken(std::size_t octets) {
  PK_CHECK(octets <= output_.size() - output_taken_);
  if (octets != 0) last_output_ = last_input_ = clock_.steady();
  output_taken_ += octets;
  if (output_taken_ < output_.size() && output_taken_ < output_octets_max) {
    return;
  }
  output_.erase(0, std::exchange(output_taken_, 0));
}

SteadyTime SessionCore::deadline() const {
  SteadyTime when = last_input_ + seconds(limits_.autologout_seconds);
  if (output_taken_ < output_.size()) {
    when = std::min(when, last_output_ + seconds(output_wait_seconds_max));
  }
  return when;
}

void SessionCore::tick() {
  // An update is soon done, and is answered.
  if (wants_close() || state_ == State::update) return;
  const SteadyTime now = clock_.steady();
  if (output_taken_ < output_.size() &&
      now >= last_output_ + seconds(output_wait_seconds_max)) {
    // Nobody reads: what waits is not worth keeping.
    output_.clear();
    output_taken_ = 0;
    return end();
  }
  // RFC 1939 section 3: "without removing any messages or sending any response
  // to the client".
  if (now >= last_input_ + seconds(limits_.autologout_seconds)) end();
}

Session::Session(store::MailStore& store, MaildropLock& lock,
                 const Clock& clock, SessionStart start, SessionLimits limits)
    : core_(std::make_unique<SessionCore>(store, lock, clock, std::move(start),
                                          limits)) {}
Session::~Session() = default;

void Session::received(Octets octets) { core_->received(octets); }
bool Session::wants_input() const { return core_->wants_input(); }
bool Session::has_work() const { return core_->has_work(); }
void Session::step() { core_->step(); }
Octets Session::output() const { return core_->output(); }
void Session::output_taken(std::size_t octets) { core_->output_taken(octets); }
SteadyTime Session::deadline() const { return core_->deadline(); }
void Session::tick() { core_->tick(); }
void Session::shut_down() { core_->shut_down(); }
bool Session::wants_close() const { return core_->wants_close(); }
std::uint64_t Session::commands() const { return core_->commands(); }

std::string Session::write_unavailable() {
  std::string out;
  write_error(out, ResponseCode::temporary,
              "Your mail cannot be opened now, try again later");
  return out;
}

}  // namespace postkeep::pop3
