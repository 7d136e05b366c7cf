// A toy server (toy_server.cc) started for one test, and its log.
//
// Here:      ToyHouse.
// Not here:  the tests (supervisor_test.cc).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/temporary_directory.h"

namespace postkeep::role {

class ToyHouse {
 public:
  explicit ToyHouse(std::string_view configuration = "hello");
  // Kills what still runs.
  ~ToyHouse();
  ToyHouse(const ToyHouse&) = delete;
  ToyHouse& operator=(const ToyHouse&) = delete;

  void write(std::string_view configuration) const;
  // As the owner of the directory, or as an ordinary user.
  void start(bool ordinary = false);
  void signal(int number) const;
  // The status it exits with.
  int wait();

  [[nodiscard]] std::vector<std::string> log() const;
  // What was printed to standard error so far.
  [[nodiscard]] std::string errors() const;
  // Lines that hold all of `texts`.
  [[nodiscard]] std::size_t count(
      const std::vector<std::string_view>& texts) const;
  // Waits until there are `times` such lines; false after a few seconds.
  bool wait_for(const std::vector<std::string_view>& texts,
                std::size_t times = 1) const;
  // The last process of a role: "spool:0".
  [[nodiscard]] pid_t process_of(std::string_view role) const;
  // Children of the server whose arguments end with that role.
  [[nodiscard]] std::vector<pid_t> children_called(std::string_view role) const;
  [[nodiscard]] pid_t process() const { return process_; }
  [[nodiscard]] std::string path() const { return directory_.path(); }

 private:
  io::TemporaryDirectory directory_;
  pid_t process_ = 0;
};

}  // namespace postkeep::role
