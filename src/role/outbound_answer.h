// Why mail for another host waits or failed, in the words of RFC 3463.
//
// Here:      answer_of() for all that can go wrong on the way.
// Not here:  who is told (dsn/), what is tried next (spool/schedule.h).
// Laws:      tests/role/outbound_answer_test.cc: each has a status of the class
//            that its outcome has.
#pragma once

#include <string>

#include "ipc/outbound_messages.h"
#include "route/route.h"
#include "smtp/client_event.h"
#include "spool/schedule.h"

namespace postkeep::role {

[[nodiscard]] spool::Answer answer_of(route::RouteFault fault);
// Of one address.
[[nodiscard]] spool::Answer answer_of(ipc::ConnectVerdict verdict,
                                      const std::string& host,
                                      const std::string& why);
// Of a session that ended before it took anything.
[[nodiscard]] spool::Answer answer_of(smtp::Because because,
                                      const smtp::PeerReply& reply,
                                      const std::string& host);
[[nodiscard]] spool::CopyResult copy_result_of(
    const smtp::RecipientResult& result, const std::string& host);
// What a transaction's end says of the destination.
[[nodiscard]] spool::Reach reach_of(const smtp::RecipientResult& result);

}  // namespace postkeep::role
