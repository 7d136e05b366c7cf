#include "sandbox/report.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>

#include "base/descriptor.h"

namespace postkeep::sandbox {
namespace {

constexpr std::size_t file_octets_max = 16 * 1024;

std::optional<std::string> text_of(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC),
                        [](int n) { ::close(n); });
  if (!file.holds()) return std::nullopt;
  std::string text;
  std::array<char, 4096> room{};
  for (;;) {
    const ssize_t got = read(file.number(), room.data(), room.size());
    if (got < 0) return std::nullopt;
    if (got == 0 || text.size() > file_octets_max) return text;
    text.append(room.data(), static_cast<std::size_t>(got));
  }
}

std::string link_of(const std::string& path) {
  std::array<char, PATH_MAX> room{};
  const ssize_t size = readlink(path.c_str(), room.data(), room.size());
  return size > 0 ? std::string(room.data(), static_cast<std::size_t>(size))
                  : std::string();
}

std::optional<bool> other_namespace(const std::string& process,
                                    const std::string& kind) {
  const std::string theirs = link_of(process + "/ns/" + kind);
  const std::string ours = link_of("/proc/self/ns/" + kind);
  if (theirs.empty() || ours.empty()) return std::nullopt;
  return theirs != ours;
}

std::string_view without_spaces(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// What stands after `name` at the beginning of a line.
std::string_view line_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with(name)) return without_spaces(line.substr(name.size()));
  }
  return {};
}

std::uint32_t number_of(std::string_view text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "1024   4096   files" to "1024 4096".
std::string limit_of(std::string_view text, std::string_view name) {
  std::string_view rest = line_of(text, name);
  const std::string_view soft = rest.substr(0, rest.find(' '));
  rest = without_spaces(rest.substr(soft.size()));
  const std::string_view hard = rest.substr(0, rest.find(' '));
  return std::string(soft) + " " + std::string(hard);
}

}  // namespace

Report read_report(std::string_view status, std::string_view limits) {
  Report report;
  report.no_new_privs = line_of(status, "NoNewPrivs:") == "1";
  report.filtered = line_of(status, "Seccomp:") == "2";
  report.filters = number_of(line_of(status, "Seccomp_filters:"));
  report.uid = number_of(line_of(status, "Uid:"));
  report.threads = number_of(line_of(status, "Threads:"));
  report.capabilities = line_of(status, "CapEff:");
  report.capability_bounds = line_of(status, "CapBnd:");
  report.open_files = limit_of(limits, "Max open files");
  report.file_octets = limit_of(limits, "Max file size");
  report.processes = limit_of(limits, "Max processes");
  report.core_octets = limit_of(limits, "Max core file size");
  return report;
}

std::optional<Report> report(std::int32_t process) {
  const std::string folder = "/proc/" + std::to_string(process);
  const auto status = text_of(folder + "/status");
  if (!status) return std::nullopt;
  Report report =
      read_report(*status, text_of(folder + "/limits").value_or(""));
  report.root = link_of(folder + "/root");
  report.own_mounts = other_namespace(folder, "mnt");
  report.own_network = other_namespace(folder, "net");
  return report;
}

}  // namespace postkeep::sandbox
