// Scripts: what clients, deliveries and other programs do to two sessions of
// one user, for properties and fuzzing.
//
// Here:      Script, run_script(), read_script().
// Not here:  what must hold (proptests/imap/session_laws.h); stories for
//            people (tests/imap/dialog.h).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/octets.h"
#include "store/mailbox.h"
#include "tests/imap/dialog.h"

namespace postkeep::imap {

enum class Happening : std::uint8_t {
  say,              // A client sends octets.
  deliver,          // A message comes into INBOX.
  expunge,          // Another session's doing: message `number` of INBOX.
  flag,             // The same: \Flagged on or off.
  foreign_expunge,  // Another program's: seen when a session looks.
  pass,             // 31 seconds pass.
  fail,             // The next call of INBOX's folder fails.
};

struct Event {
  Happening what = Happening::say;
  std::size_t session = 0;  // 0 or 1.
  std::string octets;
  std::size_t number = 0;
};
using Script = std::vector<Event>;

struct Outcome {
  std::array<std::string, 2> heard;
  std::array<bool, 2> closed = {false, false};
  std::array<std::uint64_t, 2> commands = {0, 0};
  // INBOX at the end: UIDs and system flags.
  std::vector<std::pair<store::Uid, std::uint8_t>> inbox;
  // A session said something while flags that it changed were not flushed.
  bool told_before_flush = false;
  // The most that waited for a client at any time.
  std::size_t waiting_octets_max = 0;
};

// Every event is settled before the next: all work done, all output taken.
[[nodiscard]] Outcome run_script(const Script& script, PlayHow how);

// A script out of any octets, for fuzzing: octets from 0xF8 on stand for
// happenings, the rest is what the client says.
[[nodiscard]] Script read_script(Octets octets);

}  // namespace postkeep::imap
