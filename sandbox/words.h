// The words of policies for numbers of the kernel.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace postkeep::sandbox {

// The number of "O_NOFOLLOW", "12" or "self" (the number of this process).
[[nodiscard]] std::optional<std::uint64_t> word_value(std::string_view word);

// The number of a system call, or nullopt when this machine has none such.
[[nodiscard]] std::optional<int> call_number(std::string_view call);

}  // namespace postkeep::sandbox
