// Every short string over the octets at which a grammar turns: the small world
// in which a law is tried without exception.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/octets.h"

namespace postkeep::message {

template <typename Law>
void extend_string(std::string& text, std::string_view turns,
                   std::size_t octets_max, const Law& law) {
  ASSERT_TRUE(law(octets(text))) << testing::PrintToString(text);
  if (text.size() == octets_max) return;
  for (const char c : turns) {
    text.push_back(c);
    extend_string(text, turns, octets_max, law);
    if (testing::Test::HasFatalFailure()) return;
    text.pop_back();
  }
}

template <typename Law>
void for_all_short_strings(std::string_view turns, std::size_t octets_max,
                           const Law& law) {
  std::string text;
  extend_string(text, turns, octets_max, law);
}

}  // namespace postkeep::message
