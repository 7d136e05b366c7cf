// What a role may do, as data: the files sandbox/<role>.policy.
//
// Here:      Policy, read_policy(), policy_text().
// Not here:  making it so (sandbox/enter.h).
// Grammar:   lines, written in sandbox/base.policy. The files are our own and
//            compiled in: nothing from outside is ever read here.
// Laws:      tests/sandbox/policy_test.cc.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postkeep::sandbox {

// Holds when (argument & mask) == value.
struct Condition {
  unsigned argument = 0;
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
  bool operator==(const Condition&) const = default;
};

struct Rule {
  std::string call;
  std::vector<Condition> conditions;  // All of them; at most one an argument.
  bool operator==(const Rule&) const = default;
};

enum class Root : std::uint8_t {
  kept,       // What supervisor has.
  empty,      // Nothing, and nothing can be made.
  directory,  // The directory that the role was given.
};

struct Limits {
  std::optional<std::uint64_t> open_files;
  std::optional<std::uint64_t> file_octets;
  std::optional<std::uint64_t> memory_octets;  // Of addresses.
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> core_octets;
};

struct Policy {
  std::vector<Rule> allow;
  std::vector<Rule> kill;  // Without those that `allow` overrides.
  Root root = Root::kept;
  bool landlock = false;
  bool no_network = false;  // A network namespace of its own, with nothing.
  // It connects, over TCP to the ports alone that it was told of, where the
  // kernel's Landlock has such a rule.
  bool connects = false;
  bool instrumented = false;
  // Kept, with the uid, for children that give them up in turn: one bit each.
  std::uint64_t capabilities = 0;
  Limits limits;
};

struct PolicyError {
  std::string file;
  std::size_t line = 0;
  std::string why;
};

// The text of sandbox/<name>.policy, or nullopt when there is none.
[[nodiscard]] std::optional<std::string_view> policy_text(
    std::string_view name);
// Every policy file that was compiled in.
[[nodiscard]] std::vector<std::string_view> policy_names();

[[nodiscard]] std::expected<Policy, PolicyError> read_policy(
    std::string_view name);
// The same for a text that stands in no file.
[[nodiscard]] std::expected<Policy, PolicyError> read_policy_text(
    std::string_view text);

}  // namespace postkeep::sandbox
