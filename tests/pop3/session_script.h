// Scripts: what two clients, deliveries and other programs do to one mailbox,
// for properties and fuzzing; and a model that says what each must hear.
//
// Here:      Script, run_script(), read_script().
// Not here:  stories for people (tests/dialogs/pop3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/octets.h"
#include "tests/imap/dialog.h"

namespace postkeep::pop3 {

enum class Happening : std::uint8_t {
  say,         // A client sends octets; it connects first if it must.
  disconnect,  // A client is gone, without QUIT.
  deliver,     // A message comes into INBOX.
  expunge,     // Another protocol's session takes message `number` away.
  pass,        // 301 seconds pass.
};

struct Event {
  Happening what = Happening::say;
  std::size_t client = 0;  // 0 or 1.
  std::string octets;
  std::size_t number = 0;
};
using Script = std::vector<Event>;

struct Outcome {
  // What went otherwise than the model says, first; nullopt: nothing.
  std::optional<std::string> fault;
  std::string heard;                 // By both, one after the other.
  std::vector<std::uint32_t> inbox;  // UIDs at the end.
};

// Every event is settled before the next.
[[nodiscard]] Outcome run_script(const Script& script, imap::PlayHow how);

// A script out of any octets: those from 0xF8 on stand for happenings, the
// rest is what a client says.
[[nodiscard]] Script read_script(Octets octets);

}  // namespace postkeep::pop3
