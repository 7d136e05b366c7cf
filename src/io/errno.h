// What errno says, in the words of base/trouble.h; and how a descriptor of the
// kernel becomes one that is owned.
#pragma once

#include "base/descriptor.h"
#include "base/trouble.h"

namespace postkeep::io {

[[nodiscard]] Trouble trouble_of(int error);

// Takes over `number` (which may be -1: then it holds nothing).
[[nodiscard]] Descriptor own(int number);

}  // namespace postkeep::io
