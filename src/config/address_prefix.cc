#include "config/address_prefix.h"

#include <arpa/inet.h>

#include <charconv>
#include <optional>

namespace postkeep::config {
namespace {

std::optional<unsigned> number_of(std::string_view text) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

bool has_bits_behind(const AddressPrefix& prefix) {
  const unsigned most = prefix.is_v6 ? 128 : 32;
  for (unsigned bit = prefix.bits; bit < most; ++bit) {
    if ((prefix.octets[bit / 8] & (0x80U >> bit % 8)) != 0) return true;
  }
  return false;
}

}  // namespace

std::expected<AddressPrefix, std::string> read_address_prefix(
    std::string_view text) {
  const std::unexpected wrong("`" + std::string(text) +
                              "` is no address or network: write 192.0.2.1, "
                              "10.0.0.0/8, 2001:db8::1 or fd00::/8");
  const std::string address(text.substr(0, text.find('/')));
  AddressPrefix prefix;
  if (inet_pton(AF_INET, address.c_str(), prefix.octets.data()) != 1) {
    prefix.is_v6 = true;
    if (inet_pton(AF_INET6, address.c_str(), prefix.octets.data()) != 1) {
      return wrong;
    }
  }
  const unsigned most = prefix.is_v6 ? 128 : 32;
  unsigned bits = most;
  if (address.size() < text.size()) {
    const auto said = number_of(text.substr(address.size() + 1));
    if (!said || *said > most) return wrong;
    bits = *said;
  }
  prefix.bits = static_cast<std::uint8_t>(bits);
  if (has_bits_behind(prefix)) {
    return std::unexpected("`" + std::string(text) +
                           "` has bits set behind its prefix: write the "
                           "network's own address, or the address alone");
  }
  return prefix;
}

}  // namespace postkeep::config
