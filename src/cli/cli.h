// The commands that a person types.
//
// Here:      run(), run_sendmail().
// Not here:  each command (cli/commands.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postkeep::cli {

// `postkeep COMMAND …`. Returns the exit status: 0 when all is well, 1 when
// the command could not do it (said on standard error), 2 for wrong usage.
[[nodiscard]] int run(int argc, char** argv);

// What programs call to send mail: sendmail, mailq and newaliases, as the last
// component of `program`.
[[nodiscard]] bool is_sendmail_name(std::string_view program);
// Its exit status is one of sysexits.h, as those programs expect.
[[nodiscard]] int run_sendmail(std::string_view program,
                               const std::vector<std::string>& arguments);

}  // namespace postkeep::cli
