#include "imap/command.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "imap/command_head.h"
#include "imap/command_reader.h"

namespace postkeep::imap {
namespace {

// One name for each alternative of Request.
struct Name {
  std::string_view operator()(const Capability&) { return "CAPABILITY"; }
  std::string_view operator()(const Noop&) { return "NOOP"; }
  std::string_view operator()(const Logout&) { return "LOGOUT"; }
  std::string_view operator()(const StartTls&) { return "STARTTLS"; }
  std::string_view operator()(const Authenticate&) { return "AUTHENTICATE"; }
  std::string_view operator()(const Login&) { return "LOGIN"; }
  std::string_view operator()(const Select& request) {
    return request.read_only ? "EXAMINE" : "SELECT";
  }
  std::string_view operator()(const Create&) { return "CREATE"; }
  std::string_view operator()(const Delete&) { return "DELETE"; }
  std::string_view operator()(const Rename&) { return "RENAME"; }
  std::string_view operator()(const Subscribe& request) {
    return request.on ? "SUBSCRIBE" : "UNSUBSCRIBE";
  }
  std::string_view operator()(const List&) { return "LIST"; }
  std::string_view operator()(const Lsub&) { return "LSUB"; }
  std::string_view operator()(const Status&) { return "STATUS"; }
  std::string_view operator()(const Append&) { return "APPEND"; }
  std::string_view operator()(const Check&) { return "CHECK"; }
  std::string_view operator()(const Close&) { return "CLOSE"; }
  std::string_view operator()(const Unselect&) { return "UNSELECT"; }
  std::string_view operator()(const Expunge& request) {
    return request.uids ? "UID EXPUNGE" : "EXPUNGE";
  }
  std::string_view operator()(const Search& request) {
    return request.by_uid ? "UID SEARCH" : "SEARCH";
  }
  std::string_view operator()(const Fetch& request) {
    return request.by_uid ? "UID FETCH" : "FETCH";
  }
  std::string_view operator()(const Store& request) {
    return request.by_uid ? "UID STORE" : "STORE";
  }
  std::string_view operator()(const Copy& request) {
    return request.by_uid ? "UID COPY" : "COPY";
  }
  std::string_view operator()(const Move& request) {
    return request.by_uid ? "UID MOVE" : "MOVE";
  }
  std::string_view operator()(const Idle&) { return "IDLE"; }
  std::string_view operator()(const Namespace&) { return "NAMESPACE"; }
  std::string_view operator()(const Id&) { return "ID"; }
  std::string_view operator()(const Enable&) { return "ENABLE"; }
};

}  // namespace

std::string_view name(const Request& request) {
  return std::visit(Name{}, request);
}

std::expected<Command, BadCommand> read_command(Frame&& frame,
                                                MailboxNameForm names,
                                                const CommandLimits& limits) {
  const auto marks = std::ranges::count(frame.text, literal_mark);
  PK_CHECK(static_cast<std::size_t>(marks) == frame.literals.size());
  const Octets text = octets(frame.text);
  auto command = CommandReader(names, frame.literals, limits).read(text);
  if (command) return std::move(*command);

  const CommandHead head(text);
  const bool unknown = command.error() == CommandError::outside_grammar &&
                       !head.is_known_command();
  return std::unexpected(BadCommand{
      head.tag(), unknown ? CommandError::unknown_command : command.error()});
}

std::string read_tag(std::string_view text) {
  return CommandHead(octets(text)).tag();
}

bool can_become_command(std::string_view text) {
  CommandReader reader(MailboxNameForm::utf_8, {});
  return reader.reads_beginning(octets(text));
}

bool message_comes_next(std::string_view text) {
  return is_message_head(octets(text));
}

std::optional<std::expected<std::string, CommandError>>
mailbox_of_first_message(const Frame& so_far, MailboxNameForm names,
                         Separator separator) {
  // The name's literal is the first, if there is one. No message is copied.
  std::vector<std::string> literals;
  if (!so_far.literals.empty()) {
    literals.push_back(
        so_far.literals.front().substr(0, mailbox_name_octets_max + 1));
  }
  CommandReader reader(names, literals, {.separator = separator});
  if (!reader.reads_beginning(octets(so_far.text))) return std::nullopt;
  return reader.first_mailbox();
}

bool is_idle_done(std::string_view line) {
  return std::ranges::equal(
      line, std::string_view("DONE"),
      [](char c, char done) { return c == done || c == done + ('a' - 'A'); });
}

void CommandHead::tag_octet(Octet octet) {
  reading_ += static_cast<char>(octet);
}

// A tag that no command may have is not given back to who sent it.
void CommandHead::tag_end() {
  if (reading_.size() <= tag_octets_max) tag_ = reading_;
}

std::string_view name(CommandError error) {
  switch (error) {
    case CommandError::outside_grammar: return "outside_grammar";
    case CommandError::unknown_command: return "unknown_command";
    case CommandError::number_too_large: return "number_too_large";
    case CommandError::no_such_date: return "no_such_date";
    case CommandError::bad_mailbox_name: return "bad_mailbox_name";
    case CommandError::unknown_system_flag: return "unknown_system_flag";
    case CommandError::too_many: return "too_many";
    case CommandError::too_deep: return "too_deep";
    case CommandError::too_long: return "too_long";
  }
  check_failed("CommandError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::imap
