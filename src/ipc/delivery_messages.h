// A message on its way to a user: spool hands it to that user's mailbox.
//
// Here:      Deliver, DeliverAnswer, DeliveriesDone, DeliveriesForget.
// Not here:  what is durable when (docs/durability.md).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ipc/kind.h"
#include "ipc/mail_messages.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

inline constexpr std::size_t delivery_ids_max = 4096;
// What spool puts before a message: the trace fields of its entry, and before
// them Return-Path and Delivered-To.
inline constexpr std::size_t delivered_prefix_octets_max = 40 * 1024;

using DeliveryIdOctets = std::array<Octet, 16>;

// One descriptor goes along unless the octets stand in `text`.
struct Deliver {
  static constexpr Kind kind = Kind::deliver;

  DeliveryIdOctets id{};
  std::string queue_id;
  std::string session;
  std::string mailbox;        // "INBOX", or the folder that was asked for.
  std::string header_prefix;  // Return-Path, Delivered-To and trace fields.
  std::int64_t received = 0;  // Seconds since 1970, UTC: the internal date.
  std::uint64_t octets = 0;
  bool inline_text = false;
  std::vector<Octet> text;

  template <class Wire>
  void fields(Wire& wire) {
    wire(id);
    wire(queue_id, name_octets_max);
    wire(session, name_octets_max);
    wire(mailbox, address_octets_max);
    wire(header_prefix, delivered_prefix_octets_max);
    wire(received);
    wire(octets);
    wire(inline_text);
    wire(text, inline_octets_max);
  }
};

enum class DeliverVerdict : std::uint8_t {
  placed,     // Readable; durable when DeliveriesDone names it.
  no_space,   // Try again later.
  trouble,    // The same; the log says why.
  malformed,  // The octets were not as said.
};

struct DeliverAnswer {
  static constexpr Kind kind = Kind::deliver_answer;

  DeliveryIdOctets id{};
  DeliverVerdict verdict = DeliverVerdict::trouble;
  std::uint32_t uid = 0;  // 0: the message had been delivered before.

  template <class Wire>
  void fields(Wire& wire) {
    wire(id);
    wire(verdict, DeliverVerdict::malformed);
    wire(uid);
  }
};

// These have been flushed: they will be in the mailbox after any crash.
struct DeliveriesDone {
  static constexpr Kind kind = Kind::deliveries_done;

  std::vector<DeliveryIdOctets> ids;

  template <class Wire>
  void fields(Wire& wire) {
    wire.arrays(ids, delivery_ids_max);
  }
};

// Spool has noted durably that these are done: it will never repeat them.
struct DeliveriesForget {
  static constexpr Kind kind = Kind::deliveries_forget;

  std::vector<DeliveryIdOctets> ids;

  template <class Wire>
  void fields(Wire& wire) {
    wire.arrays(ids, delivery_ids_max);
  }
};

}  // namespace postkeep::ipc
