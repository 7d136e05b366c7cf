#include "role/log_lines.h"

#include <algorithm>
#include <optional>

#include "base/log_line.h"

namespace postkeep::role {
namespace {

std::optional<Severity> severity_of(char letter) {
  switch (letter) {
    case 'd': return Severity::debug;
    case 'i': return Severity::info;
    case 'n': return Severity::notice;
    case 'w': return Severity::warning;
    case 'e': return Severity::error;
    default: return std::nullopt;
  }
}

bool is_written_line(std::string_view line) {
  return line.size() > 2 && line[1] == ' ' && severity_of(line[0]) &&
         line.substr(2).starts_with("event=") &&
         std::all_of(line.begin(), line.end(),
                     [](char c) { return c >= ' ' && c <= '~'; });
}

void append_digits(std::string& out, std::int64_t number, int width) {
  const std::string text = std::to_string(number);
  const auto wanted = static_cast<std::size_t>(width);
  if (text.size() < wanted) out.append(wanted - text.size(), '0');
  out += text;
}

}  // namespace

std::string source_name(std::string_view role, std::uint32_t instance) {
  return std::string(role) + "." + std::to_string(instance);
}

std::string write_log_time(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out;
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, clock.hours().count(), 2);
  out += ':';
  append_digits(out, clock.minutes().count(), 2);
  out += ':';
  append_digits(out, clock.seconds().count(), 2);
  out += '.';
  append_digits(out, clock.subseconds().count(), 6);
  out += 'Z';
  return out;
}

void write_lines(std::string& out, WallTime time, std::string_view source,
                 Octets packet) {
  const std::string when = write_log_time(time);
  std::string_view text(reinterpret_cast<const char*>(packet.data()),
                        packet.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    line = line.substr(0, log_line_octets_max + 2);
    const bool written = is_written_line(line);
    const Severity severity = written ? *severity_of(line[0]) : Severity::error;
    out += when;
    out += ' ';
    out += name(severity);
    out += " role=";
    out += source;
    out += ' ';
    out += written ? std::string(line.substr(2))
                   : write_log_line("standard_error", {Field("text", line)});
    out += '\n';
  }
}

}  // namespace postkeep::role
