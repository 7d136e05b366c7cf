// The laws of smtp/server_session.h, over any octets that a client may send.
// Tried by tests/, proptests/ and fuzz/. Each returns true when it holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "smtp/server_session.h"

namespace postkeep::smtp {

// What a role that answers at once lets a session do with a stream of octets.
// How it answers is decided by the addresses: nobody@ is unknown, far@ is not
// local, busy@ cannot be said; a message with "refuse" in its first octets is
// refused; a login is good when its response holds "good".
struct SessionRun {
  std::string replies;
  std::vector<std::string> offers;  // Envelope and octets, as text.
  std::size_t durable_count = 0;    // With LMTP, of recipients.
  std::size_t accepted_count = 0;   // Replies "250 2.0.0 Message accepted".
  bool out_of_turn = false;
  bool closed = false;
  bool broken = false;  // A claim of the laws did not hold on the way.
};

[[nodiscard]] ServerOptions law_options(Service service);

// Feeds `input`, at most `piece` octets at a time.
[[nodiscard]] SessionRun run_session(Octets input, std::size_t piece,
                                     const ServerOptions& options);

// The same stream in one piece and octet by octet.
struct SessionRuns {
  SessionRun whole;
  SessionRun cut;
};
[[nodiscard]] SessionRuns run_both(Octets input, Service service);

// Whatever comes in, all that goes out is replies, whole ones.
[[nodiscard]] bool law_all_that_is_sent_is_replies(const SessionRun& run);
// No message is offered without MAIL and a recipient that was found local, or
// with more octets than the limit, a bare CR or LF or a NUL; none is called
// accepted that was not durable; nothing comes after Close.
[[nodiscard]] bool law_offers_are_sound(const SessionRun& run);
// How the network cuts the octets up does not change what is said and offered,
// unless the client talks when it has to wait: that is a question of time.
[[nodiscard]] bool law_session_cuts_do_not_matter(const SessionRuns& runs);

}  // namespace postkeep::smtp
