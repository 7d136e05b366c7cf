// The laws of tls/connection.h on mutated ciphertext. The first octet says
// where it comes in: 0 instead of a handshake, 1 after one of TLS 1.3, 2 after
// one of TLS 1.2; 3 and 4: a client's first flight of either version with
// octets replaced, three of input (place, place, value) for each. Seeds:
// corpus/tls_connection.
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "tls/connection_laws.h"

using namespace postkeep;
using namespace postkeep::tls;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const Octets input{data + 1, size - 1};
  const int way = data[0] % 5;
  if (way < 3) {
    const int version =
        way == 0 ? 0 : (way == 1 ? TLS1_3_VERSION : TLS1_2_VERSION);
    PK_CHECK(laws_hold(version, input, true));
    return 0;
  }
  std::vector<Octet> flight =
      first_flight(way == 3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  for (std::size_t i = 0; i + 2 < input.size(); i += 3) {
    const std::size_t place = std::size_t{input[i]} * 256 + input[i + 1];
    flight[place % flight.size()] = input[i + 2];
  }
  PK_CHECK(laws_hold(0, flight, false));
  return 0;
}
