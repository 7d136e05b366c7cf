#include "smtp/capability.h"

#include <algorithm>
#include <array>

namespace postkeep::smtp {
namespace {

char upper_case(Octet octet) {
  return static_cast<char>(octet >= 'a' && octet <= 'z' ? octet - 'a' + 'A'
                                                        : octet);
}

std::string upper_case(std::string_view text) {
  std::string upper;
  for (const char c : text) upper += upper_case(static_cast<Octet>(c));
  return upper;
}

// A number of an extension; nothing where there is none. One that is too long
// is the largest.
std::optional<std::uint64_t> number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (capability_number_max - digit) / 10 ? capability_number_max
                                                         : value * 10 + digit;
  }
  return value;
}

std::optional<std::uint64_t> first_number(
    const std::vector<std::string>& parameters) {
  if (parameters.empty()) return std::nullopt;
  const std::string_view first = parameters.front();
  return number(first.substr(0, first.find(',')));
}

struct Flag {
  std::string_view keyword;
  bool Capabilities::* member;
};
constexpr std::array flags{
    Flag{"PIPELINING", &Capabilities::pipelining},
    Flag{"CHUNKING", &Capabilities::chunking},
    Flag{"BINARYMIME", &Capabilities::binarymime},
    Flag{"8BITMIME", &Capabilities::eight_bit_mime},
    Flag{"SMTPUTF8", &Capabilities::smtputf8},
    Flag{"DSN", &Capabilities::dsn},
    Flag{"STARTTLS", &Capabilities::starttls},
    Flag{"REQUIRETLS", &Capabilities::requiretls},
    Flag{"ENHANCEDSTATUSCODES", &Capabilities::enhanced_codes},
    Flag{"MT-PRIORITY", &Capabilities::mt_priority},
    Flag{"SIZE", &Capabilities::size},
    Flag{"DELIVERBY", &Capabilities::deliver_by},
    Flag{"FUTURERELEASE", &Capabilities::future_release},
};

// RFC 9422 section 3: "LIMITS RCPTMAX=20 MAILMAX=5".
void add_limit(std::string_view parameter, Capabilities& capabilities) {
  const std::size_t equal = parameter.find('=');
  if (equal == std::string_view::npos) return;
  const auto value = number(parameter.substr(equal + 1));
  if (!value || *value == 0) return;
  const std::string limit = upper_case(parameter.substr(0, equal));
  if (limit == "RCPTMAX") capabilities.recipients_max = value;
  if (limit == "MAILMAX") capabilities.transactions_max = value;
}

void add_line(const EhloLineReader& line, Capabilities& capabilities) {
  const std::string& keyword = line.keyword();
  const auto flag = std::ranges::find(flags, keyword, &Flag::keyword);
  if (flag != flags.end()) capabilities.*flag->member = true;
  if (keyword == "SIZE") {
    const auto size = first_number(line.parameters());
    if (size && *size > 0) capabilities.message_octets_max = size;
  } else if (keyword == "DELIVERBY") {
    capabilities.deliver_by_seconds_min = first_number(line.parameters());
  } else if (keyword == "FUTURERELEASE") {
    capabilities.hold_seconds_max = first_number(line.parameters());
  } else if (keyword == "LIMITS") {
    for (const std::string& each : line.parameters()) {
      add_limit(each, capabilities);
    }
  } else if (keyword == "AUTH") {
    for (const std::string& each : line.parameters()) {
      if (capabilities.auth_mechanisms.size() == auth_mechanisms_max) break;
      capabilities.auth_mechanisms.push_back(upper_case(each));
    }
  }
}

}  // namespace

bool EhloLineReader::read(std::string_view line) {
  keyword_.clear();
  parameters_.clear();
  return run(octets(line));
}

void EhloLineReader::keyword_octet(Octet octet) {
  keyword_ += upper_case(octet);
}
void EhloLineReader::parameter_start() { parameters_.emplace_back(); }
void EhloLineReader::parameter_octet(Octet octet) {
  parameters_.back() += static_cast<char>(octet);
}

Capabilities read_capabilities(const Reply& reply) {
  Capabilities capabilities;
  EhloLineReader reader;
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {
    if (reader.read(reply.lines[i])) add_line(reader, capabilities);
  }
  return capabilities;
}

}  // namespace postkeep::smtp
