// Paths of the operator, as supervisor opens them before any role runs: files
// to hand over, directories to give, the log to append to.
//
// Here:      open_directory(), give_directory(), append_to(), lock_in().
// Not here:  files below a role's directory (io/disk.h), the operator's files
//            (io/operator_files.h).
// Laws:      tests/io/place_test.cc.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "base/descriptor.h"
#include "base/octets.h"
#include "base/trouble.h"

namespace postkeep::io {

// A directory that the operator named; made (0700) when it is not there, its
// parent must be. He may have put a link in its place.
[[nodiscard]] std::expected<Descriptor, Trouble> open_directory(
    const std::string& path);

// The directory `name` (one component) below another; made when not there.
[[nodiscard]] std::expected<Descriptor, Trouble> open_directory_in(
    const Descriptor& directory, const std::string& name);

// Gives the directory to a uid, for who may (root); not what is in it.
[[nodiscard]] std::expected<void, Trouble> give_directory(
    const Descriptor& directory, std::uint32_t uid, std::uint32_t gid);
// Lets everybody pass through to what is below (0711).
[[nodiscard]] std::expected<void, Trouble> open_to_pass(
    const Descriptor& directory);

// Lets everybody leave files there, and nobody but the owner look or remove
// what others left; files made there get its group (3733).
[[nodiscard]] std::expected<void, Trouble> open_to_drop(
    const Descriptor& directory);

// For appending; made (0640) when it is not there.
[[nodiscard]] std::expected<Descriptor, Trouble> append_to(
    const std::string& path);
// Copies of standard output and standard error.
[[nodiscard]] std::expected<Descriptor, Trouble> standard_output();
[[nodiscard]] std::expected<Descriptor, Trouble> standard_error();

// Holds a lock on the file `name` in the directory until it is closed; locked
// when another process has it.
[[nodiscard]] std::expected<Descriptor, Trouble> lock_in(
    const Descriptor& directory, const std::string& name);

// Writes all of `octets`, waiting a little for a slow reader. False: some were
// lost.
bool write_out(const Descriptor& to, Octets octets);

[[nodiscard]] std::expected<Descriptor, Trouble> copy_of(
    const Descriptor& descriptor);

}  // namespace postkeep::io
