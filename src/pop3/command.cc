#include "pop3/command.h"

#include <utility>

#include "login/session_core.h"
#include "pop3/command_machine.h"

namespace postkeep::pop3 {
namespace {

void fill(User& it, const CommandMachine& read) { it.name = read.argument(); }
void fill(Pass& it, const CommandMachine& read) {
  it.password = read.argument();
}
void fill(Auth& it, const CommandMachine& read) {
  it.mechanism = read.argument();
  it.initial = read.initial();
}
void fill(Lang& it, const CommandMachine& read) { it.range = read.argument(); }
void fill(List& it, const CommandMachine& read) {
  if (read.numbers() > 0) it.message = read.number(0);
}
void fill(Uidl& it, const CommandMachine& read) {
  if (read.numbers() > 0) it.message = read.number(0);
}
void fill(Retr& it, const CommandMachine& read) { it.message = read.number(0); }
void fill(Dele& it, const CommandMachine& read) { it.message = read.number(0); }
void fill(Top& it, const CommandMachine& read) {
  it.message = read.number(0);
  it.lines = read.number(1);
}
template <typename WithoutArguments>
void fill(WithoutArguments& /*it*/, const CommandMachine& /*read*/) {}

}  // namespace

std::expected<Command, CommandError> read_command(std::string_view line) {
  CommandMachine machine;
  const bool is_command = machine.run(line);
  if (is_command) {
    Command command = *machine.command();
    std::visit([&](auto& it) { fill(it, machine); }, command);
    return command;
  }
  if (machine.command()) return std::unexpected(CommandError::bad_arguments);
  const bool is_http = login::is_http_verb(line.substr(0, line.find(' ')));
  return std::unexpected(is_http ? CommandError::http
                                 : CommandError::unknown_command);
}

void CommandMachine::capa() { command_ = Capa{}; }
void CommandMachine::stls() { command_ = Stls{}; }
void CommandMachine::user() { command_ = User{}; }
void CommandMachine::pass() { command_ = Pass{}; }
void CommandMachine::auth() { command_ = Auth{}; }
void CommandMachine::utf8() { command_ = Utf8{}; }
void CommandMachine::lang() { command_ = Lang{}; }
void CommandMachine::quit() { command_ = Quit{}; }
void CommandMachine::stat() { command_ = Stat{}; }
void CommandMachine::list() { command_ = List{}; }
void CommandMachine::retr() { command_ = Retr{}; }
void CommandMachine::dele() { command_ = Dele{}; }
void CommandMachine::noop() { command_ = Noop{}; }
void CommandMachine::rset() { command_ = Rset{}; }
void CommandMachine::top() { command_ = Top{}; }
void CommandMachine::uidl() { command_ = Uidl{}; }

void CommandMachine::argument_octet(Octet octet) {
  argument_.push_back(static_cast<char>(octet));
}

void CommandMachine::initial_start() { initial_.emplace(); }
void CommandMachine::initial_octet(Octet octet) {
  initial_->push_back(static_cast<char>(octet));
}
void CommandMachine::initial_empty() { initial_.emplace(); }

void CommandMachine::number_start() { number_[numbers_++] = 0; }

void CommandMachine::number_digit(Octet octet) {
  std::uint32_t& number = number_[numbers_ - 1];
  const std::uint32_t digit = octet - std::uint32_t{'0'};
  number =
      number > (number_max - digit) / 10 ? number_max : number * 10 + digit;
}

}  // namespace postkeep::pop3
