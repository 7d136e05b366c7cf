// The law of store/index.h: it is a cache. Returns true when it holds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"
#include "sim/sim_random.h"
#include "store/maildir_store.h"

namespace postkeep::store {

class NoLog final : public Log {
 public:
  void line(Severity /*severity*/, std::string_view /*event*/,
            std::initializer_list<Field> /*fields*/) override {}
};

// What must not depend on the index: UID, text, flags and keywords.
struct Truth {
  std::uint32_t uid_validity = 0;
  std::map<Uid, std::pair<std::string, Flags>> messages;
  std::vector<std::string> keywords;
  bool operator==(const Truth&) const = default;
};

inline Truth truth_on(sim::SimDisk& disk) {
  sim::SimClock clock;
  sim::SimRandom random(3);
  NoLog log;
  auto store = MaildirStore::open({disk, clock, random, log});
  PK_CHECK(store.has_value());
  auto folder = (*store)->open("INBOX");
  PK_CHECK(folder.has_value());
  Truth truth;
  truth.uid_validity = (*folder)->uid_validity();
  truth.keywords = (*folder)->keywords();
  const auto highest = (*folder)->highest_modification_sequence();
  std::vector<Uid> uids;
  for (const Message& message : (*folder)->messages()) {
    PK_CHECK(message.modification_sequence <= highest);
    uids.push_back(message.uid);
  }
  for (const Uid uid : uids) {
    const auto text = (*folder)->text(uid);
    const auto summary = (*folder)->summary(uid);
    PK_CHECK(text.has_value() && summary.has_value());
    const Octets octets = (*text)->octets();
    PK_CHECK((*summary)->octets == octets.size());
    PK_CHECK(**summary == message::read_summary(octets));
    truth.messages[uid] = {{octets.begin(), octets.end()},
                           (*folder)->find(uid)->flags};
    // Forgotten, but never another's.
    const auto shown = (*folder)->shown(uid, 1);
    PK_CHECK(!shown || *shown == "words of " + std::to_string(uid));
  }
  return truth;
}

// A tree with an index that knows summaries and history, after a clean stop.
inline sim::SimDisk disk_with_index() {
  sim::SimDisk disk;
  sim::SimClock clock;
  sim::SimRandom random(3);
  NoLog log;
  auto store = MaildirStore::open({disk, clock, random, log});
  PK_CHECK(store.has_value());
  auto folder = *(*store)->open("INBOX");
  for (int n = 0; n < 20; ++n) {
    const std::string text = "Subject: number " + std::to_string(n) +
                             "\r\nFrom: a@example.org\r\n\r\nbody\r\n";
    PK_CHECK(folder->append(octets(text), {flag_seen, 0}, n).has_value());
  }
  PK_CHECK(folder->keyword_bit("Kept").has_value());
  const std::vector<Uid> some{3, 4, 5};
  PK_CHECK(folder->expunge(some).has_value());
  const std::vector<Uid> others{6, 7};
  PK_CHECK(folder->change_flags(others, FlagChange::add, {0, 1}).has_value());
  for (Uid uid = 6; uid < 20; ++uid) {
    PK_CHECK(folder->summary(uid).has_value());
  }
  // Words are kept where the summary has been.
  folder.reset();
  store->reset();
  store = MaildirStore::open({disk, clock, random, log});
  PK_CHECK(store.has_value());
  folder = *(*store)->open("INBOX");
  for (Uid uid = 6; uid < 20; ++uid) {
    folder->keep_shown(uid, 1, "words of " + std::to_string(uid));
  }
  folder.reset();
  store->reset();
  return disk;
}

// However the index' files are damaged, the mail is what it was: now, and once
// more after what was made of them. `damage` is a row of changes: 1 octet
// which file, 3 where, 1 what is laid over it.
inline bool law_a_damaged_index_costs_no_mail(Octets damage) {
  static const sim::SimDisk whole = disk_with_index();
  static const Truth truth = [] {
    sim::SimDisk disk = whole;
    return truth_on(disk);
  }();
  sim::SimDisk disk = whole;
  for (; damage.size() >= 5; damage = damage.subspan(5)) {
    const std::string_view name =
        damage[0] % 2 == 0 ? "postkeep-index" : "postkeep-index-wal";
    const auto file = disk.open(disk.root(), name, Open::write);
    if (!file) continue;
    const std::uint64_t size =
        std::max<std::uint64_t>(1, disk.status(*file)->octets);
    const std::uint64_t at = (std::uint64_t{damage[1]} << 16 |
                              std::uint64_t{damage[2]} << 8 | damage[3]) %
                             size;
    if (damage[0] >= 0xF0) {
      PK_CHECK(disk.resize(*file, at).has_value());
    } else {
      PK_CHECK(disk.write(*file, at, damage.subspan(4, 1)).has_value());
    }
    disk.close(*file);
  }
  return truth_on(disk) == truth && truth_on(disk) == truth;
}

}  // namespace postkeep::store
