#include "cli/sendmail.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/octets.h"
#include "cli/cli.h"
#include "cli/operator_config.h"
#include "cli/server_question.h"
#include "io/clock.h"
#include "io/drop_file.h"
#include "io/process.h"
#include "smtp/content_facts.h"
#include "smtp/drop_head.h"
#include "spool/entry.h"

namespace postkeep::cli {
namespace {

constexpr const char* config_path_of_all = "/etc/postkeep/postkeep.toml";

// Where a program calls from is not where the operator stands: neither a file
// of the current directory nor a relative path counts.
std::optional<config::Config> configuration(const SendmailOptions& options) {
  auto found = read_operator_config(
      options.config_path.empty() ? config_path_of_all : options.config_path);
  if (!found) return std::nullopt;
  if (!found->config.data.starts_with('/')) {
    refuse(exit_configuration,
           "`data` of " + found->path + " is not an absolute path");
    return std::nullopt;
  }
  return std::move(found->config);
}

LocalSender local_sender(const config::Config& config,
                         const SendmailOptions& options) {
  LocalSender sender;
  const std::uint32_t uid = io::own_uid();
  sender.user = "uid" + std::to_string(uid);
  if (auto known = io::name_of_user(uid)) {
    sender.user = std::move(known->name);
    sender.full_name = std::move(known->person);
  }
  if (!options.full_name.empty()) sender.full_name = options.full_name;
  sender.domain = config.domains.front();
  sender.hostname = config.hostname;
  sender.now = io::SystemClock().wall();
  io::SystemRandom random;
  sender.unique =
      write(spool::make_queue_id(random)) + write(spool::make_queue_id(random));
  return sender;
}

// Standard input up to its end, or up to a line of "." alone; nullopt: it is
// larger than the server takes.
std::optional<std::string> read_message(bool dots_are_text,
                                        std::uint64_t octets_max) {
  std::string text;
  std::size_t line = 0;  // Where the last one begins.
  for (int c = std::getc(stdin); c != EOF; c = std::getc(stdin)) {
    text += static_cast<char>(c);
    if (text.size() > octets_max) return std::nullopt;
    if (c != '\n') continue;
    const std::string_view last = std::string_view(text).substr(line);
    if (!dots_are_text && (last == ".\n" || last == ".\r\n")) {
      text.resize(line);
      break;
    }
    line = text.size();
  }
  return text;
}

// -f, or who runs this. nullopt: it cannot be read.
std::optional<smtp::ReversePath> reverse_path(const Departure& departure) {
  const LocalSender& sender = departure.sender;
  const std::string text = departure.options.sender.value_or(sender.user);
  if (text.empty() || text == "<>") return smtp::ReversePath{};
  const auto read = read_recipients(text, sender.domain);
  if (!read || read->size() != 1) return std::nullopt;
  return read->front();
}

int deliver(Departure& departure) {
  const SendmailOptions& options = departure.options;
  smtp::OutgoingMail mail;
  const auto path = reverse_path(departure);
  if (!path) return refuse(exit_usage, "-f: no address");
  mail.reverse_path = *path;
  mail.ret = options.ret;
  mail.envid = options.envelope_id;
  std::vector<smtp::Mailbox> recipients;
  const auto add = [&](const std::vector<smtp::Mailbox>& more) {
    for (const smtp::Mailbox& one : more) {
      if (std::ranges::find(recipients, one) == recipients.end()) {
        recipients.push_back(one);
      }
    }
  };
  for (const std::string& argument : options.recipients) {
    const auto read = read_recipients(argument, departure.sender.domain);
    if (!read) return refuse(exit_usage, read.error() + ": no address");
    add(*read);
  }
  if (recipients.empty() && !options.recipients_in_header) {
    return refuse(exit_usage, "no recipients; -t takes them from the header");
  }
  const auto written = read_message(options.dots_are_text,
                                    departure.config.limits.message_octets_max);
  if (std::ferror(stdin) != 0) {
    return refuse(exit_io, "the message cannot be read");
  }
  if (!written) return refuse(exit_data, "the message is too large");
  const CompletedMessage made = complete_message(*written, departure.sender);
  if (options.recipients_in_header) {
    if (!made.unreadable.empty()) {
      return refuse(exit_data, made.unreadable + ": no address");
    }
    add(made.recipients);
  }
  if (recipients.empty()) {
    return refuse(exit_usage, "the header names no recipients");
  }
  mail.needs_smtputf8 = made.is_utf8;
  for (const smtp::Mailbox& one : recipients) {
    mail.recipients.push_back({one, {.notify = options.notify, .orcpt = {}}});
  }
  return leave(departure, std::move(mail), made.text);
}

// What the running server says of its queue: that is for its operator.
int list_queue(const config::Config& config) {
  const auto answer = ask(config, "status");
  if (!answer) {
    return refuse(answer.error() == Trouble::not_permitted ? exit_not_permitted
                                                           : exit_unavailable,
                  "the server does not say (" +
                      std::string(name(answer.error())) +
                      "); only root and who runs it may ask");
  }
  std::string_view rest = answer->text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with("spool") || line.starts_with("pickup")) {
      std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
    }
  }
  return 0;
}

// There is nothing to be built; a running server reads its accounts and aliases
// again, where the caller may tell it to.
int new_aliases(const config::Config& config) {
  const auto answer = ask(config, "reload");
  if (answer && !answer->ok) {
    return refuse(exit_unavailable, answer->text);
  }
  return 0;
}

}  // namespace

int refuse(int status, std::string_view text) {
  const std::string said = shown(text);
  std::fprintf(stderr, "sendmail: %s\n", said.c_str());
  return status;
}

int leave(const Departure& departure, smtp::OutgoingMail mail,
          std::string_view message) {
  if (mail.recipients.size() > smtp::drop_recipients_max) {
    return refuse(exit_data, "too many recipients");
  }
  smtp::ContentScan content;
  content.read(octets(message));
  mail.content = content.facts();
  const std::string head = write_drop_head(mail);
  // What the server would not read is said now, not found out later.
  smtp::DropHeadReader reader;
  Octets written = octets(head);
  const auto read = reader.read(written);
  if (!read || !*read || !written.empty()) {
    return refuse(exit_data, "an address or an option is too long");
  }
  const std::array pieces{octets(head), octets(message)};
  io::SystemRandom random;
  const auto left =
      io::leave_in_drop_directory(drop_path(departure.config), pieces, random);
  if (left) {
    if (departure.options.verbose) {
      std::fprintf(stderr, "left for the server as %s\n", left->c_str());
    }
    return 0;
  }
  const std::string why =
      drop_path(departure.config) + ": " + std::string(name(left.error()));
  // Where there is no directory yet, there will be one once the server runs.
  return refuse(left.error() == Trouble::not_permitted ? exit_not_permitted
                                                       : exit_try_again,
                why);
}

bool is_sendmail_name(std::string_view program) {
  const std::string_view last = program.substr(program.rfind('/') + 1);
  return last == "sendmail" || last == "mailq" || last == "newaliases";
}

int run_sendmail(std::string_view program,
                 const std::vector<std::string>& arguments) {
  auto options =
      read_sendmail_options(program.substr(program.rfind('/') + 1), arguments);
  if (!options) return refuse(exit_usage, options.error());
  auto config = configuration(*options);
  if (!config) return exit_configuration;
  Departure departure;
  departure.sender = local_sender(*config, *options);
  departure.config = std::move(*config);
  departure.options = std::move(*options);
  switch (departure.options.mode) {
    case SendmailMode::deliver: return deliver(departure);
    case SendmailMode::smtp: return speak_smtp(departure);
    case SendmailMode::list_queue: return list_queue(departure.config);
    case SendmailMode::new_aliases: return new_aliases(departure.config);
    // What waits is tried again by itself: nobody has to ask for it.
    case SendmailMode::run_queue: break;
  }
  return 0;
}

}  // namespace postkeep::cli
