#include "role/status_round.h"

#include <utility>

namespace postkeep::role {

void StatusRounds::start(const ipc::StatusQuestion& question,
                         std::vector<ipc::StatusLine> facts,
                         const std::vector<Child*>& children, Done done) {
  const std::uint64_t number = ++last_;
  Round& round = rounds_[number];
  round.question = question.question;
  round.lines = std::move(facts);
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

void StatusRounds::answered(const std::string& name, ipc::StatusAnswer answer) {
  const auto at = rounds_.find(answer.question);
  if (at == rounds_.end() || at->second.waiting.erase(name) == 0) return;
  Round& round = at->second;
  for (ipc::StatusLine& line : answer.lines) {
    if (round.lines.size() == ipc::status_lines_max) break;
    round.lines.push_back(
        {name + " " + line.key.substr(0, 64), std::move(line.value)});
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
