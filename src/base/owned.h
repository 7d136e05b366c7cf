// What a C library makes and wants back: owned, given back once.
#pragma once

#include <memory>

namespace postkeep {

template <auto give_back>
struct GiveBack {
  template <class T>
  void operator()(T* thing) const {
    give_back(thing);
  }
};

// Owned<X509, X509_free>
template <class T, auto give_back>
using Owned = std::unique_ptr<T, GiveBack<give_back>>;

}  // namespace postkeep
