// The laws of crypto/base64.h on generated values.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "crypto/base64_laws.h"

using namespace postkeep;
using namespace postkeep::crypto;

namespace {

rc::Gen<std::vector<Octet>> any_octets() {
  return rc::gen::container<std::vector<Octet>>(rc::gen::arbitrary<Octet>());
}

// Base64 with one octet replaced by one at which the grammar turns.
rc::Gen<std::string> near_base64() {
  return rc::gen::map(
      rc::gen::tuple(any_octets(), rc::gen::arbitrary<std::size_t>(),
                     rc::gen::element('=', 'A', 'B', 'Q', '/', '+', '-', '_',
                                      ' ', '\n', '\0', '\xff')),
      [](const std::tuple<std::vector<Octet>, std::size_t, char>& made) {
        const auto& [value, at, octet] = made;
        std::string text = write_base64(value);
        if (!text.empty()) text[at % text.size()] = octet;
        return text;
      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("the reader agrees with the grammar", [] {
    RC_ASSERT(law_reader_agrees_with_grammar(octets(*near_base64())));
  });
  held &= rc::check("read then write is the identity", [] {
    RC_ASSERT(law_read_then_write_is_identity(octets(*near_base64())));
  });
  held &= rc::check("write then read is the identity", [] {
    RC_ASSERT(law_write_then_read_is_identity(*any_octets()));
  });
  held &= rc::check("the bound is exact",
                    [] { RC_ASSERT(law_bound_is_exact(*any_octets())); });
  return held ? 0 : 1;
}
