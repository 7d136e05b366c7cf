// The machine that takes a command line apart: part of smtp/command.cc.
//
// Here:      CommandMachine.
// Not here:  what others use (smtp/command.h).
// Grammar:   grammar/rfc5321_command.rl, rule profile_command.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace postkeep::smtp {

class CommandMachine {
 public:
  // Reads the whole of `text`, CRLF and all; false: it is no command.
  [[nodiscard]] bool run(std::string_view text);

  // The name in EHLO, HELO and LHLO; the string of VRFY and EXPN; the
  // mechanism.
  [[nodiscard]] const std::string& argument() const { return argument_; }
  // Without "<" and ">", and without a source route; empty for "<>" and for
  // "<Postmaster>".
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<std::string>& parameters() const {
    return parameters_;
  }
  [[nodiscard]] std::uint64_t chunk_octets() const { return chunk_octets_; }
  [[nodiscard]] bool chunk_last() const { return chunk_last_; }
  // In base64, or "="; empty without one.
  [[nodiscard]] const std::string& initial() const { return initial_; }

 private:
  void argument_octet(Octet octet);
  void path_octet(Octet octet);
  void postmaster();
  void parameter_start();
  void parameter_octet(Octet octet);
  void chunk_digit(Octet octet);
  void last_chunk();
  void initial_octet(Octet octet);

  std::string argument_;
  std::string path_;
  std::vector<std::string> parameters_;
  std::uint64_t chunk_octets_ = 0;
  bool chunk_last_ = false;
  std::string initial_;
};

}  // namespace postkeep::smtp
