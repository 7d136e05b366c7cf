#include "spool/report.h"

#include <algorithm>
#include <functional>

#include "base/check.h"
#include "spool/little_endian.h"

namespace postkeep::spool {
namespace {

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_within_limits(const Answer& answer) {
  return answer.status.size() <= answer_status_octets_max &&
         answer.host.size() <= answer_host_octets_max &&
         answer.diagnostic.size() <= answer_text_octets_max &&
         is_printable(answer.status) && is_printable(answer.host) &&
         is_printable(answer.diagnostic);
}

void make_printable(std::string& text, std::size_t octets_max) {
  if (text.size() > octets_max) text.resize(octets_max);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
}

}  // namespace

Answer printable(Answer answer) {
  make_printable(answer.status, answer_status_octets_max);
  make_printable(answer.host, answer_host_octets_max);
  make_printable(answer.diagnostic, answer_text_octets_max);
  return answer;
}

bool is_within_limits(const Report& report) {
  const auto& recipients = report.recipients;
  return report.about != 0 && report.about <= sequence_max &&
         !recipients.empty() && recipients.size() <= entry_recipients_max &&
         recipients.back() < entry_recipients_max &&
         std::ranges::adjacent_find(recipients, std::greater_equal<>{}) ==
             recipients.end();
}

std::vector<Octet> write_report_prefix(const Report& report,
                                       std::size_t entry_octets) {
  PK_CHECK(is_within_limits(report));
  std::vector<Octet> out;
  put(out, report.about);
  put(out, static_cast<std::uint8_t>(report.kind));
  put(out, static_cast<std::uint32_t>(report.recipients.size()));
  for (const std::uint32_t recipient : report.recipients) put(out, recipient);
  put(out, static_cast<std::uint32_t>(entry_octets));
  return out;
}

std::optional<ReportPayload> read_report(Octets payload) {
  Taker taker{payload};
  ReportPayload read;
  read.report.about = taker.take<Sequence>();
  const auto kind = taker.take<std::uint8_t>();
  if (kind != 1 && kind != 2) return std::nullopt;
  read.report.kind = ReportKind{kind};
  const auto count = taker.take<std::uint32_t>();
  if (count > entry_recipients_max) return std::nullopt;
  for (std::uint32_t i = 0; i < count && taker.ok(); ++i) {
    read.report.recipients.push_back(taker.take<std::uint32_t>());
  }
  const auto entry_octets = taker.take<std::uint32_t>();
  if (entry_octets > entry_octets_max) return std::nullopt;
  read.entry = taker.take_octets(entry_octets);
  read.message = taker.take_rest();
  if (!taker.ok() || !is_within_limits(read.report)) return std::nullopt;
  return read;
}

std::optional<MessagePayload> read_any_message(RecordType type,
                                               Octets payload) {
  if (type != RecordType::report) return read_message(type, payload);
  const auto report = read_report(payload);
  if (!report) return std::nullopt;
  MessagePayload message;
  message.entry = report->entry;
  message.message = report->message;
  return message;
}

std::vector<Octet> write(const Deferral& deferral) {
  PK_CHECK(is_within_limits(deferral.answer));
  std::vector<Octet> out;
  put(out, deferral.id);
  put(out, deferral.recipient);
  put(out, deferral.attempts);
  put(out, deferral.due.time_since_epoch().count());
  put_text(out, deferral.answer.status);
  put_text(out, deferral.answer.host);
  put_text(out, deferral.answer.diagnostic);
  return out;
}

std::optional<Deferral> read_deferral(Octets payload) {
  Taker taker{payload};
  Deferral deferral;
  deferral.id = taker.take<Sequence>();
  deferral.recipient = taker.take<std::uint32_t>();
  deferral.attempts = taker.take<std::uint32_t>();
  deferral.due = WallTime{WallTime::duration{taker.take<std::int64_t>()}};
  deferral.answer.status = taker.take_text(answer_status_octets_max);
  deferral.answer.host = taker.take_text(answer_host_octets_max);
  deferral.answer.diagnostic = taker.take_text(answer_text_octets_max);
  if (!taker.ok() || !taker.is_empty() || !is_within_limits(deferral.answer)) {
    return std::nullopt;
  }
  return deferral;
}

std::vector<Octet> write(const Marks& marks) {
  PK_CHECK(marks.marks <= marks_all);
  std::vector<Octet> out;
  put(out, marks.id);
  put(out, marks.marks);
  return out;
}

std::optional<Marks> read_marks(Octets payload) {
  Taker taker{payload};
  const Marks marks{taker.take<Sequence>(), taker.take<std::uint8_t>()};
  if (!taker.ok() || !taker.is_empty() || marks.marks > marks_all) {
    return std::nullopt;
  }
  return marks;
}

}  // namespace postkeep::spool
