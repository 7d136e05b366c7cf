// Mail for other hosts between spool and smtp_out, and the values of smtp that
// it is made of.
//
// Here:      outgoing_mail(), remote_result(), recipient_result(), and what
//            hosts have said, both ways.
// Not here:  the messages (ipc/outbound_messages.h), the session
//            (smtp/client_session.h).
// Laws:      tests/role/outbound_mail_test.cc: what is written is read as it
//            was; what is read is in its bounds, whoever wrote it.
#pragma once

#include <optional>

#include "ipc/outbound_messages.h"
#include "smtp/client_event.h"
#include "smtp/client_mail.h"
#include "smtp/content_facts.h"

namespace postkeep::role {

// Nothing: an address is none, or there is no recipient.
[[nodiscard]] std::optional<smtp::OutgoingMail> outgoing_mail(
    const ipc::RemoteMail& mail, const smtp::ContentFacts& facts);

[[nodiscard]] ipc::RemoteReply remote_reply(const smtp::PeerReply& reply);
[[nodiscard]] ipc::RemoteResult remote_result(
    const smtp::RecipientResult& result);

// What spool reads. An enumerator that is none reads as the first one of its
// kind that promises nothing: deferred.
[[nodiscard]] smtp::PeerReply peer_reply_of(const ipc::RemoteReply& reply);
[[nodiscard]] smtp::RecipientResult recipient_result(
    const ipc::RemoteResult& result);
[[nodiscard]] smtp::Because because_of(std::uint8_t number);
[[nodiscard]] smtp::ClientState state_of(std::uint8_t number);

}  // namespace postkeep::role
