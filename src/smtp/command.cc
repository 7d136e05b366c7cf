#include "smtp/command.h"

#include <limits>
#include <utility>

#include "base/check.h"
#include "smtp/command_machine.h"
#include "smtp/sasl_line.h"

namespace postkeep::smtp {
namespace {

using Result = std::expected<Command, CommandError>;

std::unexpected<CommandError> fault(CommandFault fault, Verb verb) {
  return std::unexpected(CommandError{fault, verb});
}

CommandFault fault_of(ParameterError error) {
  return error == ParameterError::unknown ? CommandFault::unknown_parameter
                                          : CommandFault::bad_parameter;
}

Result mail_command(const CommandMachine& machine) {
  Mail mail;
  if (!machine.path().empty()) {
    const auto mailbox = read_mailbox(machine.path());
    if (!mailbox) return fault(CommandFault::bad_address, Verb::mail);
    mail.reverse_path = *mailbox;
  }
  if (machine.parameters().size() > parameters_max) {
    return fault(CommandFault::bad_parameter, Verb::mail);
  }
  for (const std::string& parameter : machine.parameters()) {
    const auto error = add_mail_parameter(parameter, mail.parameters);
    if (error) return fault(fault_of(*error), Verb::mail);
  }
  return mail;
}

Result rcpt_command(const CommandMachine& machine) {
  Rcpt rcpt;  // <Postmaster>, unless there is a path.
  if (!machine.path().empty()) {
    const auto mailbox = read_mailbox(machine.path());
    if (!mailbox) return fault(CommandFault::bad_address, Verb::rcpt);
    rcpt.forward_path = *mailbox;
  }
  if (machine.parameters().size() > parameters_max) {
    return fault(CommandFault::bad_parameter, Verb::rcpt);
  }
  for (const std::string& parameter : machine.parameters()) {
    const auto error = add_rcpt_parameter(parameter, rcpt.parameters);
    if (error) return fault(fault_of(*error), Verb::rcpt);
  }
  return rcpt;
}

Result auth_command(const CommandMachine& machine) {
  Auth auth;
  for (const char c : machine.argument()) {
    auth.mechanism +=
        c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (machine.initial().empty()) return auth;
  auth.initial.emplace();
  if (machine.initial() == "=") return auth;
  auto response = read_sasl_line(machine.initial() + "\r\n");
  // initial-response is base64 here, and that is an auth-response.
  if (!response) return fault(CommandFault::bad_arguments, Verb::auth);
  *auth.initial = std::move(response->octets);
  return auth;
}

}  // namespace

CommandFault fault_of(LineError error) {
  switch (error) {
    case LineError::too_long: return CommandFault::line_too_long;
    case LineError::endless: return CommandFault::line_endless;
    case LineError::bare_cr: return CommandFault::bare_cr;
    case LineError::bare_lf: return CommandFault::bare_lf;
    case LineError::nul: break;
  }
  return CommandFault::nul;
}

std::expected<Command, CommandError> read_command(const Line& line) {
  switch (line.verb) {
    case Verb::unknown: return fault(CommandFault::unknown_command, line.verb);
    case Verb::http: return fault(CommandFault::http, line.verb);
    case Verb::etrn:
    case Verb::turn:
    case Verb::send:
    case Verb::soml:
    case Verb::saml: return fault(CommandFault::not_implemented, line.verb);
    default: break;
  }
  CommandMachine machine;
  if (!machine.run(line.text)) {
    return fault(CommandFault::bad_arguments, line.verb);
  }
  switch (line.verb) {
    case Verb::ehlo: return Ehlo{machine.argument()};
    case Verb::helo: return Helo{machine.argument()};
    case Verb::lhlo: return Lhlo{machine.argument()};
    case Verb::mail: return mail_command(machine);
    case Verb::rcpt: return rcpt_command(machine);
    case Verb::data: return Data{};
    case Verb::bdat: return Bdat{machine.chunk_octets(), machine.chunk_last()};
    case Verb::rset: return Rset{};
    case Verb::vrfy: return Vrfy{machine.argument()};
    case Verb::expn: return Expn{machine.argument()};
    case Verb::help: return Help{};
    case Verb::noop: return Noop{};
    case Verb::quit: return Quit{};
    case Verb::starttls: return StartTls{};
    default: return auth_command(machine);
  }
}

std::expected<std::optional<Command>, CommandError> CommandReader::read(
    Octets& input) {
  const auto line = lines_.read(input);
  if (!line) return fault(fault_of(line.error()), Verb::unknown);
  if (!*line) return std::nullopt;
  auto command = read_command(**line);
  if (!command) return std::unexpected(command.error());
  return std::move(*command);
}

bool is_lost(const CommandError& error) {
  switch (error.fault) {
    case CommandFault::line_endless:
    case CommandFault::bare_cr:
    case CommandFault::bare_lf:
    case CommandFault::nul: return true;
    default: return false;
  }
}

Verb verb(const Command& command) {
  constexpr Verb verbs[] = {Verb::ehlo,     Verb::helo, Verb::mail, Verb::rcpt,
                            Verb::data,     Verb::bdat, Verb::rset, Verb::vrfy,
                            Verb::expn,     Verb::help, Verb::noop, Verb::quit,
                            Verb::starttls, Verb::auth, Verb::lhlo};
  static_assert(std::size(verbs) == std::variant_size_v<Command>);
  return verbs[command.index()];
}

void CommandMachine::argument_octet(Octet octet) {
  argument_.push_back(static_cast<char>(octet));
}

void CommandMachine::path_octet(Octet octet) {
  path_.push_back(static_cast<char>(octet));
}

// What has been read of it could have become a local part too.
void CommandMachine::postmaster() { path_.clear(); }

void CommandMachine::parameter_start() { parameters_.emplace_back(); }

void CommandMachine::parameter_octet(Octet octet) {
  parameters_.back().push_back(static_cast<char>(octet));
}

void CommandMachine::chunk_digit(Octet octet) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t digit = octet - std::uint64_t{'0'};
  chunk_octets_ =
      chunk_octets_ > (most - digit) / 10 ? most : chunk_octets_ * 10 + digit;
}

void CommandMachine::last_chunk() { chunk_last_ = true; }

void CommandMachine::initial_octet(Octet octet) {
  initial_.push_back(static_cast<char>(octet));
}

std::string_view name(CommandFault fault) {
  switch (fault) {
    case CommandFault::unknown_command: return "unknown_command";
    case CommandFault::not_implemented: return "not_implemented";
    case CommandFault::http: return "http";
    case CommandFault::bad_arguments: return "bad_arguments";
    case CommandFault::bad_address: return "bad_address";
    case CommandFault::unknown_parameter: return "unknown_parameter";
    case CommandFault::bad_parameter: return "bad_parameter";
    case CommandFault::line_too_long: return "line_too_long";
    case CommandFault::line_endless: return "line_endless";
    case CommandFault::bare_cr: return "bare_cr";
    case CommandFault::bare_lf: return "bare_lf";
    case CommandFault::nul: return "nul";
  }
  check_failed("CommandFault holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::smtp
