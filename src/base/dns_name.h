// Names of the DNS, as a type that holds only what was looked at
// (RFC 1035 section 2.3.1, RFC 1123 section 2.1).
//
// Here:      DnsName: reading a name, and what can be said of one.
// Not here:  names on the wire, compressed or not (dns/wire.h).
// Grammar:   labels of 1 to 63 octets out of a-z, 0-9, '-' and '_', parted by
//            '.', 253 octets at most; "." alone is the root.
// Laws:      proptests/dns/name_laws.h.
//
// How names are written: upper case is folded, since names that differ in case
// are one name (RFC 4343), and a dot at the end is dropped. There are no
// escapes: a name with any other octet is no name of mail, and is refused
// wherever it stands. Names in other scripts come as A-labels (RFC 5890).
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace postkeep {

inline constexpr std::size_t dns_label_octets_max = 63;  // RFC 1035, 2.3.4.
// 255 octets with the lengths of the labels and the root's (RFC 1035, 2.3.4):
// 253 as text.
inline constexpr std::size_t dns_name_octets_max = 253;

class DnsName {
 public:
  // The root.
  DnsName() = default;

  // The name in `text`, or nullopt when it is none.
  [[nodiscard]] static std::optional<DnsName> read(std::string_view text) {
    if (text == ".") return DnsName{};
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > dns_name_octets_max) return std::nullopt;
    DnsName name;
    name.text_.reserve(text.size());
    std::size_t label_octets = 0;
    for (const char c : text) {
      const char folded = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      if (folded == '.' ? label_octets == 0 : !is_label_octet(folded)) {
        return std::nullopt;
      }
      label_octets = folded == '.' ? 0 : label_octets + 1;
      if (label_octets > dns_label_octets_max) return std::nullopt;
      name.text_ += folded;
    }
    if (label_octets == 0) return std::nullopt;
    return name;
  }

  // In lower case, without a dot at the end; "." for the root.
  [[nodiscard]] std::string_view text() const {
    return text_.empty() ? std::string_view(".") : std::string_view(text_);
  }
  [[nodiscard]] bool is_root() const { return text_.empty(); }
  // Whether it can be a host's name (RFC 1123 section 2.1): no '-' at either
  // end of a label, and a last label that is not all digits, so that it cannot
  // be taken for an address. '_' is tolerated: no host should have it, but MX
  // and PTR records name such hosts, and looking their addresses up works.
  [[nodiscard]] bool is_host() const {
    if (text_.empty()) return false;
    char before = '.';
    bool digits_only = true;  // In the label at hand.
    for (const char c : text_) {
      if (c == '-' && before == '.') return false;
      if (c == '.' && before == '-') return false;
      digits_only = c == '.' || (digits_only && c >= '0' && c <= '9');
      before = c;
    }
    return before != '-' && !digits_only;
  }

  auto operator<=>(const DnsName&) const = default;

 private:
  static constexpr bool is_label_octet(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  }

  std::string text_;  // Empty: the root.
};

}  // namespace postkeep
