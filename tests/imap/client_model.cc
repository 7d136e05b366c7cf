#include "tests/imap/client_model.h"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace postkeep::imap {

void ClientModel::fail(std::string_view why, std::string_view response) {
  if (fault_) return;
  fault_ = std::string(why) + ": " + std::string(response.substr(0, 80));
}

void ClientModel::hear(std::string_view response) {
  if (!response.starts_with("* ")) {
    if (!response.starts_with("+ ")) hear_tagged(response);
    return;
  }
  if (response.starts_with("* BAD ")) ++answers_["*"];
  // RFC 7162 section 3.2.11: what follows is of another mailbox.
  if (response.starts_with("* OK [CLOSED]")) uids_.clear();
  if (response.starts_with("* ENABLED") &&
      response.find("QRESYNC") != std::string_view::npos) {
    enabled_quick_resync_ = true;
  }
  constexpr std::string_view vanished = "* VANISHED ";
  if (response.starts_with(vanished)) {
    hear_vanished(response.substr(vanished.size()), response);
  }
  std::istringstream words{std::string(response.substr(2))};
  std::uint32_t number = 0;
  std::string what;
  if (words >> number >> what) {
    std::string rest;
    std::getline(words, rest);
    hear_number(number, what, rest, response);
  }
}

void ClientModel::hear_number(std::uint32_t number, std::string_view what,
                              std::string_view rest,
                              std::string_view response) {
  if (what == "EXISTS") {
    // Only SELECT makes it smaller, and all UIDs unknown.
    if (number < uids_.size()) uids_.clear();
    uids_.resize(number, 0);
  } else if (what == "EXPUNGE") {
    heard_expunge_ = true;
    if (enabled_quick_resync_) fail("EXPUNGE, not VANISHED", response);
    if (number == 0 || number > uids_.size()) {
      return fail("no such number", response);
    }
    uids_.erase(uids_.begin() + number - 1);
  } else if (what == "FETCH") {
    if (number == 0 || number > uids_.size()) {
      return fail("no such number", response);
    }
    constexpr std::string_view uid_first = " (UID ";
    if (!rest.starts_with(uid_first)) return;
    const auto uid = static_cast<std::uint32_t>(
        std::stoul(std::string(rest.substr(uid_first.size()))));
    std::uint32_t& known = uids_[number - 1];
    if (known != 0 && known != uid) fail("the number moved", response);
    known = uid;
  }
}

// "(EARLIER)" is of messages that the client does not count.
void ClientModel::hear_vanished(std::string_view set,
                                std::string_view response) {
  constexpr std::string_view earlier_mark = "(EARLIER) ";
  const bool earlier = set.starts_with(earlier_mark);
  if (earlier) set.remove_prefix(earlier_mark.size());
  if (!enabled_quick_resync_) fail("VANISHED, not enabled", response);
  if (!earlier) heard_expunge_ = true;
  std::istringstream words{std::string(set)};
  std::uint32_t first = 0;
  while (words >> first) {
    std::uint32_t last = first;
    if (words.peek() == ':') words.ignore() >> last;
    if (words.peek() == ',') words.ignore();
    for (std::uint32_t uid = first; uid <= last && !fault_; ++uid) {
      if (!earlier) {
        vanish(uid, response);
      } else if (std::ranges::find(uids_, uid) != uids_.end()) {
        fail("it is there", response);
      }
    }
  }
}

// One whose UID was not told yet is among those between its neighbours.
void ClientModel::vanish(std::uint32_t uid, std::string_view response) {
  auto at = std::ranges::find(uids_, uid);
  if (at == uids_.end()) {
    at = std::ranges::find_if(uids_, [uid](auto one) { return one > uid; });
    if (at == uids_.begin() || *--at != 0) return fail("unknown UID", response);
  }
  uids_.erase(at);
}

// RFC 9051 section 7.5.1: EXPUNGE never while these are answered.
void ClientModel::hear_tagged(std::string_view response) {
  std::istringstream words{std::string(response)};
  std::string tag;
  std::string condition;
  std::string what;
  words >> tag >> condition >> what;
  ++answers_[tag];
  const bool forbids = what == "FETCH" || what == "STORE" || what == "SEARCH";
  if (forbids && heard_expunge_) {
    fail("EXPUNGE while answering", response);
  }
  // A mailbox that is selected anew has UIDs of its own.
  if (what == "[READ-WRITE]" || what == "[READ-ONLY]") {
    uids_.assign(uids_.size(), 0);
  }
  heard_expunge_ = false;
}

std::uint64_t ClientModel::answer_count() const {
  return std::accumulate(answers_.begin(), answers_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) {
                           return sum +
                                  static_cast<std::uint64_t>(entry.second);
                         });
}

}  // namespace postkeep::imap
