// From a session's message to spool's: the envelope in the words of ipc/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "ipc/mail_messages.h"
#include "smtp/server_event.h"

namespace postkeep::role {

// The address as the account table knows it: no quotes, no brackets.
[[nodiscard]] std::string write_unquoted(const smtp::Mailbox& mailbox);

// The offer, with the octets in it when they are few. Each user stands in it
// once, however many recipients led there. `queue_id` is what Received calls
// the message: it follows it from the connection to the mailbox.
[[nodiscard]] ipc::MessageOffered offered_message(
    const smtp::OfferMessage& effect, std::uint64_t number,
    std::string queue_id, std::string_view hostname, WallTime now);

}  // namespace postkeep::role
