// The machine that takes a command line apart: part of pop3/command.cc.
//
// Here:      CommandMachine.
// Not here:  what others use (pop3/command.h).
// Grammar:   grammar/rfc1939_command.rl, rule command.
// Laws:      those of pop3/command.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "pop3/command.h"

namespace postkeep::pop3 {

class CommandMachine {
 public:
  // Reads the whole of `text` and a CRLF; false: it is no command.
  [[nodiscard]] bool run(std::string_view text);

  // The command of the keyword that was read, its arguments still to be
  // filled in; nullopt when it is none.
  [[nodiscard]] const std::optional<Command>& command() const {
    return command_;
  }
  [[nodiscard]] const std::string& argument() const { return argument_; }
  [[nodiscard]] const std::optional<std::string>& initial() const {
    return initial_;
  }
  [[nodiscard]] std::size_t numbers() const { return numbers_; }
  [[nodiscard]] std::uint32_t number(std::size_t at) const {
    return number_[at];
  }

 private:
  std::size_t run_on(Octets octets);

  void capa();
  void stls();
  void user();
  void pass();
  void auth();
  void utf8();
  void lang();
  void quit();
  void stat();
  void list();
  void retr();
  void dele();
  void noop();
  void rset();
  void top();
  void uidl();
  void argument_octet(Octet octet);
  void initial_start();
  void initial_octet(Octet octet);
  void initial_empty();
  void number_start();
  void number_digit(Octet octet);

  int machine_state_ = 0;
  std::optional<Command> command_;
  std::string argument_;
  std::optional<std::string> initial_;
  std::array<std::uint32_t, 2> number_{};
  std::size_t numbers_ = 0;
};

}  // namespace postkeep::pop3
