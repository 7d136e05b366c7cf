// The laws of what accounts have sent, on generated histories.
#include <rapidcheck.h>

#include <vector>

#include "auth/usage_laws.h"

using namespace postkeep;
using namespace postkeep::auth;

int main() {
  const auto sending = rc::gen::construct<Sending>(
      rc::gen::inRange(0, 2), rc::gen::inRange(1, 12),
      rc::gen::weightedOneOf<int>(
          {{5, rc::gen::inRange(0, 20)}, {1, rc::gen::inRange(20, 1500)}}),
      rc::gen::weightedElement<bool>({{8, false}, {1, true}}));
  const bool held = rc::check("no window holds more than it may", [&] {
    RC_ASSERT(law_no_window_holds_more(
        *rc::gen::container<std::vector<Sending>>(sending)));
  });
  return held ? 0 : 1;
}
