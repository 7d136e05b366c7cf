// The laws of tls/connection.h on generated ciphertext.
#include <openssl/ssl.h>
#include <rapidcheck.h>

#include <vector>

#include "tls/connection_laws.h"

using namespace postkeep;
using namespace postkeep::tls;

namespace {

// Records with honest heads and any bodies, or any octets at all.
rc::Gen<std::vector<Octet>> ciphertext() {
  const auto any =
      rc::gen::container<std::vector<Octet>>(rc::gen::arbitrary<Octet>());
  const auto record = rc::gen::map(
      rc::gen::tuple(rc::gen::element<Octet>(20, 21, 22, 23, 24), any),
      [](const std::tuple<Octet, std::vector<Octet>>& made) {
        const auto& [type, body] = made;
        std::vector<Octet> octets{type, 3, 3,
                                  static_cast<Octet>(body.size() >> 8),
                                  static_cast<Octet>(body.size())};
        octets.insert(octets.end(), body.begin(), body.end());
        return octets;
      });
  const auto records =
      rc::gen::map(rc::gen::container<std::vector<std::vector<Octet>>>(record),
                   [](const std::vector<std::vector<Octet>>& parts) {
                     std::vector<Octet> all;
                     for (const auto& part : parts)
                       all.insert(all.end(), part.begin(), part.end());
                     return all;
                   });
  return rc::gen::oneOf(any, record, records);
}

// A client's first flight with some octets replaced.
rc::Gen<std::vector<Octet>> near_flight() {
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::element(TLS1_2_VERSION, TLS1_3_VERSION),
          rc::gen::container<std::vector<std::pair<std::uint16_t, Octet>>>(
              rc::gen::arbitrary<std::pair<std::uint16_t, Octet>>())),
      [](const std::tuple<int, std::vector<std::pair<std::uint16_t, Octet>>>&
             made) {
        std::vector<Octet> flight = first_flight(std::get<0>(made));
        for (const auto& [at, octet] : std::get<1>(made))
          flight[at % flight.size()] = octet;
        return flight;
      });
}

rc::Gen<int> version() {
  return rc::gen::element(0, TLS1_2_VERSION, TLS1_3_VERSION);
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("cuts do not matter, bounds hold, nothing gets in", [] {
    const int after = *version();
    const std::vector<Octet> input = *ciphertext();
    RC_ASSERT(law_cuts_do_not_matter(after, input));
    RC_ASSERT(law_bounds_hold(after, input));
    RC_ASSERT(law_nothing_forged_gets_in(after, input));
  });
  held &= rc::check("a hello with some octets replaced", [] {
    const std::vector<Octet> flight = *near_flight();
    RC_ASSERT(law_cuts_do_not_matter(0, flight));
    RC_ASSERT(law_bounds_hold(0, flight));
  });
  return held ? 0 : 1;
}
