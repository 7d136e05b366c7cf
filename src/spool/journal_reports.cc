// What the journal notes of recipients elsewhere.
#include <algorithm>

#include "base/check.h"
#include "spool/journal.h"

namespace postkeep::spool {

std::expected<MessageId, Refusal> Journal::append_report(
    const Report& report, const Entry& entry, std::span<const Octets> pieces) {
  if (stopped_) return std::unexpected(Refusal::stopped);
  const auto found = messages_.find(report.about);
  if (found == messages_.end()) return std::unexpected(Refusal::not_known);
  Located& about = found->second;
  const bool all_undone = std::ranges::all_of(
      report.recipients,
      [&](std::uint32_t recipient) { return is_undone(about, recipient); });
  if (!all_undone) return std::unexpected(Refusal::not_known);
  if (messages_.size() >= limits_.messages_max) {
    return std::unexpected(Refusal::no_space);
  }
  const std::vector<Octet> entry_octets = write(entry);
  const std::vector<Octet> prefix =
      write_report_prefix(report, entry_octets.size());
  std::vector<Octets> payload{Octets{prefix}, Octets{entry_octets}};
  payload.insert(payload.end(), pieces.begin(), pieces.end());
  const auto place = append_record(RecordType::report, payload);
  if (!place) return std::unexpected(place.error());
  last_message_ = place->sequence;
  note_outcome(about, *place->segment);
  if (report.kind == ReportKind::delayed) {
    about.marks |= mark_delay_told;
  } else {
    about.done.resize(about.recipients);
    for (const std::uint32_t one : report.recipients) about.done[one] = true;
    if (std::ranges::count(about.done, false) == 0) {
      settle(report.about, *place);
    }
  }
  remember(place->sequence, *place,
           static_cast<std::uint32_t>(entry.recipients.size()));
  return place->sequence;
}

std::expected<Sequence, Refusal> Journal::append_deferral(
    const Deferral& deferral) {
  const auto found = messages_.find(deferral.id);
  if (found == messages_.end() ||
      !is_undone(found->second, deferral.recipient)) {
    return std::unexpected(Refusal::not_known);
  }
  const std::vector<Octet> octets = write(deferral);
  const Octets payload{octets};
  const auto place = append_record(RecordType::deferral, {&payload, 1});
  if (!place) return std::unexpected(place.error());
  return place->sequence;
}

std::expected<Sequence, Refusal> Journal::append_marks(MessageId id,
                                                       std::uint8_t marks) {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return std::unexpected(Refusal::not_known);
  const std::vector<Octet> octets = write(Marks{id, marks});
  const Octets payload{octets};
  const auto place = append_record(RecordType::marks, {&payload, 1});
  if (!place) return std::unexpected(place.error());
  note_outcome(found->second, *place->segment);
  found->second.marks = marks;
  return place->sequence;
}

std::uint8_t Journal::marks(MessageId id) const {
  const auto found = messages_.find(id);
  return found == messages_.end() ? 0 : found->second.marks;
}

}  // namespace postkeep::spool
