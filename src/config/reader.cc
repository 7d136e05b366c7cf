#include "config/reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

// toml++ 3.3 asserts what a malformed file can bring about ("[[[" does): what
// it says of such a file by itself, an error, is what we want.
#define TOML_ASSERT(condition) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

#include "config/address_prefix.h"
#include "config/lmtp_address.h"
#include "config/resolvers.h"
#include "config/settings.h"

namespace postkeep::config {
namespace {

constexpr std::size_t host_octets_max = 255;  // RFC 1035 section 2.3.4.

std::size_t line_of(const toml::node& node) { return node.source().begin.line; }

std::string full_name(const Setting& setting) {
  std::string name{setting.section};
  if (!name.empty()) name += '.';
  return name += setting.key;
}

// The number of edits between two short words, for "did you mean".
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t change = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string did_you_mean(std::string_view section, std::string_view key) {
  const Setting* best = nullptr;
  std::size_t best_distance = 4;  // Farther is another word.
  for (const Setting& setting : settings()) {
    if (setting.section != section) continue;
    const std::size_t d = distance(key.substr(0, 64), setting.key);
    if (d < best_distance) {
      best = &setting;
      best_distance = d;
    }
  }
  if (best == nullptr) return "; `postkeep init --help` shows all settings";
  return "; did you mean `" + std::string(best->key) + "`?";
}

class FileReader {
 public:
  std::expected<Config, std::vector<Mistake>> read(std::string_view text) {
    if (text.size() > file_octets_max) {
      say(0, "the file is larger than a configuration can be (1 MiB)");
      return std::unexpected(std::move(mistakes_));
    }
    // toml++ 3.3 takes letters beyond ASCII in a key for unreachable: a file
    // that holds any is refused before it sees it. No setting needs them.
    const auto beyond =
        std::ranges::find_if(text, [](unsigned char c) { return c >= 0x80; });
    if (beyond != text.end()) {
      say(static_cast<std::size_t>(1 + std::count(text.begin(), beyond, '\n')),
          "a character that is not ASCII: write domains as xn--..., and "
          "remarks without accents");
      return std::unexpected(std::move(mistakes_));
    }
    const toml::parse_result result = toml::parse(text);
    if (!result) {
      say(result.error().source().begin.line,
          std::string(result.error().description()));
      return std::unexpected(std::move(mistakes_));
    }
    take_table(result.table(), "");
    check();
    if (!mistakes_.empty()) return std::unexpected(std::move(mistakes_));
    return std::move(config_);
  }

 private:
  void say(std::size_t line, std::string text) {
    mistakes_.push_back({line, std::move(text)});
  }

  void take_table(const toml::table& table, std::string_view section) {
    for (const auto& [key, node] : table) {
      const std::string_view name = key.str();
      if (section.empty() && !section_meaning(name).empty()) {
        if (const toml::table* inner = node.as_table()) {
          take_table(*inner, name);
        } else {
          say(line_of(node), "`" + std::string(name) +
                                 "` is a section: write [" + std::string(name) +
                                 "]");
        }
        continue;
      }
      const auto found =
          std::ranges::find_if(settings(), [&](const Setting& setting) {
            return setting.section == section && setting.key == name;
          });
      if (found == settings().end()) {
        say(line_of(node),
            "there is no setting `" + std::string(name) + "`" +
                (section.empty() ? " at the top of the file"
                                 : " in [" + std::string(section) + "]") +
                did_you_mean(section, name));
        continue;
      }
      std::visit([&](auto member) { take(*found, member(config_), node); },
                 found->member);
      lines_.emplace_back(&*found, line_of(node));
    }
  }

  void take(const Setting& setting, std::string& member,
            const toml::node& node) {
    const auto* value = node.as_string();
    if (value == nullptr) {
      return say(line_of(node),
                 full_name(setting) + " is a text: write it in quotes");
    }
    take_text(setting, member, value->get(), line_of(node));
  }

  void take_text(const Setting& setting, std::string& member,
                 const std::string& value, std::size_t line) {
    if (std::ranges::any_of(value, [](unsigned char c) { return c < ' '; })) {
      return say(line, full_name(setting) + " holds a control character");
    }
    member = value;
  }

  void take(const Setting& setting, std::vector<std::string>& member,
            const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      return say(
          line_of(node),
          full_name(setting) + " is a list: write it in brackets, [\"a\"]");
    }
    member.clear();
    for (const toml::node& element : *array) {
      const auto* value = element.as_string();
      if (value == nullptr) {
        return say(line_of(element),
                   full_name(setting) + " is a list of texts in quotes");
      }
      take_text(setting, member.emplace_back(), value->get(), line_of(element));
    }
  }

  void take(const Setting& setting, std::uint64_t& member,
            const toml::node& node) {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < 0 ||
        static_cast<std::uint64_t>(value->get()) < setting.least ||
        static_cast<std::uint64_t>(value->get()) > setting.most) {
      return say(line_of(node),
                 full_name(setting) + " is a number from " +
                     std::to_string(setting.least) + " to " +
                     std::to_string(setting.most) +
                     (setting.unit.empty() ? std::string()
                                           : " " + std::string(setting.unit)));
    }
    member = static_cast<std::uint64_t>(value->get());
  }

  void take(const Setting& setting, bool& member, const toml::node& node) {
    const auto* value = node.as_boolean();
    if (value == nullptr) {
      return say(line_of(node), full_name(setting) + " is true or false");
    }
    member = value->get();
  }

  // The line where a setting stands, or 0.
  std::size_t line_of_setting(std::string_view section, std::string_view key) {
    for (const auto& [setting, line] : lines_) {
      if (setting->section == section && setting->key == key) return line;
    }
    return 0;
  }

  void check() {
    if (config_.domains.empty()) {
      say(line_of_setting("", "domains"),
          "domains is empty: name the domains whose mail is kept here, as in "
          "domains = [\"example.org\"]");
    }
    check_name("hostname", config_.hostname);
    for (const std::string& domain : config_.domains) {
      check_name("domains", domain);
    }
    check_listen("smtp", config_.listen.smtp);
    check_listen("submission", config_.listen.submission);
    check_listen("submissions", config_.listen.submissions);
    check_listen("imap", config_.listen.imap);
    check_listen("imaps", config_.listen.imaps);
    check_listen("pop3", config_.listen.pop3);
    check_listen("pop3s", config_.listen.pop3s);
    check_lmtp();
    check_dns();
    check_networks("allow_private", config_.outbound.allow_private);
    check_networks("own_addresses", config_.outbound.own_addresses);
    check_words();
  }

  void check_name(std::string_view key, const std::string& value) {
    const bool good = !value.empty() && value.size() <= host_octets_max &&
                      std::ranges::all_of(value, [](unsigned char c) {
                        return (c >= 'a' && c <= 'z') ||
                               (c >= 'A' && c <= 'Z') ||
                               (c >= '0' && c <= '9') || c == '-' || c == '.';
                      });
    if (!good) {
      say(line_of_setting("", key),
          std::string(key) + ": `" + value +
              "` is not a domain name (letters, digits, '-' and '.')");
    }
  }

  void check_listen(std::string_view key,
                    const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      if (const auto read = read_listen_address(address); !read) {
        say(line_of_setting("listen", key),
            "listen." + std::string(key) + ": " + read.error());
      }
    }
  }

  void check_lmtp() {
    for (const std::string& address : config_.lmtp.listen) {
      if (const auto read = read_lmtp_address(address); !read) {
        say(line_of_setting("lmtp", "listen"), "lmtp.listen: " + read.error());
      }
    }
    if (!read_socket_mode(config_.lmtp.mode)) {
      say(line_of_setting("lmtp", "mode"),
          "lmtp.mode: `" + config_.lmtp.mode +
              "` is not a mode of a socket: write 0600 or 0660");
    }
    if (!config_.lmtp.owner.empty() && !read_owner(config_.lmtp.owner)) {
      say(line_of_setting("lmtp", "owner"),
          "lmtp.owner: `" + config_.lmtp.owner +
              "` is not an owner: write user or user:group");
    }
  }

  void check_dns() {
    const DnsSettings& dns = config_.dns;
    for (const std::string& text : dns.resolvers) {
      if (const auto read = read_resolver(text); !read) {
        say(line_of_setting("dns", "resolvers"),
            "dns.resolvers: " + read.error());
      }
    }
    if (dns.resolvers.size() > resolvers_max) {
      say(line_of_setting("dns", "resolvers"),
          "dns.resolvers: " + std::to_string(resolvers_max) + " at most");
    }
    const auto known = resolvers_of(dns, "");
    for (const std::string& text : dns.trusted) {
      const auto read = read_resolver(text);
      if (!read) {
        say(line_of_setting("dns", "trusted"), "dns.trusted: " + read.error());
      } else if (!dns.resolvers.empty() &&
                 std::ranges::find(known, *read) == known.end()) {
        say(line_of_setting("dns", "trusted"),
            "dns.trusted: `" + text + "` is none of dns.resolvers");
      }
    }
    if (dns.deadline_milliseconds < dns.attempt_milliseconds) {
      say(line_of_setting("dns", "deadline_milliseconds"),
          "dns.deadline_milliseconds is shorter than one attempt "
          "(dns.attempt_milliseconds)");
    }
  }

  void check_networks(std::string_view key,
                      const std::vector<std::string>& networks) {
    for (const std::string& network : networks) {
      if (const auto read = read_address_prefix(network); !read) {
        say(line_of_setting("outbound", key),
            "outbound." + std::string(key) + ": " + read.error());
      }
    }
  }

  void check_words() {
    constexpr std::array levels{"debug", "info", "notice", "warning", "error"};
    if (std::ranges::find(levels, config_.log.level) == levels.end()) {
      say(line_of_setting("log", "level"),
          "log.level is debug, info, notice, warning or error");
    }
    constexpr std::array claims{"no_new_privs", "seccomp", "empty_root",
                                "landlock", "separate_uids"};
    for (const std::string& claim : config_.sandbox.require) {
      if (std::ranges::find(claims, claim) == claims.end()) {
        say(line_of_setting("sandbox", "require"),
            "sandbox.require: `" + claim +
                "` is none of no_new_privs, seccomp, empty_root, landlock, "
                "separate_uids");
      }
    }
    if (config_.imap.separator != "/" && config_.imap.separator != ".") {
      say(line_of_setting("imap", "separator"),
          "imap.separator is \"/\" or \".\"");
    }
    if (config_.accounts.separator.size() > 1) {
      say(line_of_setting("accounts", "separator"),
          "accounts.separator is one character, or empty");
    }
  }

  Config config_;
  std::vector<Mistake> mistakes_;
  std::vector<std::pair<const Setting*, std::size_t>> lines_;
};

}  // namespace

std::string write(std::string_view path, const Mistake& mistake) {
  std::string text{path};
  if (mistake.line > 0) text += ':' + std::to_string(mistake.line);
  return text += ": " + mistake.text;
}

std::expected<Config, std::vector<Mistake>> read(std::string_view text) {
  return FileReader().read(text);
}

std::expected<ListenAddress, std::string> read_listen_address(
    std::string_view text) {
  const auto wrong = [&] {
    return std::unexpected(
        "`" + std::string(text) +
        "` is not an address to listen at: write 127.0.0.1:25 or [::1]:25");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong();
  }
  ListenAddress address{.host = std::string(host), .port = 0};
  const auto [end, error] =
      std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc{} || end != port.data() + port.size() ||
      address.port == 0 || host.empty()) {
    return wrong();
  }
  return address;
}

std::string below(std::string_view directory, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  return std::string(directory) + "/" + std::string(path);
}

}  // namespace postkeep::config
