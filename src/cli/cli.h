// The commands that a person types.
//
// Here:      run().
// Not here:  each command (cli/commands.h).
#pragma once

namespace postkeep::cli {

// `postkeep COMMAND …`. Returns the exit status: 0 when all is well, 1 when
// the command could not do it (said on standard error), 2 for wrong usage.
[[nodiscard]] int run(int argc, char** argv);

}  // namespace postkeep::cli
