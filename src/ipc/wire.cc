#include "ipc/wire.h"

#include "base/check.h"

namespace postkeep::ipc {

void Writer::put(std::uint64_t value, std::size_t octets) {
  for (std::size_t i = octets; i > 0; --i) {
    out_.push_back(static_cast<Octet>(value >> (8 * (i - 1))));
  }
}

void Writer::count(std::size_t value, std::size_t max) {
  // Who sends keeps the bound: what comes from outside was bounded before.
  PK_CHECK(value <= max);
  put(value, 4);
}

void Writer::operator()(std::string& text, std::size_t max) {
  count(text.size(), max);
  out_.insert(out_.end(), text.begin(), text.end());
}

void Writer::operator()(std::vector<Octet>& octets, std::size_t max) {
  count(octets.size(), max);
  out_.insert(out_.end(), octets.begin(), octets.end());
}

Octets Reader::take(std::size_t octets) {
  if (!ok_ || rest_.size() < octets) {
    ok_ = false;
    return {};
  }
  const Octets part = rest_.first(octets);
  rest_ = rest_.subspan(octets);
  return part;
}

std::uint64_t Reader::get(std::size_t octets) {
  std::uint64_t value = 0;
  for (const Octet octet : take(octets)) value = value << 8 | octet;
  return value;
}

std::size_t Reader::count(std::size_t max) {
  const std::uint64_t value = get(4);
  // An element has at least one octet: no count makes us reserve for more.
  if (value > max || value > rest_.size()) {
    ok_ = false;
    return 0;
  }
  return static_cast<std::size_t>(value);
}

void Reader::operator()(std::string& text, std::size_t max) {
  const Octets part = take(count(max));
  text.assign(part.begin(), part.end());
}

void Reader::operator()(std::vector<Octet>& octets, std::size_t max) {
  const Octets part = take(count(max));
  octets.assign(part.begin(), part.end());
}

}  // namespace postkeep::ipc
