// The laws of spool/report.h, and of what records say with marks. Said once,
// here; tried on generated values by proptests/, on mutated octets by fuzz/ and
// on every file of corpus/spool_report. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <vector>

#include "spool/report.h"

namespace postkeep::spool {

// Whatever is read was written so, to the octet.
inline bool law_report_has_one_form(Octets payload) {
  const auto read = read_report(payload);
  if (!read) return true;
  std::vector<Octet> again =
      write_report_prefix(read->report, read->entry.size());
  again.insert(again.end(), read->entry.begin(), read->entry.end());
  again.insert(again.end(), read->message.begin(), read->message.end());
  const auto message = read_any_message(RecordType::report, payload);
  return is_within_limits(read->report) && std::ranges::equal(again, payload) &&
         message && message->id == 0 &&
         std::ranges::equal(message->message, read->message);
}

inline bool law_deferral_has_one_form(Octets payload) {
  const auto read = read_deferral(payload);
  return !read || (std::ranges::equal(write(*read), payload) &&
                   printable(read->answer) == read->answer);
}

inline bool law_marks_have_one_form(Octets payload) {
  const auto read = read_marks(payload);
  return !read || std::ranges::equal(write(*read), payload);
}

inline bool law_report_is_read_back(const Report& report, Octets entry,
                                    Octets message) {
  std::vector<Octet> payload = write_report_prefix(report, entry.size());
  payload.insert(payload.end(), entry.begin(), entry.end());
  payload.insert(payload.end(), message.begin(), message.end());
  const auto read = read_report(payload);
  return read && read->report == report &&
         std::ranges::equal(read->entry, entry) &&
         std::ranges::equal(read->message, message);
}

// Whatever a host said is kept, within its bounds and without a line's end.
inline bool law_deferral_is_read_back(Deferral deferral) {
  deferral.answer = printable(deferral.answer);
  return read_deferral(write(deferral)) == deferral;
}

inline bool law_marked_message_is_read_back(Sequence id, std::uint8_t marks,
                                            const std::vector<bool>& done) {
  const std::vector<Octet> payload = write_copied_prefix(id, done, 0, marks);
  const RecordType type =
      marks == 0 ? RecordType::copied_message : RecordType::marked_message;
  const auto message = read_message(type, payload);
  return message && message->id == id && message->marks == marks &&
         read_done_bits(*message) == done;
}

}  // namespace postkeep::spool
