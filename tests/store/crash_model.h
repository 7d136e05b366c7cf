// What a mailbox must hold after a power cut, and the operations that are cut.
//
// Here:      Model (what was acknowledged), Operation, Checker.
// Not here:  which workloads are tried (crash_test.cc).
// Grammar:   none.
// Laws:      check_after_cut, the numbered invariants below:
//   1  what was acknowledged is there, with the same octets, flags and UID;
//   2  nothing is there that no operation put there: no half of a text;
//   3  a text that an operation was moving is in one place at least;
//   4  a mailbox that is there keeps its UIDVALIDITY;
//   5  a delivery that is repeated is there once, and not again when it was
//      expunged;
//   6  no UID is ever given twice under one UIDVALIDITY;
//   7  what recovery leaves, a second power cut leaves as well;
//   8  mailboxes that are renamed together have all their new names, or none;
//   9  messages that are appended or copied together are all there, or none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "store/world.h"

namespace postkeep::store {

struct Model {
  // Mailbox, UID: text, system flags, keyword names.
  struct Kept {
    std::string text;
    std::uint8_t system = 0;
    std::set<std::string> keywords;
    bool operator==(const Kept&) const = default;
  };
  std::map<std::string, std::map<Uid, Kept>> mailboxes;
  std::map<std::string, std::uint32_t> validities;
  // Deliveries and their texts; those that no flush has covered.
  std::map<Octet, std::string> delivered;
  std::set<std::string> unflushed;
  // Every number that anyone has been told of.
  std::map<std::pair<std::uint32_t, Uid>, std::string> shown;
  std::set<std::string> subscribed;
};

enum class Operation : std::uint8_t {
  deliver,
  deliver_elsewhere,
  flush,
  append,
  append_several,
  flag,
  expunge,
  copy,
  move,
  create,
  rename,
  remove,
  subscribe,
  restart,
};
inline constexpr std::size_t operations = 14;
[[nodiscard]] std::string_view name(Operation operation);

// A disk with INBOX (two messages), "A" (one) and "A/B" (none), all durable,
// after a clean stop.
[[nodiscard]] sim::SimDisk prepared_disk();

// Does the operation, the `at`-th of its workload, and notes what came of it.
void run(World& world, Model& model, Operation operation, Octet at);
// What the store says it holds, as a model.
[[nodiscard]] Model look_at(World& world);

// Checks what `disk` holds after a power cut that came when `before` had been
// acknowledged and an operation was under way that leads to `after`. Returns
// what is wrong, or nothing. With `cut_again`, recovery is cut as well.
[[nodiscard]] std::string check_after_cut(const sim::SimDisk& disk,
                                          const Model& before,
                                          const Model& after, bool cut_again);

}  // namespace postkeep::store
