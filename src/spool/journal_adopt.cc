// Opening a journal, its last steps: what the records that count say of each
// message, and the entries of those that are live.
#include <algorithm>
#include <map>
#include <utility>

#include "spool/journal_opening.h"

namespace postkeep::spool {

std::map<Sequence, Journal::Opening::Known> Journal::Opening::gather() {
  std::vector<std::size_t> order(scans_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {},
                    [&](std::size_t i) { return scans_[i].header.generation; });
  std::map<Sequence, Known> known;
  for (const std::size_t i : order) {
    for (std::size_t k = 0; k < scans_[i].records.size(); ++k) {
      gather(i, k, known);
    }
  }
  return known;
}

// What one record says, after all before it.
void Journal::Opening::gather(std::size_t scan, std::size_t record,
                              std::map<Sequence, Known>& known) {
  const FoundRecord& found = scans_[scan].records[record];
  const std::uint64_t own_generation = scans_[scan].header.generation;
  if (found.header.sequence > decision_.kept_up_to) return;
  const auto of = [&](Sequence id) -> Known* {
    const auto message = known.find(id);
    if (message == known.end()) return nullptr;
    // The record must stay readable for as long as the message is.
    for (const std::uint64_t generation : message->second.generations) {
      if (generation == own_generation) continue;
      segments_[scan]->needed_by.insert(generation);
    }
    return &message->second;
  };
  switch (found.header.type) {
    case RecordType::report:
      if (!found.report) break;
      if (Known* const about = of(found.report->about); about == nullptr) {
        // It has ended long ago: the report is a message like any other.
      } else if (found.report->kind == ReportKind::delayed) {
        about->marks |= mark_delay_told;
      } else {
        about->done.insert(about->done.end(), found.report->recipients.begin(),
                           found.report->recipients.end());
      }
      [[fallthrough]];
    case RecordType::message:
    case RecordType::copied_message:
    case RecordType::marked_message: {
      Known& message = known[found.id];
      message.scan = scan;
      message.record = record;
      message.marks = found.marks;
      message.generations.push_back(own_generation);
      break;
    }
    case RecordType::recipient_done:
      if (Known* const message = of(found.id); message && found.recipient) {
        message->done.push_back(*found.recipient);
      }
      break;
    case RecordType::message_done:
      if (Known* const message = of(found.id)) message->all_done = true;
      break;
    case RecordType::marks:
      if (Known* const message = of(found.id)) message->marks = found.marks;
      break;
    case RecordType::deferral:
      if (const auto message = known.find(found.id);
          message != known.end() && found.recipient) {
        message->second.deferrals[*found.recipient] = {scan, record};
      }
      break;
  }
}

std::vector<Deferral> Journal::Opening::deferrals_of(const Known& known,
                                                     const Located& located) {
  std::vector<Deferral> deferrals;
  for (const auto& [recipient, place] : known.deferrals) {
    if (!is_undone(located, recipient)) continue;
    const FoundRecord& found = scans_[place.first].records[place.second];
    Located at;
    at.segment = segments_[place.first];
    at.offset = found.offset;
    at.payload_octets = found.header.payload_octets;
    RecordHeader header;
    const auto payload = journal_.read_payload(at, header);
    auto deferral = payload ? read_deferral(*payload) : std::nullopt;
    if (deferral) deferrals.push_back(std::move(*deferral));
  }
  return deferrals;
}

void Journal::Opening::adopt(Sequence id, const Known& known) {
  const FoundRecord& record = scans_[known.scan].records[known.record];
  Located located;
  located.segment = segments_[known.scan];
  located.offset = record.offset;
  located.payload_octets = record.header.payload_octets;
  located.generations = known.generations;
  RecordHeader header;
  const auto payload = journal_.read_payload(located, header);
  const auto message =
      payload ? read_any_message(header.type, *payload) : std::nullopt;
  auto entry = message ? read_entry(message->entry) : std::nullopt;
  if (!entry || (message->recipients != 0 &&
                 message->recipients != entry->recipients.size())) {
    set_aside(known.scan, record.offset,
              record.offset + record_octets(located.payload_octets));
    return;
  }
  located.recipients = static_cast<std::uint32_t>(entry->recipients.size());
  located.done = read_done_bits(*message);
  located.done.resize(located.recipients);
  for (const std::uint32_t recipient : known.done) {
    if (recipient < located.recipients) located.done[recipient] = true;
  }
  if (std::ranges::count(located.done, false) == 0) return;
  located.segment->live.emplace(located.offset, id);
  located.segment->live_octets += record_octets(located.payload_octets);
  located.marks = known.marks;
  RecoveredMessage recovered{
      id,           std::move(*entry), message->message.size(),
      located.done, known.marks,       deferrals_of(known, located)};
  journal_.messages_.emplace(id, std::move(located));
  report.messages += 1;
  if (take_) {
    take_(std::move(recovered));
  } else {
    messages.push_back(std::move(recovered));
  }
}

}  // namespace postkeep::spool
