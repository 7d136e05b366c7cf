// What the command line asks of one user's mailbox to bring mail in or out.
// control hands its socket over to the mailbox (SessionHandOver with the
// service "transfer"); there each of these stands behind its length in four
// octets, as on control's socket.
//
// Here:      TransferRequest, TransferAnswer.
// Not here:  who asks (cli/transfer.h), who answers (role/transfer_session.h).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipc/kind.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

// A mailbox's limit of message sizes is lower.
inline constexpr std::size_t transfer_text_octets_max = 2147483647;
// store/mailbox.h has 26 keywords a folder, of up to 100 octets.
inline constexpr std::size_t transfer_keywords_max = 26;
// What a request has besides the text.
inline constexpr std::size_t transfer_overhead_octets = 16 * 1024;
// Puts that wait for a flush.
inline constexpr std::size_t transfer_puts_max = 64;
inline constexpr std::size_t transfer_put_octets_max = 8 * 1024 * 1024;

// Mailboxes in one answer to `list`; keywords left out that one answer names.
inline constexpr std::size_t transfer_names_max = 64;

inline constexpr std::string_view transfer_service = "transfer";

struct TransferMessage {
  std::uint8_t flags = 0;  // As store/mailbox.h has them.
  std::vector<std::string> keywords;
  std::int64_t date = 0;  // Seconds since 1970, UTC.
  std::vector<Octet> text;

  template <class Wire>
  void fields(Wire& wire) {
    wire(flags);
    wire.texts(keywords, transfer_keywords_max, name_octets_max);
    wire(date);
    wire(text, transfer_text_octets_max);
  }
};

enum class TransferWhat : std::uint8_t {
  open,    // `mailbox`; answered.
  create,  // The same, made when it is not there.
  put,     // `message`; not answered.
  flush,   // All that was put since; answered once it is durable.
  get,     // The first message with `uid` or above; answered.
  list,    // Mailboxes by name, `uid` of them passed over; answered.
};

struct TransferRequest {
  static constexpr Kind kind = Kind::transfer_request;

  TransferWhat what = TransferWhat::open;
  std::string mailbox;
  std::uint32_t uid = 0;
  TransferMessage message;

  template <class Wire>
  void fields(Wire& wire) {
    wire(what, TransferWhat::list);
    wire(mailbox, address_octets_max);
    wire(uid);
    message.fields(wire);
  }
};

enum class TransferVerdict : std::uint8_t {
  done,
  end,        // No message has that UID or a higher one; no more mailboxes.
  not_found,  // No such mailbox.
  bad_name,
  limit,  // Too many messages or keywords; a message too large.
  no_space,
  trouble,  // See the log.
};

struct TransferAnswer {
  static constexpr Kind kind = Kind::transfer_answer;

  TransferVerdict verdict = TransferVerdict::trouble;
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 0;
  std::uint32_t messages = 0;  // In the mailbox.
  std::uint32_t uid = 0;       // Of `message`.
  // To `list`: mailboxes. To `open` and `create`: the mailbox's keywords, by
  // bit, an empty one where a bit is free. To `flush`: keywords for which the
  // mailbox has no room, so that the messages were put without them.
  std::vector<std::string> names;
  TransferMessage message;

  template <class Wire>
  void fields(Wire& wire) {
    wire(verdict, TransferVerdict::trouble);
    wire(uid_validity);
    wire(uid_next);
    wire(messages);
    wire(uid);
    wire.texts(names, transfer_names_max, address_octets_max);
    message.fields(wire);
  }
};

}  // namespace postkeep::ipc
