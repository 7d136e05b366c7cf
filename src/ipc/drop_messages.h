// A message on its way into an mbox spool file: spool hands it to mbox.
//
// Here:      Drop, DropAnswer, DropsForget, DropsKnown.
// Not here:  users with a mailbox of their own (ipc/delivery_messages.h); what
//            is durable when (docs/durability.md).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipc/delivery_messages.h"
#include "ipc/kind.h"
#include "ipc/mail_messages.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

// One descriptor goes along unless the octets stand in `text`.
struct Drop {
  static constexpr Kind kind = Kind::drop;

  DeliveryIdOctets id{};
  std::string user;  // The account; which file is his, mbox knows.
  std::string queue_id;
  std::string session;
  std::string reverse_path;   // For the From_ line.
  std::string header_prefix;  // Return-Path, Delivered-To and trace fields.
  std::int64_t received = 0;  // Seconds since 1970, UTC.
  std::uint64_t octets = 0;
  bool inline_text = false;
  std::vector<Octet> text;

  template <class Wire>
  void fields(Wire& wire) {
    wire(id);
    wire(user, address_octets_max);
    wire(queue_id, name_octets_max);
    wire(session, name_octets_max);
    wire(reverse_path, address_octets_max);
    wire(header_prefix, delivered_prefix_octets_max);
    wire(received);
    wire(octets);
    wire(inline_text);
    wire(text, inline_octets_max);
  }
};

enum class DropVerdict : std::uint8_t {
  done,       // In the file, and flushed: it will be there after any crash.
  no_space,   // Try again later.
  trouble,    // The same; the log says why.
  malformed,  // The octets were not as said.
};

struct DropAnswer {
  static constexpr Kind kind = Kind::drop_answer;

  DeliveryIdOctets id{};
  std::string user;
  DropVerdict verdict = DropVerdict::trouble;

  template <class Wire>
  void fields(Wire& wire) {
    wire(id);
    wire(user, address_octets_max);
    wire(verdict, DropVerdict::malformed);
  }
};

// Spool has noted durably that these are done: it will never repeat them.
struct DropsForget {
  static constexpr Kind kind = Kind::drops_forget;

  std::string user;
  std::vector<DeliveryIdOctets> ids;

  template <class Wire>
  void fields(Wire& wire) {
    wire(user, address_octets_max);
    wire.arrays(ids, delivery_ids_max);
  }
};

// mbox still keeps these, perhaps since before a crash: those that spool has
// nothing more to do with may be forgotten.
struct DropsKnown {
  static constexpr Kind kind = Kind::drops_known;

  std::string user;
  std::vector<DeliveryIdOctets> ids;

  template <class Wire>
  void fields(Wire& wire) {
    wire(user, address_octets_max);
    wire.arrays(ids, delivery_ids_max);
  }
};

}  // namespace postkeep::ipc
