#include "tests/imap/resync_client.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

namespace postkeep::imap {
namespace {

std::optional<std::uint64_t> number_after(std::string_view text,
                                          std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  return std::stoull(std::string(text.substr(at + word.size(), 20)));
}

std::set<std::string> flags_in(const std::string& list) {
  std::istringstream words(list);
  std::set<std::string> flags;
  for (std::string flag; words >> flag;) {
    if (flag != "\\Recent") flags.insert(flag);
  }
  return flags;
}

std::string written(const std::set<std::string>& flags) {
  std::string result;
  for (const std::string& flag : flags) result += flag + ' ';
  return result;
}

// What stands between `word`, which ends with "(", and the next ")".
std::optional<std::string> list_after(std::string_view text,
                                      std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t start = at + word.size();
  return std::string(text.substr(start, text.find(')', start) - start));
}

}  // namespace

void ResyncClient::hear(std::string_view response) {
  if (response.starts_with("+ ")) return;
  hear_code(response);
  if (!response.starts_with("* ")) {
    hear_tagged();
    return;
  }
  constexpr std::string_view vanished = "* VANISHED ";
  constexpr std::string_view search = "* SEARCH";
  if (response.starts_with("* OK [CLOSED]")) view_.clear();
  if (response.starts_with(vanished)) {
    hear_vanished(response.substr(vanished.size()));
  }
  std::istringstream words{std::string(response.substr(2))};
  if (response.starts_with(search)) {
    found_.clear();
    std::string word;
    words >> word;
    for (std::uint32_t uid = 0; words >> uid;) found_.push_back(uid);
    return;
  }
  std::uint32_t number = 0;
  std::string what;
  if (!(words >> number >> what)) return;
  if (what == "EXISTS") view_.resize(number, 0);
  if (what == "FETCH") hear_fetch(number, response);
  if (what == "EXPUNGE" && number <= view_.size()) {
    const std::uint32_t uid = view_[number - 1];
    view_.erase(view_.begin() + number - 1);
    gone(uid);
  }
}

void ResyncClient::hear_code(std::string_view response) {
  if (const auto highest = number_after(response, "[HIGHESTMODSEQ ")) {
    code_ = *highest;
  }
}

void ResyncClient::hear_fetch(std::uint32_t number, std::string_view data) {
  if (const auto sequence = number_after(data, "MODSEQ (")) {
    heard_ = std::max(heard_, *sequence);
  }
  if (number == 0 || number > view_.size()) return;
  std::uint32_t& uid = view_[number - 1];
  if (const auto told = number_after(data, "UID ")) {
    uid = static_cast<std::uint32_t>(*told);
  }
  if (uid == 0) return;
  if (const auto flags = list_after(data, "FLAGS (")) {
    if (uid > known_up_to_ && !fetching_new_) return;
    kept_[uid] = written(flags_in(*flags));
  } else if (data.find("MODSEQ (") != std::string_view::npos) {
    hear_own_change(uid);
  }
}

// RFC 7162 section 3.1.3: of a change with .SILENT the modification sequence
// alone is told; what it made of the flags, the client knows by itself (RFC
// 9051 section 6.4.6).
void ResyncClient::hear_own_change(std::uint32_t uid) {
  const auto kept = kept_.find(uid);
  if (said_.empty() || !said_.front() || kept == kept_.end()) return;
  const OwnChange& change = *said_.front();
  std::set<std::string> flags = flags_in(kept->second);
  if (change.sign == ' ') flags.clear();
  for (const std::string& flag : change.flags) {
    if (change.sign == '-') {
      flags.erase(flag);
    } else {
      flags.insert(flag);
    }
  }
  kept->second = written(flags);
}

void ResyncClient::say(std::string_view command) {
  said_.push_back(own_change(command));
}

std::optional<ResyncClient::OwnChange> ResyncClient::own_change(
    std::string_view command) {
  constexpr std::string_view word = "FLAGS.SILENT (";
  const auto flags = list_after(command, word);
  if (!flags) return std::nullopt;
  const char sign = command[command.find(word) - 1];
  return OwnChange{sign, flags_in(*flags)};
}

void ResyncClient::hear_vanished(std::string_view set) {
  std::string rest(set);
  const bool earlier = rest.starts_with("(EARLIER) ");
  if (earlier) rest.erase(0, rest.find(' ') + 1);
  std::ranges::replace(rest, ',', ' ');
  std::istringstream ranges(rest);
  for (std::string range; ranges >> range;) {
    const std::size_t colon = range.find(':');
    const auto first = static_cast<std::uint32_t>(std::stoul(range));
    const auto last =
        colon == std::string::npos
            ? first
            : static_cast<std::uint32_t>(std::stoul(range.substr(colon + 1)));
    const auto end = kept_.upper_bound(last);
    kept_.erase(kept_.lower_bound(first), end);
    if (earlier) continue;
    for (std::uint32_t uid = first; uid <= last; ++uid) {
      // One whose UID is not known stands between its neighbours.
      auto at = std::ranges::find(view_, uid);
      if (at == view_.end()) {
        at = std::ranges::find_if(view_, [uid](auto it) { return it > uid; });
        if (at != view_.begin()) --at;
      }
      if (at != view_.end()) view_.erase(at);
    }
  }
}

void ResyncClient::gone(std::uint32_t uid) { kept_.erase(uid); }

// RFC 7162 section 6: the code counts, whatever FETCH said.
void ResyncClient::hear_tagged() {
  if (!said_.empty()) said_.pop_front();
  if (syncing_) {
    if (code_ != 0) code_while_syncing_ = code_;
  } else if (code_ != 0) {
    highest_ = code_;
  } else {
    highest_ = std::max(highest_, heard_);
  }
  code_ = heard_ = 0;
}

void ResyncClient::disconnected() {
  view_.clear();
  said_.clear();
  code_ = heard_ = code_while_syncing_ = 0;
  syncing_ = fetching_new_ = false;
  // What was fetched as new, but not to its end, is fetched again.
  kept_.erase(kept_.upper_bound(known_up_to_), kept_.end());
}

void ResyncClient::synced() {
  syncing_ = false;
  if (code_while_syncing_ != 0) highest_ = code_while_syncing_;
  code_while_syncing_ = 0;
}

void ResyncClient::fetched_new() {
  fetching_new_ = false;
  if (!kept_.empty()) {
    known_up_to_ = std::max(known_up_to_, kept_.rbegin()->first);
  }
}

std::string ResyncClient::uids() const {
  std::string result;
  for (const auto& [uid, flags] : kept_) {
    result += (result.empty() ? "" : ",") + std::to_string(uid);
  }
  return result;
}

std::string ResyncClient::numbers() const {
  return kept_.empty() ? "" : "1:" + std::to_string(kept_.size());
}

void ResyncClient::keep_only_found() {
  std::erase_if(kept_, [this](const auto& entry) {
    return std::ranges::find(found_, entry.first) == found_.end();
  });
  found_.clear();
}

}  // namespace postkeep::imap
