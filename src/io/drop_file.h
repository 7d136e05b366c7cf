// Leaving a message in the drop directory, as any user of this machine may.
//
// Here:      leave_in_drop_directory().
// Not here:  taking it away (io/drop_box.h), what is in it (smtp/drop_head.h).
// Laws:      tests/io/drop_box_test.cc: a name that can be taken away has a
//            whole file; nothing is left of one that could not be written.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "base/octets.h"
#include "base/random.h"
#include "base/trouble.h"

namespace postkeep::io {

// After success the file with these octets survives a power cut; its name is
// returned. The directory need not be readable: to write and to pass is enough.
[[nodiscard]] std::expected<std::string, Trouble> leave_in_drop_directory(
    const std::string& directory, std::span<const Octets> pieces,
    Random& random);

}  // namespace postkeep::io
