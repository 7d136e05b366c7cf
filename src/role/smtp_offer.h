// From a session's message to spool's: the envelope in the words of ipc/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "ipc/mail_messages.h"
#include "smtp/envelope.h"

namespace postkeep::role {

// The address as the account table knows it: no quotes, no brackets.
[[nodiscard]] std::string write_unquoted(const smtp::Mailbox& mailbox);

// The offer, with the octets in it when they are few. Each user stands in it
// once, however many recipients led there. `queue_id` is what Received calls
// the message: it follows it from the connection to the mailbox.
[[nodiscard]] ipc::MessageOffered offered_message(
    const smtp::Envelope& envelope, const std::vector<Octets>& text,
    std::uint64_t number, std::string queue_id, std::string_view hostname,
    WallTime now);

}  // namespace postkeep::role
