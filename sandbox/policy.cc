#include "sandbox/policy.h"

#include <algorithm>
#include <set>

#include "sandbox/words.h"

namespace postkeep::sandbox {

// sandbox/embed.py writes these two from the policy files.
extern const std::size_t embedded_policies_count;
extern const std::string_view embedded_policies[][2];

namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    if (end != 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// Reads the lines of one policy and of those that it uses.
class PolicyReader {
 public:
  bool read(std::string_view file, std::string_view text);
  std::expected<Policy, PolicyError> result();

 private:
  using Words = std::vector<std::string_view>;

  bool line(const Words& words);
  bool rule(const Words& words, std::vector<Rule>& rules);
  bool limit(const Words& words);
  bool capability(const Words& words);
  bool use(std::string_view name);
  bool wrong(std::string why);

  Policy policy_;
  std::set<std::string_view> used_;
  std::set<std::string_view> refused_;
  std::string_view file_;
  std::size_t line_ = 0;
  std::optional<PolicyError> error_;
};

bool PolicyReader::wrong(std::string why) {
  if (!error_) error_ = PolicyError{std::string(file_), line_, std::move(why)};
  return false;
}

bool PolicyReader::read(std::string_view file, std::string_view text) {
  const std::string_view file_before = file_;
  const std::size_t line_before = line_;
  file_ = file;
  line_ = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_;
    const Words words = split(whole.substr(0, whole.find('#')), ' ');
    if (!words.empty() && !line(words)) return false;
  }
  file_ = file_before;
  line_ = line_before;
  return true;
}

bool PolicyReader::line(const Words& words) {
  if (words[0] == "allow") return rule(words, policy_.allow);
  if (words[0] == "kill") return rule(words, policy_.kill);
  if (words[0] == "limit") return limit(words);
  if (words[0] == "capability") return capability(words);
  if (words.size() != 2)
    return wrong("one word after " + std::string(words[0]));
  if (words[0] == "use") return use(words[1]);
  if (words[0] == "refuse") {
    refused_.emplace(words[1]);
    return true;
  }
  if (words[0] == "root" && words[1] == "empty") {
    policy_.root = Root::empty;
  } else if (words[0] == "root" && words[1] == "directory") {
    policy_.root = Root::directory;
  } else if (words[0] == "landlock" &&
             (words[1] == "nothing" || words[1] == "tree")) {
    policy_.landlock = true;
  } else if (words[0] == "network" && words[1] == "none") {
    policy_.no_network = true;
  } else if (words[0] == "network" &&
             (words[1] == "resolvers" || words[1] == "hosts")) {
    policy_.connects = true;
  } else {
    return wrong("no such line: " + std::string(words[0]));
  }
  return true;
}

bool PolicyReader::use(std::string_view name) {
  if (!used_.insert(name).second) return true;
  const auto text = policy_text(name);
  if (!text) return wrong("no policy " + std::string(name));
  return read(name, *text);
}

bool PolicyReader::capability(const Words& words) {
  const auto number =
      words.size() == 2 ? word_value(words[1]) : std::optional<std::uint64_t>();
  if (!number || *number > 63) return wrong("capability NAME");
  policy_.capabilities |= std::uint64_t{1} << *number;
  return true;
}

bool PolicyReader::limit(const Words& words) {
  if (words.size() != 3) return wrong("limit WHAT NUMBER");
  if (words[1] == "processes" && words[2] == "any") {
    policy_.limits.processes.reset();
    return true;
  }
  const auto number = word_value(words[2]);
  if (!number) return wrong("not a number: " + std::string(words[2]));
  Limits& limits = policy_.limits;
  if (words[1] == "open_files") {
    limits.open_files = number;
  } else if (words[1] == "file_octets") {
    limits.file_octets = number;
  } else if (words[1] == "memory_octets") {
    limits.memory_octets = number;
  } else if (words[1] == "processes") {
    limits.processes = number;
  } else if (words[1] == "core_octets") {
    limits.core_octets = number;
  } else {
    return wrong("no such limit: " + std::string(words[1]));
  }
  return true;
}

bool PolicyReader::rule(const Words& words, std::vector<Rule>& rules) {
  if (words.size() < 2) return wrong("a system call is missing");
  Rule rule{std::string(words[1]), {}};
  if (!call_number(words[1])) return wrong("no system call " + rule.call);
  // Conditions: [ARGUMENT] is|has|lacks WORD[|WORD]; without ARGUMENT, the one
  // of the condition before.
  std::size_t at = 2;
  while (at < words.size()) {
    if (words[at].size() == 1 && words[at][0] >= '0' && words[at][0] <= '5') {
      const auto argument = static_cast<unsigned>(words[at][0] - '0');
      for (const Condition& earlier : rule.conditions) {
        if (earlier.argument == argument) return wrong("an argument twice");
      }
      rule.conditions.push_back({argument, 0, 0});
      ++at;
    }
    if (rule.conditions.empty() || at + 1 >= words.size()) {
      return wrong("ARGUMENT is|has|lacks WORD");
    }
    std::uint64_t value = 0;
    for (const std::string_view word : split(words[at + 1], '|')) {
      const auto one = word_value(word);
      if (!one) return wrong("no such word: " + std::string(word));
      value |= *one;
    }
    Condition& condition = rule.conditions.back();
    if (words[at] == "is") {
      // Arguments of these calls are int; the kernel ignores the upper half.
      condition.mask = 0xFFFFFFFF;
      condition.value = value;
    } else if (words[at] == "has") {
      condition.mask |= value;
      condition.value |= value;
    } else if (words[at] == "lacks") {
      condition.mask |= value;
    } else {
      return wrong("is, has or lacks");
    }
    at += 2;
  }
  rules.push_back(std::move(rule));
  return true;
}

std::expected<Policy, PolicyError> PolicyReader::result() {
  if (error_) return std::unexpected(*error_);
  const auto overridden = [this](const Rule& kill) {
    return refused_.contains(kill.call) ||
           (kill.conditions.empty() &&
            std::any_of(
                policy_.allow.begin(), policy_.allow.end(),
                [&](const Rule& allow) { return allow.call == kill.call; }));
  };
  std::erase_if(policy_.kill, overridden);
  // A call that is allowed whatever its arguments has no other rule.
  const auto wider = [this](const Rule& rule) {
    return !rule.conditions.empty() &&
           std::any_of(policy_.allow.begin(), policy_.allow.end(),
                       [&](const Rule& other) {
                         return other.call == rule.call &&
                                other.conditions.empty();
                       });
  };
  std::vector<Rule> allow;
  for (const Rule& rule : policy_.allow) {
    const bool twice =
        std::find(allow.begin(), allow.end(), rule) != allow.end();
    if (!wider(rule) && !twice) allow.push_back(rule);
  }
  policy_.allow = std::move(allow);
  return std::move(policy_);
}

}  // namespace

std::optional<std::string_view> policy_text(std::string_view name) {
  for (std::size_t i = 0; i < embedded_policies_count; ++i) {
    if (embedded_policies[i][0] == name) return embedded_policies[i][1];
  }
  return std::nullopt;
}

std::vector<std::string_view> policy_names() {
  std::vector<std::string_view> names;
  names.reserve(embedded_policies_count);
  for (std::size_t i = 0; i < embedded_policies_count; ++i) {
    names.push_back(embedded_policies[i][0]);
  }
  return names;
}

std::expected<Policy, PolicyError> read_policy(std::string_view name) {
  const auto text = policy_text(name);
  if (!text) {
    return std::unexpected(PolicyError{std::string(name), 0, "no such policy"});
  }
  PolicyReader reader;
  const auto instrumented = policy_text("instrumented");
  if (reader.read(name, *text) && instrumented) {
    static_cast<void>(reader.read("instrumented", *instrumented));
  }
  auto policy = reader.result();
  if (policy) policy->instrumented = instrumented.has_value();
  return policy;
}

std::expected<Policy, PolicyError> read_policy_text(std::string_view text) {
  PolicyReader reader;
  static_cast<void>(reader.read("text", text));
  return reader.result();
}

}  // namespace postkeep::sandbox
