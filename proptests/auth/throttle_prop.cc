// The laws of delays, queue and cache on generated histories.
#include <rapidcheck.h>

#include <vector>

#include "auth/fair_queue_laws.h"
#include "auth/throttle_laws.h"

using namespace postkeep;
using namespace postkeep::auth;

namespace {

rc::Gen<int> below(int end) { return rc::gen::inRange(0, end); }

rc::Gen<Attempt> attempt() {
  return rc::gen::construct<Attempt>(
      below(20), below(20), below(2000),
      rc::gen::weightedElement<bool>({{4, false}, {1, true}}));
}

rc::Gen<CacheMove> cache_move() {
  return rc::gen::construct<CacheMove>(rc::gen::arbitrary<bool>(), below(3),
                                       below(2), below(3), below(60));
}

rc::Gen<QueueMove> queue_move() {
  return rc::gen::pair(rc::gen::weightedElement<bool>({{3, true}, {2, false}}),
                       below(6));
}

template <class T>
std::vector<T> many(const rc::Gen<T>& one) {
  return *rc::gen::container<std::vector<T>>(one);
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("delays grow and heal", [] {
    RC_ASSERT(law_delays_grow_and_heal(many(attempt())));
  });
  held &= rc::check("the cache holds what was remembered", [] {
    RC_ASSERT(law_cache_holds_what_was_remembered(
        many(cache_move()), static_cast<std::size_t>(*below(5))));
  });
  held &= rc::check("the queue is fair", [] {
    RC_ASSERT(law_queue_is_fair(many(queue_move()),
                                static_cast<std::size_t>(*below(12)),
                                static_cast<std::size_t>(*below(5))));
  });
  return held ? 0 : 1;
}
