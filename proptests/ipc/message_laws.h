// The laws of every message between roles (ipc/*_messages.h). Said once; tried
// by tests/ipc, proptests/ipc, fuzz/ipc_messages_fuzz.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "ipc/access_messages.h"
#include "ipc/auth_messages.h"
#include "ipc/control_messages.h"
#include "ipc/delivery_messages.h"
#include "ipc/dns_messages.h"
#include "ipc/drop_messages.h"
#include "ipc/key_messages.h"
#include "ipc/mail_messages.h"
#include "ipc/outbound_messages.h"
#include "ipc/supervisor_messages.h"
#include "ipc/transfer_messages.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

using AllMessages = std::tuple<
    MessageOffered, OfferAnswer, Deliver, DeliverAnswer, DeliveriesDone,
    DeliveriesForget, RecipientQuestion, RecipientAnswer, AuthStep, AuthAnswer,
    AuthEnd, SessionHandOver, SignRequest, SignAnswer, TicketKeys,
    ConnectionOpened, ConnectionStartTls, ConnectionTlsStarted, ControlRequest,
    ControlAnswer, StatusQuestion, StatusAnswer, Start, Give, Enter, Ready,
    Reload, Drain, Drained, MailboxWanted, MailboxGiven, MailboxIdle,
    MailboxIdleAnswer, MailboxBirth, MailboxBorn, ReloadWanted, TransferRequest,
    TransferAnswer, ConnectAsk, ConnectAnswer, ConnectForget, RemoteOpen,
    RemoteReady, RemoteMail, RemoteMailEnded, RemoteClose, RemoteEnded, DnsAsk,
    DnsReply, SenderQuestion, SenderAnswer, UsageReport, Drop, DropAnswer,
    DropsForget, DropsKnown, SpoolFileWanted, SpoolFileMade>;

inline constexpr std::size_t messages_count = std::tuple_size_v<AllMessages>;

// There is one way to write a message: what is read is written the same again.
template <typename Message>
bool law_read_then_write_is_identity(Octets octets) {
  Message message;
  if (!read(octets, message)) return true;
  const std::vector<Octet> again = write(message);
  return std::equal(again.begin(), again.end(), octets.begin(), octets.end());
}

// No front of a message is a message, and nothing may follow it.
template <typename Message>
bool law_only_the_whole_is_read(const std::vector<Octet>& whole) {
  Message message;
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    if (read(Octets(whole).first(octets), message)) return false;
  }
  std::vector<Octet> longer = whole;
  longer.push_back(0);
  return read(whole, message) && !read(longer, message);
}

// Calls `then` with a std::type_identity of message number `which`.
template <typename Then, std::size_t... Index>
bool with_message(std::size_t which, Then then, std::index_sequence<Index...>) {
  bool held = true;
  const bool any[] = {
      (Index == which
           ? (held = then(std::type_identity<
                          std::tuple_element_t<Index, AllMessages>>{}))
           : true)...};
  static_cast<void>(any);
  return held;
}
template <typename Then>
bool with_message(std::size_t which, Then then) {
  return with_message(which, then, std::make_index_sequence<messages_count>{});
}

}  // namespace postkeep::ipc
