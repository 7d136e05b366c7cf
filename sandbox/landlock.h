// Landlock: the kernel's own rules about files, TCP ports and signals, which
// hold whatever root and uid a process has.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "base/descriptor.h"

namespace postkeep::sandbox {

// The newest version that the kernel has, capped; 0 when it has none.
[[nodiscard]] std::uint32_t landlock_abi(std::uint32_t abi_max);

// Allows regular files and directories below `tree` (nothing when it holds
// nothing) and no other file, connecting to those TCP ports alone and binding
// to none, and no signal to or socket of a process outside, each as far as
// version `abi` has it.
[[nodiscard]] std::expected<void, std::string> restrict_by_landlock(
    std::uint32_t abi, const Descriptor& tree,
    std::span<const std::uint16_t> connect_ports = {});

// Whether that version has rules for TCP ports.
[[nodiscard]] bool landlock_knows_ports(std::uint32_t abi);

}  // namespace postkeep::sandbox
