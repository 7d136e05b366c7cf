#include "message/address.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "message/header.h"

namespace postkeep::message {
namespace {

// atext of RFC 5322 section 3.2.3 and RFC 6532.
bool is_atext(char c) {
  constexpr std::string_view signs = "!#$%&'*+-/=?^_`{|}~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || (c & 0x80) != 0 || signs.contains(c);
}

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  return !text.contains("..") && std::ranges::all_of(text, [](char c) {
    return c == '.' || is_atext(c);
  });
}

// One atom or more, with a single space between two.
bool is_atoms(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  return !text.contains("  ") && std::ranges::all_of(text, [](char c) {
    return c == ' ' || is_atext(c);
  });
}

std::string quoted(std::string_view text) {
  std::string written = "\"";
  for (const char c : text) {
    const bool printable = c == '\t' || (c >= ' ' && c != 0x7F) || (c & 0x80);
    if (c == '"' || c == '\\') written += '\\';
    written += printable ? c : '?';
  }
  return written + '"';
}

// A domain-literal keeps its brackets; in both forms no octet may end it.
std::string written_domain(std::string_view domain) {
  const bool literal =
      domain.size() >= 2 && domain.front() == '[' && domain.back() == ']';
  if (!literal && is_dot_atom(domain)) return std::string{domain};
  std::string written{literal ? domain.substr(1, domain.size() - 2) : domain};
  for (char& c : written) {
    const bool dtext = c > ' ' && c != '[' && c != ']' && c != '\\' && c < 0x7F;
    if (!dtext && (c & 0x80) == 0) c = '?';
  }
  if (literal) return '[' + written + ']';
  for (char& c : written) {
    if (!is_atext(c) && c != '.') c = '?';
  }
  return is_dot_atom(written) ? written : "?";
}

std::string written_phrase(std::string_view text) {
  return is_atoms(text) ? std::string{text} : quoted(text);
}

bool is_one_mailbox(const std::vector<Address>& list) {
  return list.size() == 1 && list.front().kind == AddressKind::mailbox;
}

// The element of a list that is outside the grammar; see the header.
Address recover_address(std::string_view element) {
  const auto angle = element.rfind('<');
  if (angle != std::string_view::npos) {
    auto list = read_address_list(element.substr(angle));
    if (list && is_one_mailbox(*list)) {
      list->front().display_name = unfold(element.substr(0, angle));
      return std::move(list->front());
    }
  }
  Address address;
  address.display_name = unfold(element);
  return address;
}

}  // namespace

std::expected<std::vector<Address>, AddressError> AddressListReader::read(
    std::string_view value) {
  addresses_.clear();
  group_ = too_many_ = false;
  start_mailbox();
  const bool accepted = run(octets(value));
  if (too_many_) return std::unexpected(AddressError::too_many);
  if (!accepted) return std::unexpected(AddressError::outside_grammar);
  end_mailbox();
  end_group();
  if (too_many_) return std::unexpected(AddressError::too_many);
  return std::move(addresses_);
}

void AddressListReader::start_mailbox() {
  address_ = {};
  phrase_.clear();
  comment_.clear();
  phrase_octets_ = spec_octets_ = 0;
  gap_ = angle_ = false;
}

void AddressListReader::comment_start() { comment_.clear(); }

void AddressListReader::comment_octet(Octet octet) {
  comment_.push_back(static_cast<char>(octet));
}

void AddressListReader::phrase_gap() { gap_ = true; }

// Words of a phrase are one space apart, however much stood between them.
void AddressListReader::phrase_quote() {
  if (gap_ && !phrase_.empty()) phrase_ += ' ';
  gap_ = false;
  ++phrase_octets_;
}

void AddressListReader::phrase_octet(Octet octet) {
  if (gap_ && !phrase_.empty()) phrase_ += ' ';
  gap_ = false;
  phrase_.push_back(static_cast<char>(octet));
  ++phrase_octets_;
}

void AddressListReader::local_quote() { ++spec_octets_; }

void AddressListReader::local_octet(Octet octet) {
  address_.local_part.push_back(static_cast<char>(octet));
  ++spec_octets_;
}

void AddressListReader::at_sign() {
  address_.domain.clear();
  ++spec_octets_;
}

void AddressListReader::domain_octet(Octet octet) {
  address_.domain.push_back(static_cast<char>(octet));
  ++spec_octets_;
}

void AddressListReader::route_octet(Octet octet) {
  address_.route.push_back(static_cast<char>(octet));
}

// All before "<" was a display name, even where it looked like an addr-spec.
void AddressListReader::angle_start() {
  address_ = {};
  angle_ = true;
}

void AddressListReader::group_start() {
  end_group();
  Address start;
  start.kind = AddressKind::group_start;
  start.display_name = std::move(phrase_);
  add(std::move(start));
  group_ = true;
  start_mailbox();
}

void AddressListReader::comma() {
  end_mailbox();
  start_mailbox();
}

void AddressListReader::semicolon() {
  end_mailbox();
  end_group();
  start_mailbox();
}

void AddressListReader::end_mailbox() {
  // The addr-spec counts if it reaches as far as the display name does.
  const bool is_spec = spec_octets_ > 0 && spec_octets_ >= phrase_octets_;
  if (angle_ || !is_spec) address_.display_name = std::move(phrase_);
  if (!angle_ && !is_spec) address_.local_part.clear();
  if (!angle_ && !is_spec) address_.domain.clear();
  if (address_ == Address{}) return;
  if (address_.display_name.empty()) {
    address_.display_name = std::move(comment_);
  }
  add(std::move(address_));
}

void AddressListReader::end_group() {
  if (!group_) return;
  Address end;
  end.kind = AddressKind::group_end;
  add(std::move(end));
  group_ = false;
}

void AddressListReader::add(Address address) {
  too_many_ = too_many_ || addresses_.size() == addresses_max;
  if (!too_many_) addresses_.push_back(std::move(address));
}

std::expected<std::vector<Address>, AddressError> read_address_list(
    std::string_view value) {
  return AddressListReader{}.read(value);
}

std::vector<Address> recover_address_list(std::string_view value) {
  if (auto list = read_address_list(value)) return std::move(*list);
  std::vector<Address> recovered;
  for (const std::string_view element : AddressListCutter{}.cut(value)) {
    auto list = read_address_list(element);
    if (!list) list = std::vector{recover_address(element)};
    for (Address& address : *list) {
      if (recovered.size() == addresses_max) return recovered;
      recovered.push_back(std::move(address));
    }
  }
  return recovered;
}

std::vector<std::string_view> AddressListCutter::cut(std::string_view value) {
  commas_.clear();
  octets_ = 0;
  if (!run(octets(value))) return {value};
  std::vector<std::string_view> elements;
  std::size_t begin = 0;
  for (const std::size_t comma : commas_) {
    elements.push_back(value.substr(begin, comma - begin));
    begin = comma + 1;
  }
  elements.push_back(value.substr(begin));
  return elements;
}

void AddressListCutter::octet() { ++octets_; }

void AddressListCutter::comma() {
  if (commas_.size() < addresses_max) commas_.push_back(octets_ - 1);
}

std::string write(const Address& address) {
  if (address.kind != AddressKind::mailbox || address.domain.empty()) return {};
  std::string spec = is_dot_atom(address.local_part)
                         ? address.local_part
                         : quoted(address.local_part);
  spec += '@' + written_domain(address.domain);
  if (address.display_name.empty()) return spec;
  return written_phrase(address.display_name) + " <" + spec + '>';
}

std::string write(const std::vector<Address>& addresses) {
  std::string written;
  bool group = false;
  bool first = true;
  for (const Address& address : addresses) {
    if (address.kind == AddressKind::group_end) {
      if (group) written += ';';
      group = false;
      continue;
    }
    const bool starts = address.kind == AddressKind::group_start;
    const std::string text =
        starts ? written_phrase(address.display_name) + ':' : write(address);
    if (text.empty()) continue;
    if (starts && group) written += ';';
    if (!first)
      written += starts || !group || written.back() != ':' ? ", " : " ";
    written += text;
    first = false;
    group = group || starts;
  }
  if (group) written += ';';
  return written;
}

std::string_view name(AddressError error) {
  switch (error) {
    case AddressError::outside_grammar: return "outside_grammar";
    case AddressError::too_many: return "too_many";
  }
  check_failed("AddressError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::message
