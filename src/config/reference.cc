#include "config/reference.h"

#include <utility>

#include "config/settings.h"

namespace postkeep::config {
namespace {

constexpr std::size_t columns_max = 80;

// TOML's basic string. Settings hold no control characters.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

std::string written(const std::string& value) { return quoted(value); }
std::string written(std::uint64_t value) { return std::to_string(value); }
std::string written(bool value) { return value ? "true" : "false"; }
std::string written(const std::vector<std::string>& values) {
  std::string out = "[";
  for (const std::string& value : values) {
    if (out.size() > 1) out += ", ";
    out += quoted(value);
  }
  return out += ']';
}

std::string value_of(const Setting& setting, Config& config) {
  return std::visit([&](auto member) { return written(member(config)); },
                    setting.member);
}

// `text` as comment lines of at most 80 columns.
std::string comment(std::string_view text) {
  std::string out;
  std::string line = "#";
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (line.size() + 1 + word.size() > columns_max) {
      out += std::exchange(line, "#") + "\n";
    }
    line += ' ';
    line += word;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return out + line + "\n";
}

std::string kind_of(const Setting& setting) {
  switch (setting.member.index()) {
    case 0: return "text";
    case 1: return "list of texts";
    case 3: return "true or false";
    default: break;
  }
  std::string kind =
      std::to_string(setting.least) + " to " + std::to_string(setting.most);
  if (!setting.unit.empty()) kind += " " + std::string(setting.unit);
  return kind;
}

}  // namespace

std::string annotated_file(const Config& given) {
  Config config = given;
  Config defaults;
  std::string out =
      "# Postkeep's configuration. What stands behind '#' is the default.\n"
      "# `postkeep check` says what is wrong with it; a running server reads "
      "it\n"
      "# again on SIGHUP.\n";
  std::string_view section;
  for (const Setting& setting : settings()) {
    if (setting.section != section) {
      section = setting.section;
      out += "\n\n" + comment(section_meaning(section)) + "[" +
             std::string(section) + "]\n";
    }
    const std::string value = value_of(setting, config);
    const bool given_here = value != value_of(setting, defaults);
    out += "\n" + comment(setting.meaning) + (given_here ? "" : "# ") +
           std::string(setting.key) + " = " + value + "\n";
  }
  return out;
}

std::string reference_page() {
  Config defaults;
  std::string out =
      "# Configuration\n\n"
      "Generated from `src/config/settings.cc`; `postkeep init` writes a file "
      "with all of it.\nThe file is TOML. A mistake in it is reported with its "
      "line, and the server does not start;\na running server that is told to "
      "reload keeps what it had.\n";
  std::string_view section = "-";
  for (const Setting& setting : settings()) {
    if (setting.section != section) {
      section = setting.section;
      out += section.empty()
                 ? "\n## Top of the file\n\n"
                 : "\n## [" + std::string(section) + "]\n\n" +
                       std::string(section_meaning(section)) + "\n\n";
      out += "| setting | value | default | meaning |\n|---|---|---|---|\n";
    }
    out += "| `" + std::string(setting.key) + "` | " + kind_of(setting) +
           " | `" + value_of(setting, defaults) + "` | " +
           std::string(setting.meaning) + " |\n";
  }
  return out;
}

}  // namespace postkeep::config
