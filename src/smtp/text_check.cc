#include "smtp/text_check.h"

#include <cstring>

namespace postkeep::smtp {
namespace {

std::size_t octets_before(Octet octet, Octets octets) {
  const void* found = std::memchr(octets.data(), octet, octets.size());
  return found == nullptr
             ? octets.size()
             : static_cast<std::size_t>(static_cast<const Octet*>(found) -
                                        octets.data());
}

// How many octets leave the machine where it is: those before the first CR, LF
// or NUL.
std::size_t text_octets(Octets octets) {
  octets = octets.first(octets_before('\r', octets));
  octets = octets.first(octets_before('\n', octets));
  return octets_before('\0', octets);
}

}  // namespace

TextCheck::TextCheck() { start(); }

void TextCheck::start() {
  start_machine();
  in_text_ = false;
}

void TextCheck::read(Octets octets) {
  while (!octets.empty() && holds()) {
    if (in_text_) {
      octets = octets.subspan(text_octets(octets));
      in_text_ = octets.empty();
    } else {
      octets = octets.subspan(run(octets));
    }
  }
}

void TextCheck::text() { in_text_ = true; }

}  // namespace postkeep::smtp
