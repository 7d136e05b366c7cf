#include "tests/imap/dialog.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "imap/date.h"
#include "imap/login_session.h"
#include "imap/session.h"
#include "tests/imap/dialog_client.h"
#include "tests/imap/memory_store.h"
#include "tests/imap/response_syntax.h"

namespace postkeep::imap {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\x" && i + 3 < text.size() &&
        hex(text[i + 2]) >= 0 && hex(text[i + 3]) >= 0) {
      result += static_cast<char>(hex(text[i + 2]) * 16 + hex(text[i + 3]));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

store::StoreError error_named(const std::string& name) {
  using store::StoreError;
  const std::map<std::string, StoreError> names = {
      {"no_space", StoreError::no_space},
      {"trouble", StoreError::trouble},
      {"not_found", StoreError::not_found},
      {"exists", StoreError::exists},
      {"limit", StoreError::limit},
      {"uid_exhausted", StoreError::uid_exhausted}};
  return names.at(name);
}

class Player {
 public:
  Player(PlayHow how, DialogProtocol& protocol)
      : how_(how), protocol_(protocol) {}

  void line(const std::string& line) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "C:" || first == "C2:" || first == "C|" || first == "C2|") {
      client(first).say(unescaped(rest(line, first)) +
                        (first.back() == ':' ? "\r\n" : ""));
    } else if (first == "S:" || first == "S2:") {
      settle();
      client(first).hear(unescaped(rest(line, first)));
    } else if (first == "E:") {
      settle();
      client(first).hear_effect(unescaped(rest(line, first)));
    } else if (first == "closed" || first == "closed2") {
      settle();
      client(first).must_be_closed();
    } else if (first == "|") {
      text_ += unescaped(rest(line, first)) + "\r\n";
    } else if (!setup(first, words, line)) {
      fail("an unknown line");
    }
    if (first != "|" && first != "message") finish_message();
  }

  void end() {
    finish_message();
    settle();
    for (auto& [number, one] : clients_) {
      one->must_be_silent();
      if (const auto wrong = protocol_.syntax_fault_in(one->heard())) {
        fail(*wrong);
      }
    }
  }

  std::optional<std::string> fault() const {
    if (fault_) return fault_;
    for (const auto& [number, one] : clients_) {
      if (one->fault()) return one->fault();
    }
    return std::nullopt;
  }

 private:
  static std::string rest(const std::string& line, const std::string& first) {
    return line.size() > first.size() + 1 ? line.substr(first.size() + 1) : "";
  }

  void fail(const std::string& what) {
    if (!fault_) fault_ = what;
  }

  DialogClient& client(const std::string& prefix) {
    const int number = prefix.find('2') == std::string::npos ? 1 : 2;
    auto& one = clients_[number];
    if (!one) {
      one = protocol_.make_session(store_, clock_, how_, number, words_);
    }
    return *one;
  }

  void settle() {
    finish_message();
    bool worked = true;
    while (worked) {
      worked = false;
      for (auto& [number, one] : clients_) worked = one->run() || worked;
    }
  }

  bool setup(const std::string& first, std::istringstream& words,
             const std::string& line) {
    settle();
    std::string name;
    if (first == "before") {
      clients_[1] = make_login_client(protocol_, rest(line, "before login"),
                                      clock_, how_);
    } else if (first == "session") {
      words_ = rest(line, first);
    } else if (first == "mailbox") {
      words >> name;
      if (!store_.create(name, {})) fail("the mailbox cannot be made");
    } else if (first == "message") {
      finish_message();
      read_message(words, line);
    } else if (first == "expunge") {
      store::Uid uid = 0;
      words >> name >> uid;
      static_cast<void>(store_.folder(name).expunge({&uid, 1}));
    } else if (first == "foreign") {
      store::Uid uid = 0;
      words >> name >> name >> uid;
      store_.folder(name).foreign([uid](MemoryFolder& folder) {
        static_cast<void>(folder.expunge({&uid, 1}));
      });
    } else if (first == "fail") {
      std::string error;
      words >> name >> error;
      if (name == "store") {
        store_.fail_next(error_named(error));
      } else {
        store_.folder(name).fail_next(error_named(error));
      }
    } else if (first == "uid_next") {
      store::Uid uid = 0;
      words >> name >> uid;
      store_.folder(name).set_uid_next(uid);
    } else if (first == "wait") {
      int seconds = 0;
      words >> seconds;
      clock_.pass(std::chrono::seconds(seconds));
      for (auto& [number, one] : clients_) one->tick();
    } else {
      return clients_.contains(1) && clients_[1]->event(line);
    }
    return true;
  }

  void read_message(std::istringstream& words, const std::string& line) {
    words >> mailbox_;
    in_message_ = true;
    text_.clear();
    flags_ = {};
    date_ = 837596665;  // 17-Jul-1996 02:44:25 -0700
    const std::size_t open = line.find('"');
    if (open == std::string::npos) return;
    const std::size_t close = line.find('"', open + 1);
    const auto date =
        read_date_time(octets(line.substr(open, close - open + 1)));
    if (!date) return fail("not a date-time");
    date_ = seconds_since_1970(*date);
    std::istringstream flags(line.substr(close + 1));
    std::string flag;
    while (flags >> flag) add_flag(flag);
  }

  void add_flag(std::string flag) {
    std::erase_if(flag, [](char c) { return c == '(' || c == ')'; });
    const std::map<std::string, std::uint8_t> system = {
        {"\\Answered", store::flag_answered},
        {"\\Flagged", store::flag_flagged},
        {"\\Deleted", store::flag_deleted},
        {"\\Seen", store::flag_seen},
        {"\\Draft", store::flag_draft}};
    if (const auto found = system.find(flag); found != system.end()) {
      flags_.system = static_cast<std::uint8_t>(flags_.system | found->second);
    } else if (!flag.empty()) {
      const auto bit = store_.folder(mailbox_).keyword_bit(flag);
      flags_.keywords |= 1U << bit.value_or(0);
    }
  }

  void finish_message() {
    if (!in_message_) return;
    in_message_ = false;
    if (!store_.folder(mailbox_).append(octets(text_), flags_, date_)) {
      fail("the message cannot be kept");
    }
  }

  PlayHow how_;
  DialogProtocol& protocol_;
  std::string words_;
  ManualClock clock_;
  MemoryStore store_;
  std::map<int, std::unique_ptr<DialogClient>> clients_;
  std::optional<std::string> fault_;
  bool in_message_ = false;
  std::string mailbox_;
  std::string text_;
  store::Flags flags_;
  std::int64_t date_ = 0;
};

// "inactive=60 line=8000 search_keys=16", of the story's line "session".
SessionLimits limits_of(const std::string& text) {
  SessionLimits limits;
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    const std::size_t sign = std::min(word.find('='), word.size() - 1);
    const std::string name = word.substr(0, sign);
    const std::size_t value = std::stoul(word.substr(sign + 1));
    if (name == "inactive") {
      limits.inactivity_seconds = static_cast<std::int64_t>(value);
    } else if (name == "line") {
      limits.command.line_octets = value;
    } else if (name == "literals") {
      limits.command.literals = value;
    } else if (name == "messages") {
      limits.command.messages = value;
    } else if (name == "search_keys") {
      limits.search_keys = value;
    } else if (name == "utf8") {
      limits.offers_utf8 = value != 0;
    } else if (name == "dots") {
      limits.separator = value != 0 ? Separator::dot : Separator::slash;
    }
  }
  return limits;
}

class ImapProtocol final : public DialogProtocol {
 public:
  std::unique_ptr<DialogClient> make_session(
      store::MailStore& store, ManualClock& clock, PlayHow how, int number,
      const std::string& words) override {
    auto client = std::make_unique<SessionClient<Session>>(
        how, store, clock,
        SessionStart{"L" + std::to_string(number), "fred@example.org", true},
        limits_of(words));
    client->skip_greeting();
    return client;
  }
  std::unique_ptr<login::Session> make_login(
      const login::Configuration& configuration, const Clock& clock) override {
    return std::make_unique<LoginSession>(configuration, clock);
  }
  std::optional<std::string> syntax_fault_in(
      const std::string& heard) override {
    return syntax_fault(heard, speaks_utf8(heard));
  }
};

}  // namespace

std::optional<std::string> play(const std::string& path, PlayHow how) {
  ImapProtocol protocol;
  return play(path, how, protocol);
}

std::optional<std::string> play(const std::string& path, PlayHow how,
                                DialogProtocol& protocol) {
  std::ifstream file(path);
  if (!file) return "cannot be read";
  Player player(how, protocol);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    player.line(line);
    if (const auto fault = player.fault()) {
      return path + ":" + std::to_string(number) + ": " + *fault;
    }
  }
  player.end();
  if (const auto fault = player.fault()) return path + ": " + *fault;
  return std::nullopt;
}

}  // namespace postkeep::imap
