// The id by which the log follows a session: 60 random bits, in 12 characters.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/random.h"

namespace postkeep::role {

inline std::string session_id(Random& random) {
  constexpr std::string_view letters = "0123456789abcdefghjkmnpqrstvwxyz";
  std::array<Octet, 12> octets{};
  random.fill(octets);
  std::string id;
  for (const Octet octet : octets) id += letters[octet % letters.size()];
  return id;
}

}  // namespace postkeep::role
