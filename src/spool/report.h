// What a journal says of recipients elsewhere: reports and deferrals.
//
// Here:      Report, Deferral, Marks: payloads of records.
// Not here:  their headers (record.h); what is in a report's message (dsn/).
// Grammar:   none: binary, little-endian, described at each struct.
// Laws:      proptests/spool/report_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/octets.h"
#include "spool/record.h"

namespace postkeep::spool {

enum class ReportKind : std::uint8_t {
  done = 1,     // These recipients need nothing more: failed, or handed on.
  delayed = 2,  // They go on waiting, and the sender knows (mark_delay_told).
};

// What is before the entry in a report's payload.
struct Report {
  Sequence about = 0;
  ReportKind kind = ReportKind::done;
  std::vector<std::uint32_t> recipients;  // Ascending, at least one.
  bool operator==(const Report&) const = default;
};
[[nodiscard]] bool is_within_limits(const Report& report);

struct ReportPayload {
  Report report;
  Octets entry;
  Octets message;
};
[[nodiscard]] std::vector<Octet> write_report_prefix(const Report& report,
                                                     std::size_t entry_octets);
[[nodiscard]] std::optional<ReportPayload> read_report(Octets payload);
// The message in a payload of any type that has one.
[[nodiscard]] std::optional<MessagePayload> read_any_message(RecordType type,
                                                             Octets payload);

// What a recipient was last answered, in the words of RFC 3464 section 2.3.
// All of it is printable ASCII by the time it gets here.
inline constexpr std::size_t answer_status_octets_max = 11;  // "5.999.999"
inline constexpr std::size_t answer_host_octets_max = 255;
inline constexpr std::size_t answer_text_octets_max = 512;
struct Answer {
  std::string status;      // "4.2.0": RFC 3463.
  std::string host;        // Who said so: a name, or empty: we did.
  std::string diagnostic;  // "450 4.2.0 come back later", or our own words.
  bool operator==(const Answer&) const = default;
};
// The same with every octet that is not printable ASCII as '?', cut to size.
[[nodiscard]] Answer printable(Answer answer);

// u64 id, u32 recipient, u32 attempts, i64 due, three texts. Written without
// haste, and lost when its segment is freed: then the message is tried sooner
// than it would have been, and no more.
struct Deferral {
  Sequence id = 0;
  std::uint32_t recipient = 0;
  std::uint32_t attempts = 0;  // So far.
  WallTime due{};              // When to try again.
  Answer answer;
  bool operator==(const Deferral&) const = default;
};
[[nodiscard]] std::vector<Octet> write(const Deferral& deferral);
[[nodiscard]] std::optional<Deferral> read_deferral(Octets payload);

struct Marks {
  Sequence id = 0;
  std::uint8_t marks = 0;
  bool operator==(const Marks&) const = default;
};
[[nodiscard]] std::vector<Octet> write(const Marks& marks);
[[nodiscard]] std::optional<Marks> read_marks(Octets payload);

}  // namespace postkeep::spool
