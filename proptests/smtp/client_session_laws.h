// The laws of smtp/client_session.h: over any server that answers, refuses,
// lies, closes or falls silent, and over any octets. Tried by tests/,
// proptests/ and fuzz/. Each returns true when it holds.
#pragma once

#include <functional>
#include <string>

#include "base/octets.h"
#include "smtp/client_driver.h"
#include "smtp/scripted_peer.h"

namespace postkeep::smtp {

// One session with a scripted peer, until it has ended. `interfere` is called
// before each step of the run with its number, and may do what it likes.
using Interfere = std::function<void(std::size_t step, ClientDriver& driver)>;
void run_client(ClientDriver& driver, ScriptedPeer& peer,
                const Interfere& interfere = {});

// What the client believes is so: who is called delivered has the message,
// octet for octet, once; who is not has not - but for those whose answer is
// missing. And the peer was never said what may not be said.
[[nodiscard]] bool law_results_are_the_truth(const ClientDriver& driver,
                                             const ScriptedPeer& peer);
// Each promise of smtp/client_session.h, the session's end among them.
[[nodiscard]] bool law_promises_are_kept(const ClientDriver& driver);

// A peer that sends `input`, whatever it is sent: in lines, or in single
// octets. The first octets of `input` choose the options, and where the
// connection closes, time passes or the caller quits.
struct ClientRuns {
  std::string lines;  // ClientDriver::log.
  std::string cut;
  bool kept = false;  // law_promises_are_kept for both.
};
[[nodiscard]] ClientRuns run_against_octets(Octets input);
// How the network cuts the octets up does not change what is said and told.
[[nodiscard]] bool law_client_cuts_do_not_matter(const ClientRuns& runs);

}  // namespace postkeep::smtp
