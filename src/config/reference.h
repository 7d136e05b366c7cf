// The settings for people: the annotated file and the reference page, both out
// of config/settings.h.
#pragma once

#include <string>

#include "config/config.h"

namespace postkeep::config {

// A whole postkeep.toml with every setting: those that differ from the default
// stand as they are, the others as comments.
[[nodiscard]] std::string annotated_file(const Config& config);

// docs/operating/configuration.md.
[[nodiscard]] std::string reference_page();

}  // namespace postkeep::config
