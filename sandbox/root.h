// The root of a role: an empty one, or one directory; and no network.
//
// Here:      isolate().
// Not here:  Landlock, which holds where namespaces cannot be had
//            (sandbox/landlock.h).
// Laws:      tests/sandbox/escape_test.cc.
#pragma once

#include <expected>
#include <string>

#include "base/descriptor.h"
#include "sandbox/policy.h"

namespace postkeep::sandbox {

struct Isolation {
  bool root = false;     // The new root is there.
  bool network = false;  // And an empty network.
  bool user_namespace = false;
  std::string why_not;
  Descriptor directory;  // Root::directory: the new root, opened anew.
};

// Moves this process into namespaces of its own. What the kernel refuses is
// said in the result; an error only when it stopped half way.
[[nodiscard]] std::expected<Isolation, std::string> isolate(
    const Policy& policy, Descriptor directory);

}  // namespace postkeep::sandbox
