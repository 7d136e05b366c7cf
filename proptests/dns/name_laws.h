// The laws of base/dns_name.h. Each returns true when it holds.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "base/dns_name.h"

namespace postkeep::dns {

// The rule of the head of base/dns_name.h once more, label by label.
inline bool reference_is_name(std::string_view text) {
  if (text == ".") return true;
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (text.empty() || text.size() > dns_name_octets_max) return false;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    const std::string_view label = text.substr(begin, end - begin);
    const bool fits = std::all_of(label.begin(), label.end(), [](char c) {
      const auto octet = static_cast<unsigned char>(c);
      return octet < 0x80 && (std::isalnum(octet) != 0 || c == '-' || c == '_');
    });
    if (label.empty() || label.size() > dns_label_octets_max || !fits) {
      return false;
    }
    begin = end + 1;
  }
  return true;
}

inline bool law_name_is_what_the_rule_says(std::string_view text) {
  const auto name = DnsName::read(text);
  if (name.has_value() != reference_is_name(text)) return false;
  if (!name) return true;
  // What is read is read again as the same, in any case, with a dot or without.
  std::string upper(text);
  for (char& c : upper) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return DnsName::read(name->text()) == name && DnsName::read(upper) == name &&
         (name->is_root() ||
          DnsName::read(std::string(name->text()) + ".") == name);
}

}  // namespace postkeep::dns
