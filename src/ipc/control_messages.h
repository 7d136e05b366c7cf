// What a person asks of the running server, and what roles say of themselves.
//
// Here:      ControlRequest, ControlAnswer, StatusQuestion, StatusAnswer.
// Not here:  the commands (cli/), the role that answers (role/control.h).
// Grammar:   ipc/wire.h.
// Laws:      proptests/ipc/message_laws.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipc/kind.h"
#include "ipc/wire.h"

namespace postkeep::ipc {

inline constexpr std::size_t control_arguments_max = 32;
inline constexpr std::size_t control_text_octets_max = 1024 * 1024;
inline constexpr std::size_t status_lines_max = 4096;
// Of the keys and values of one answer; what control makes of them, with the
// names of the roles in columns, is within control_text_octets_max.
inline constexpr std::size_t status_octets_max = 512 * 1024;

struct ControlRequest {
  static constexpr Kind kind = Kind::control_request;

  std::string command;  // "status", "sandbox", "reload".
  std::vector<std::string> arguments;

  template <class Wire>
  void fields(Wire& wire) {
    wire(command, name_octets_max);
    wire.texts(arguments, control_arguments_max, text_octets_max);
  }
};

struct ControlAnswer {
  static constexpr Kind kind = Kind::control_answer;

  bool ok = false;
  std::string text;  // For a person; ends in a line feed.

  template <class Wire>
  void fields(Wire& wire) {
    wire(ok);
    wire(text, control_text_octets_max);
  }
};

struct StatusQuestion {
  static constexpr Kind kind = Kind::status_question;

  std::uint64_t question = 0;
  std::string about;  // "status" or "sandbox".

  template <class Wire>
  void fields(Wire& wire) {
    wire(question);
    wire(about, name_octets_max);
  }
};

struct StatusLine {
  std::string key;
  std::string value;

  template <class Wire>
  void fields(Wire& wire) {
    wire(key, name_octets_max);
    wire(value, text_octets_max);
  }
};

struct StatusAnswer {
  static constexpr Kind kind = Kind::status_answer;

  std::uint64_t question = 0;
  std::vector<StatusLine> lines;

  template <class Wire>
  void fields(Wire& wire) {
    wire(question);
    wire.list(lines, status_lines_max);
  }
};

}  // namespace postkeep::ipc
