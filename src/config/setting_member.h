// How a row of the settings names its member of Config; and the rows that
// stand in files of their own.
//
// Here:      in(), at(), outbound_settings().
// Not here:  the table (config/settings.h).
#pragma once

#include <span>

#include "config/settings.h"

namespace postkeep::config {

template <auto Section, auto Member>
auto& in(Config& config) {
  return config.*Section.*Member;
}
template <auto Member>
auto& at(Config& config) {
  return config.*Member;
}

// Of [outbound].
[[nodiscard]] std::span<const Setting> outbound_settings();

}  // namespace postkeep::config
