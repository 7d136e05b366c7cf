#include "imap/session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "imap/capability.h"
#include "imap/session_core.h"

namespace postkeep::imap {
namespace {

constexpr Duration seconds(std::int64_t count) {
  return std::chrono::seconds(count);
}

}  // namespace

SessionCore::SessionCore(store::MailStore& store, const Clock& clock,
                         const SessionStart& start, SessionLimits limits)
    : store_(store),
      clock_(clock),
      limits_(limits),
      framer_(limits.command),
      last_input_(clock.steady()),
      last_output_(last_input_),
      last_refresh_(last_input_) {
  write_tagged(
      output_, start.tag, Condition::ok,
      "CAPABILITY " + capabilities_after_login(limits.command.message_octets,
                                               limits.offers_utf8),
      "Logged in");
}

SessionCore::~SessionCore() { unselect(); }

void SessionCore::received(Octets octets) {
  if (over_) return;
  last_input_ = clock_.steady();
  input_.erase(0, std::exchange(input_read_, 0));
  input_.append(reinterpret_cast<const char*>(octets.data()), octets.size());
}

bool SessionCore::wants_input() const {
  return !over_ && input_.size() - input_read_ < output_octets_max;
}

bool SessionCore::has_work() const {
  if (over_) return false;
  if (held_from_) return true;
  if (!has_room()) return false;
  if (folder_is_gone_ || (shutting_down_ && !work_ && !completion_)) {
    return true;
  }
  if (work_ || completion_ || input_read_ < input_.size()) return true;
  return idle_ && has_news();
}

void SessionCore::step() {
  if (!has_work()) return;
  if (must_flush()) {
    flush_held();
    return;
  }
  if (output_.size() == output_taken_) last_output_ = clock_.steady();
  if (folder_is_gone_ && (!work_ || work_->may_stop())) {
    end("The selected mailbox was deleted");
    return;
  }
  if (work_) {
    if (!work_->step(*this)) return;
    work_.reset();
    return;
  }
  if (completion_) {
    if (!announce(completion_->may_expunge)) finish();
    return;
  }
  if (shutting_down_) {
    end("The server ends");
    return;
  }
  if (idle_ && has_news()) {
    static_cast<void>(announce(true));
    return;
  }
  read_one();
}

void SessionCore::finish() {
  PK_CHECK(completion_.has_value());
  Completion completion = *std::exchange(completion_, std::nullopt);
  if (selected_) {
    // RFC 7162 section 6: what the client computes from FETCH data would hide
    // the expunges from it that wait.
    const auto gone = selected_->view.gone_since();
    if (condstore_ && gone && highest_written_ >= *gone) write_highest();
    if (quick_resync_ && completion.did_expunge && completion.code.empty()) {
      completion.code = "HIGHESTMODSEQ " + std::to_string(highest_told());
    }
  }
  highest_written_ = 0;
  write_tagged(output_, tag_, completion.condition, completion.code,
               completion.text);
}

void SessionCore::read_one() {
  const Octets all = octets(input_);
  Octets rest = all.subspan(input_read_);
  auto event = framer_.read(rest);
  input_read_ = all.size() - rest.size();
  if (!event) {
    end(name(event.error()));
    return;
  }
  if (*event) read_event(std::move(**event));
}

void SessionCore::read_event(FramerEvent&& event) {
  if (auto* frame = std::get_if<Frame>(&event)) {
    read_frame(std::move(*frame));
  } else if (const auto* line = std::get_if<Line>(&event)) {
    idle_line(line->text);
  } else if (const auto* asked = std::get_if<LiteralAsked>(&event)) {
    literal_asked(*asked);
  } else {
    refuse(std::get<Refused>(event));
  }
}

void SessionCore::read_frame(Frame&& frame) {
  ++commands_;
  auto command = read_command(
      std::move(frame), name_form(),
      {.search_keys = limits_.search_keys, .separator = limits_.separator});
  if (!command) {
    bad_command(command.error());
    return;
  }
  answer(std::move(*command));
}

void SessionCore::literal_asked(const LiteralAsked& asked) {
  if (!can_become_command(asked.text)) {
    framer_.refuse_literal();
    ++commands_;
    bad_command({read_tag(asked.text), CommandError::outside_grammar});
    return;
  }
  if (asked.is_message && refuse_message(asked)) return;
  write_continuation(output_, "Ready for the literal");
}

// RFC 9051 section 4.3: the server may answer in place of "+", so that nobody
// sends megabytes to a mailbox that is not there.
bool SessionCore::refuse_message(const LiteralAsked& asked) {
  const auto mailbox = mailbox_of_first_message(framer_.so_far(), name_form(),
                                                limits_.separator);
  if (!mailbox) return false;
  const std::string tag = read_tag(asked.text);
  std::optional<store::StoreError> trouble;
  if (*mailbox) {
    const auto folder = store_.open(**mailbox);
    if (folder) return false;
    trouble = folder.error();
  }
  framer_.refuse_literal();
  ++commands_;
  flush_held();
  if (over_) return true;
  tag_ = tag;
  name_ = "APPEND";
  if (trouble) {
    no_target(*trouble);
  } else {
    bad_command({tag, mailbox->error()});
  }
  return true;
}

void SessionCore::bad_command(const BadCommand& bad) {
  const std::string tag = bad.tag.empty() ? "*" : bad.tag;
  switch (bad.error) {
    case CommandError::bad_mailbox_name:
      write_tagged(output_, tag, Condition::no, "CANNOT",
                   "No mailbox can have that name");
      return;  // The client did nothing wrong: its user chose the name.
    case CommandError::unknown_command:
      write_tagged(output_, tag, Condition::bad, {}, "Unknown command");
      break;
    case CommandError::too_many:
    case CommandError::too_deep:
    case CommandError::too_long:
      write_tagged(output_, tag, Condition::bad, "LIMIT",
                   "More than this server takes");
      break;
    case CommandError::number_too_large:
      write_tagged(output_, tag, Condition::bad, {}, "A number is too large");
      break;
    case CommandError::no_such_date:
      write_tagged(output_, tag, Condition::bad, {}, "There is no such date");
      break;
    case CommandError::unknown_system_flag:
      write_tagged(output_, tag, Condition::bad, {},
                   "There is no such system flag");
      break;
    case CommandError::outside_grammar:
      write_tagged(output_, tag, Condition::bad, {}, "Wrong arguments");
      break;
  }
  count_bad();
}

void SessionCore::refuse(const Refused& refused) {
  if (idle_) {
    // The line that was to end IDLE: no command of its own, and IDLE's tag.
    idle_ = false;
    bad("DONE was expected");
    return;
  }
  ++commands_;
  const std::string read = read_tag(refused.text);
  const std::string_view tag = read.empty() ? "*" : std::string_view(read);
  if (refused.error == FrameError::message_too_large) {
    // RFC 4469 section 4.2 has the code; the client did nothing wrong.
    write_tagged(output_, tag, Condition::no, "TOOBIG",
                 "The message is too large");
    return;
  }
  if (refused.error == FrameError::messages_too_large) {
    write_tagged(output_, tag, Condition::no, "LIMIT",
                 "More than one APPEND may bring");
    return;
  }
  if (refused.error == FrameError::not_asked_for) {
    // RFC 7888 section 5, which asks for BAD and the code.
    write_tagged(output_, tag, Condition::bad, "TOOBIG",
                 "Ask before sending a literal of this size");
    count_bad();
    return;
  }
  write_tagged(output_, tag, Condition::bad, {},
               refused.error == FrameError::outside_grammar
                   ? "Wrong arguments"
                   : "Too long, or octets that no command has");
  count_bad();
}

void SessionCore::idle_line(const std::string& line) {
  idle_ = false;
  if (is_idle_done(line)) {
    ok();
  } else {
    bad("DONE was expected");
  }
}

void SessionCore::count_bad() {
  if (++bad_commands_ >= limits_.bad_commands_max) {
    end("Too many wrong commands");
  }
}

void SessionCore::end(std::string_view text) {
  flush_held();
  if (over_) return;
  // Inside of a literal no words of ours can be told from the message's.
  const bool may_speak = !work_ || work_->may_stop();
  work_.reset();
  completion_.reset();
  folder_is_gone_ = false;
  unselect();
  idle_ = false;
  if (may_speak) write_bye(output_, text);
  over_ = true;
}

Octets SessionCore::output() const {
  return octets(output_)
      .first(held_from_.value_or(output_.size()))
      .subspan(output_taken_);
}

void SessionCore::output_taken(std::size_t octets) {
  PK_CHECK(octets <= output().size());
  if (octets != 0) last_output_ = last_input_ = clock_.steady();
  output_taken_ += octets;
  if (output_taken_ < output_.size() && output_taken_ < output_octets_max) {
    return;
  }
  if (held_from_) *held_from_ -= output_taken_;
  output_.erase(0, std::exchange(output_taken_, 0));
}

SteadyTime SessionCore::deadline() const {
  SteadyTime when = last_input_ + seconds(limits_.inactivity_seconds);
  if (output_taken_ < output_.size()) {
    when = std::min(when, last_output_ + seconds(output_wait_seconds_max));
  }
  if (idle_ && selected_) {
    when = std::min(when, last_refresh_ + seconds(refresh_seconds));
  }
  return when;
}

void SessionCore::tick() {
  if (over_) return;
  const SteadyTime now = clock_.steady();
  if (output_taken_ < output_.size() &&
      now >= last_output_ + seconds(output_wait_seconds_max)) {
    // Nobody reads: what waits is not worth keeping.
    end("Too slow");
    output_.clear();
    output_taken_ = 0;
    return;
  }
  if (now >= last_input_ + seconds(limits_.inactivity_seconds)) {
    end("Autologout");
    return;
  }
  if (idle_ && selected_ && now >= last_refresh_ + seconds(refresh_seconds)) {
    refresh();
  }
}

Session::Session(store::MailStore& store, const Clock& clock,
                 const SessionStart& start, SessionLimits limits)
    : core_(std::make_unique<SessionCore>(store, clock, start, limits)) {}
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

std::string Session::write_unavailable(const std::string& tag) {
  std::string out;
  write_tagged(out, tag, Condition::no, "UNAVAILABLE",
               "Your mail cannot be opened now, try again later");
  write_bye(out, "Try again later");
  return out;
}

}  // namespace postkeep::imap
