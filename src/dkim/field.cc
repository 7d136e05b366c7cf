#include "dkim/field.h"

#include <algorithm>
#include <array>
#include <map>

namespace postkeep::dkim {
namespace {

struct SignedField {
  std::string_view name;
  bool once_more;
};

// Section 5.4.1, without what lists and relays add or change on their way.
constexpr std::array<SignedField, 18> signed_fields{{
    {"from", true},
    {"to", true},
    {"cc", true},
    {"subject", true},
    {"date", true},
    {"message-id", true},
    {"mime-version", true},
    {"content-type", true},
    {"content-transfer-encoding", true},
    {"sender", false},
    {"reply-to", false},
    {"in-reply-to", false},
    {"references", false},
    {"content-id", false},
    {"content-description", false},
    {"resent-from", false},
    {"resent-to", false},
    {"resent-date", false},
}};

// RFC 5322 section 3.6 lets most of them stand once; in resent blocks they may
// stand again. Were h= to name but some of them, one more would go unnoticed.
constexpr std::size_t same_name_max = 20;

bool is_space(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::string canonical_field(Form form, std::string_view field) {
  if (form == Form::simple) return std::string{field};
  const std::size_t colon = std::min(field.find(':'), field.size());
  std::string_view name = field.substr(0, colon);
  while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
  std::string canonical = message::in_lower_case(name) + ':';
  const std::string_view value =
      colon < field.size() ? field.substr(colon + 1) : std::string_view{};
  bool space = false;
  bool text = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (is_space(value[i])) {
      space = true;
    } else if (value[i] == '\r' && i + 1 < value.size() &&
               value[i + 1] == '\n') {
      i += 1;  // Unfolded: what follows is white space, or nothing.
    } else {
      if (space && text) canonical += ' ';
      space = false;
      text = true;
      canonical += value[i];
    }
  }
  return canonical + "\r\n";
}

std::optional<std::vector<std::string>> fields_to_sign(
    const message::Header& header) {
  std::vector<std::string> names;
  for (const SignedField& field : signed_fields) {
    const std::size_t there = message::count(header, field.name);
    if (there > same_name_max) return std::nullopt;
    names.insert(names.end(), there + (field.once_more ? 1 : 0),
                 std::string{field.name});
  }
  return names;
}

std::string hashed_fields(Form form, std::string_view message,
                          const message::Header& header,
                          const std::vector<std::string>& names) {
  std::map<std::string, std::vector<const message::Field*>, std::less<>> left;
  for (const message::Field& field : header.fields) {
    left[message::in_lower_case(field.name)].push_back(&field);
  }
  std::string hashed;
  for (const std::string& name : names) {
    const auto found = left.find(message::in_lower_case(name));
    if (found == left.end() || found->second.empty()) continue;
    const message::Field& field = *found->second.back();
    hashed += canonical_field(form, message.substr(field.offset, field.octets));
    found->second.pop_back();
  }
  return hashed;
}

}  // namespace postkeep::dkim
