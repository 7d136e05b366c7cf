// argv to role or command: the only place where both are known.
#include <cstring>

#include "cli/cli.h"
#include "role/start.h"

int main(int argc, char** argv) {
  // First: what a program gives it is never the name of a role.
  if (argc >= 1 && postkeep::cli::is_sendmail_name(argv[0])) {
    return postkeep::cli::run_sendmail(argv[0], {argv + 1, argv + argc});
  }
  if (argc >= 3 && std::strcmp(argv[1], "--role") == 0) {
    return postkeep::role::start(argv[2]);
  }
  if (argc >= 2 && postkeep::cli::is_sendmail_name(argv[1])) {
    return postkeep::cli::run_sendmail(argv[1], {argv + 2, argv + argc});
  }
  return postkeep::cli::run(argc, argv);
}
