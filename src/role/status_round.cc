#include "role/status_round.h"

#include <utility>

namespace postkeep::role {
namespace {

constexpr std::size_t answered_key_octets_max = 64;
constexpr std::size_t answered_value_octets_max = 256;

// A role that strangers have taken over must not write to the operator's
// terminal, nor more than can be sent.
std::string printable(std::string_view text, std::size_t octets_max) {
  std::string shown(text.substr(0, octets_max));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown;
}

}  // namespace

// What is too much is left out.
void StatusRounds::add(Round& round, ipc::StatusLine line) {
  const std::size_t octets = line.key.size() + line.value.size();
  if (round.lines.size() == ipc::status_lines_max ||
      round.octets + octets > ipc::status_octets_max) {
    return;
  }
  round.octets += octets;
  round.lines.push_back(std::move(line));
}

void StatusRounds::start(const ipc::StatusQuestion& question,
                         std::vector<ipc::StatusLine> facts,
                         const std::vector<Child*>& children, Done done) {
  const std::uint64_t number = ++last_;
  Round& round = rounds_[number];
  round.question = question.question;
  for (ipc::StatusLine& line : facts) add(round, std::move(line));
  round.done = std::move(done);
  for (Child* const child : children) {
    if (child->state != ChildState::ready) continue;
    if (child->send(ipc::StatusQuestion{number, question.about})) {
      round.waiting.insert(child->name());
    }
  }
  if (round.waiting.empty()) return end(number);
  round.timer =
      timers_.after(status_seconds_max, [this, number] { end(number); });
}

void StatusRounds::answered(const std::string& name,
                            const ipc::StatusAnswer& answer) {
  const auto at = rounds_.find(answer.question);
  if (at == rounds_.end() || at->second.waiting.erase(name) == 0) return;
  Round& round = at->second;
  for (const ipc::StatusLine& line : answer.lines) {
    add(round, {name + " " + printable(line.key, answered_key_octets_max),
                printable(line.value, answered_value_octets_max)});
  }
  if (round.waiting.empty()) end(answer.question);
}

void StatusRounds::end(std::uint64_t number) {
  auto round = rounds_.extract(number);
  if (round.empty()) return;
  timers_.cancel(round.mapped().timer);
  round.mapped().done(
      {round.mapped().question, std::move(round.mapped().lines)});
}

}  // namespace postkeep::role
