// argv to role or command: the only place where both are known.
#include <cstring>

#include "cli/cli.h"
#include "role/start.h"

int main(int argc, char** argv) {
  if (argc >= 3 && std::strcmp(argv[1], "--role") == 0) {
    return postkeep::role::start(argv[2]);
  }
  return postkeep::cli::run(argc, argv);
}
