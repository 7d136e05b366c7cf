// Strings that lead through every transition of an automaton: for a compiled
// machine that is said to be the same, tests that leave out none of its states.
//
// Here:      for_each_transition().
// Not here:  the automaton: a reference machine that can be stepped.
// Laws:      those of the machine that is tried.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "base/octets.h"

namespace postkeep {

// What a reference machine gives: its state 0 is the error state.
struct Automaton {
  int start = 0;
  int (*step)(int state, Octet octet) = nullptr;
  bool (*is_final)(int state) = nullptr;
};

// The shortest string that leads to each state, and from each to a final one.
class ShortestStrings {
 public:
  explicit ShortestStrings(const Automaton& automaton) {
    std::map<int, std::map<int, Octet>> into;  // Target, source, octet.
    std::deque<int> todo{automaton.start};
    to_[automaton.start] = "";
    while (!todo.empty()) {
      const int state = todo.front();
      todo.pop_front();
      for (int octet = 0; octet < 256; ++octet) {
        const int next = automaton.step(state, static_cast<Octet>(octet));
        if (next == 0) continue;
        into[next].emplace(state, static_cast<Octet>(octet));
        const bool is_first =
            to_.emplace(next, to_[state] + static_cast<char>(octet)).second;
        if (is_first) todo.push_back(next);
      }
    }
    for (const auto& [state, text] : to_) {
      if (!automaton.is_final(state)) continue;
      from_[state] = "";
      todo.push_back(state);
    }
    while (!todo.empty()) {
      const int state = todo.front();
      todo.pop_front();
      for (const auto& [source, octet] : into[state]) {
        const bool is_first =
            from_.emplace(source, static_cast<char>(octet) + from_[state])
                .second;
        if (is_first) todo.push_back(source);
      }
    }
  }

  [[nodiscard]] const std::map<int, std::string>& to() const { return to_; }
  [[nodiscard]] const std::string& from(int state) const {
    return from_.at(state);
  }

 private:
  std::map<int, std::string> to_;
  std::map<int, std::string> from_;
};

// Calls taken(whole, size) for every state and octet that it takes: `whole` is
// accepted, its first `size` octets end with that one. Calls refused(text) for
// octets that the state does not take, where such a range begins or ends.
void for_each_transition(const Automaton& automaton, const auto& taken,
                         const auto& refused) {
  const ShortestStrings strings(automaton);
  for (const auto& [state, text] : strings.to()) {
    bool before = true;
    for (int octet = 0; octet < 256; ++octet) {
      const std::string longer = text + static_cast<char>(octet);
      const int next = automaton.step(state, static_cast<Octet>(octet));
      if (next != 0) {
        taken(longer + strings.from(next), longer.size());
      } else if (before || octet == 255 ||
                 automaton.step(state, static_cast<Octet>(octet + 1)) != 0) {
        refused(longer);
      }
      before = next != 0;
    }
  }
}

}  // namespace postkeep
