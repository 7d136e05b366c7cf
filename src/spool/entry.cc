#include "spool/entry.h"

#include <algorithm>

#include "base/check.h"
#include "spool/little_endian.h"

namespace postkeep::spool {
namespace {

// Crockford's alphabet, in small letters.
constexpr std::string_view queue_id_alphabet =
    "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t session_octets_max = 64;
constexpr std::uint8_t notify_all =
    notify_never | notify_success | notify_failure | notify_delay;

// Bits of the flags octet.
constexpr std::uint8_t flag_smtputf8 = 1;
constexpr std::uint8_t flag_quarantined = 2;

bool is_within_limits(const Recipient& recipient) {
  return recipient.forward_path.size() <= entry_path_octets_max &&
         recipient.user.size() <= entry_path_octets_max &&
         recipient.folder.size() <= entry_path_octets_max &&
         recipient.original_recipient.size() <=
             entry_original_recipient_octets_max &&
         recipient.notify <= notify_all;
}

void put_recipient(std::vector<Octet>& out, const Recipient& recipient) {
  put_text(out, recipient.forward_path);
  put_text(out, recipient.user);
  put_text(out, recipient.folder);
  put_text(out, recipient.original_recipient);
  put(out, recipient.notify);
  out.insert(out.end(), recipient.delivery_id.begin(),
             recipient.delivery_id.end());
}

Recipient take_recipient(Taker& taker) {
  Recipient recipient;
  recipient.forward_path = taker.take_text(entry_path_octets_max);
  recipient.user = taker.take_text(entry_path_octets_max);
  recipient.folder = taker.take_text(entry_path_octets_max);
  recipient.original_recipient =
      taker.take_text(entry_original_recipient_octets_max);
  recipient.notify = taker.take<std::uint8_t>();
  if (recipient.notify > notify_all) taker.fail();
  const Octets id = taker.take_octets(recipient.delivery_id.size());
  if (taker.ok()) std::ranges::copy(id, recipient.delivery_id.begin());
  return recipient;
}

}  // namespace

QueueId make_queue_id(Random& random) {
  std::array<Octet, 8> octets{};
  random.fill(octets);
  return QueueId{get<std::uint64_t>(octets, 0)};
}

DeliveryId make_delivery_id(Random& random) {
  DeliveryId id{};
  random.fill(id);
  return id;
}

std::string write(QueueId id) {
  std::string text(queue_id_characters, '0');
  auto rest = static_cast<std::uint64_t>(id);
  for (std::size_t i = text.size(); i-- > 0;) {
    text[i] = queue_id_alphabet[rest % 32];
    rest /= 32;
  }
  return text;
}

std::optional<QueueId> read_queue_id(std::string_view text) {
  if (text.size() != queue_id_characters) return std::nullopt;
  std::uint64_t id = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = queue_id_alphabet.find(text[i]);
    // 13 characters have 65 bits: the first is below 16.
    if (digit == std::string_view::npos || (i == 0 && digit > 15)) {
      return std::nullopt;
    }
    id = id * 32 + digit;
  }
  return QueueId{id};
}

bool is_within_limits(const Entry& entry) {
  if (entry.recipients.empty() ||
      entry.recipients.size() > entry_recipients_max ||
      entry.reverse_path.size() > entry_path_octets_max ||
      entry.envelope_id.size() > entry_envelope_id_octets_max ||
      entry.session.size() > session_octets_max ||
      entry.trace.size() > entry_trace_octets_max) {
    return false;
  }
  return std::ranges::all_of(entry.recipients, [](const Recipient& one) {
    return is_within_limits(one);
  });
}

std::vector<Octet> write(const Entry& entry) {
  PK_CHECK(is_within_limits(entry));
  std::vector<Octet> out;
  put(out, static_cast<std::uint64_t>(entry.queue_id));
  put(out, entry.received.time_since_epoch().count());
  put_text(out, entry.reverse_path);
  put_text(out, entry.envelope_id);
  put(out, static_cast<std::uint8_t>(entry.ret));
  put(out, static_cast<std::uint8_t>(entry.body));
  put(out,
      static_cast<std::uint8_t>((entry.smtputf8 ? flag_smtputf8 : 0) |
                                (entry.quarantined ? flag_quarantined : 0)));
  put_text(out, entry.session);
  put_text(out, entry.trace);
  put(out, static_cast<std::uint32_t>(entry.recipients.size()));
  for (const Recipient& recipient : entry.recipients) {
    put_recipient(out, recipient);
  }
  return out;
}

std::optional<Entry> read_entry(Octets octets) {
  if (octets.size() > entry_octets_max) return std::nullopt;
  Taker taker{octets};
  Entry entry;
  entry.queue_id = QueueId{taker.take<std::uint64_t>()};
  entry.received = WallTime{WallTime::duration{taker.take<std::int64_t>()}};
  entry.reverse_path = taker.take_text(entry_path_octets_max);
  entry.envelope_id = taker.take_text(entry_envelope_id_octets_max);
  const auto ret = taker.take<std::uint8_t>();
  const auto body = taker.take<std::uint8_t>();
  const auto flags = taker.take<std::uint8_t>();
  if (ret > static_cast<std::uint8_t>(Return::headers) ||
      body > static_cast<std::uint8_t>(Body::binary_mime) ||
      flags > (flag_smtputf8 | flag_quarantined)) {
    return std::nullopt;
  }
  entry.ret = Return{ret};
  entry.body = Body{body};
  entry.smtputf8 = (flags & flag_smtputf8) != 0;
  entry.quarantined = (flags & flag_quarantined) != 0;
  entry.session = taker.take_text(session_octets_max);
  entry.trace = taker.take_text(entry_trace_octets_max);
  const auto count = taker.take<std::uint32_t>();
  if (count == 0 || count > entry_recipients_max) return std::nullopt;
  for (std::uint32_t i = 0; i < count && taker.ok(); ++i) {
    entry.recipients.push_back(take_recipient(taker));
  }
  if (!taker.ok() || !taker.is_empty()) return std::nullopt;
  return entry;
}

std::size_t memory_octets(const Entry& entry) {
  std::size_t sum = sizeof(Entry) + entry.reverse_path.capacity() +
                    entry.envelope_id.capacity() + entry.session.capacity() +
                    entry.trace.capacity();
  for (const Recipient& recipient : entry.recipients) {
    sum += sizeof(Recipient) + recipient.forward_path.capacity() +
           recipient.user.capacity() + recipient.folder.capacity() +
           recipient.original_recipient.capacity();
  }
  return sum;
}

}  // namespace postkeep::spool
