// JournalWorld: what tests of the journal do again and again.
//
// Here:      small entries, flushing, opening on a simulated disk.
// Not here:  crashes (tests/sim/journal_crash_test.cc).
// Grammar:   none.
// Laws:      none.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/sim_disk.h"
#include "sim/sim_random.h"
#include "spool/journal.h"

namespace postkeep::spool {

// Small enough that a few messages fill one, and crashes can be enumerated.
inline constexpr JournalLimits small_limits{
    .segment_octets = 16 * 1024,
    .record_octets_max = 64 * 1024,
    .messages_max = 100,
    .upkeep_octets_max = 64 * 1024,
};

// An entry with `recipients` recipients, told apart by `seed`.
inline Entry make_entry(std::uint64_t seed, std::size_t recipients = 1) {
  sim::SimRandom random{seed};
  Entry entry;
  entry.queue_id = make_queue_id(random);
  entry.received = WallTime{std::chrono::seconds{1767225600 + seed}};
  entry.reverse_path = "sender@example.org";
  entry.session = "s" + std::to_string(seed);
  entry.trace = "Received: from a by b; some day\r\n";
  for (std::size_t i = 0; i < recipients; ++i) {
    Recipient recipient;
    recipient.forward_path = "user" + std::to_string(i) + "@example.com";
    recipient.user = "user" + std::to_string(i);
    recipient.folder = "INBOX";
    recipient.delivery_id = make_delivery_id(random);
    entry.recipients.push_back(recipient);
  }
  return entry;
}

inline std::string text_of(Octets octets) {
  return {octets.begin(), octets.end()};
}

inline std::expected<MessageId, Refusal> append(Journal& journal,
                                                const Entry& entry,
                                                std::string_view text) {
  const Octets piece = octets(text);
  return journal.append(entry, {&piece, 1});
}

// Flushes what there is to flush. False when a flush failed.
inline bool flush(sim::SimDisk& disk, Journal& journal) {
  const std::vector<FileHandle> files = journal.take_flush();
  if (files.empty()) return !journal.is_stopped();
  bool ok = true;
  for (const FileHandle file : files) ok = disk.flush(file) && ok;
  journal.flushed(ok);
  return ok;
}

// Flushes and does housekeeping until there is nothing more to do.
inline void come_to_rest(sim::SimDisk& disk, Journal& journal) {
  for (int i = 0; i < 100; ++i) {
    const bool more = journal.upkeep();
    const bool flushes = journal.flush_need() != FlushNeed::none;
    if (!flush(disk, journal)) return;
    if (!more && !flushes) return;
  }
  ADD_FAILURE() << "the journal does not come to rest";
}

inline std::expected<Journal::Opened, OpenError> open_journal(
    sim::SimDisk& disk, std::uint64_t seed,
    JournalLimits limits = small_limits) {
  // Outlives the journal: one for each test process is enough.
  static std::vector<std::unique_ptr<sim::SimRandom>> randoms;
  if (randoms.size() > 16) randoms.erase(randoms.begin());
  randoms.push_back(std::make_unique<sim::SimRandom>(seed));
  return Journal::open(disk, disk.root(), *randoms.back(), limits);
}

}  // namespace postkeep::spool
