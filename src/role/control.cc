#include "role/control.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "dns/text.h"
#include "ipc/auth_messages.h"
#include "ipc/supervisor_messages.h"
#include "ipc/transfer_messages.h"
#include "role/configuration.h"
#include "role/link.h"
#include "role/role_table.h"
#include "role/session_id.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

constexpr std::size_t length_octets = 4;

// The facts of each role together, in the order in which roles come: one line
// a role, or, `in_blocks`, one line a fact below the role's name.
std::string table_of(const ipc::StatusAnswer& answer, bool in_blocks) {
  std::vector<std::string> roles;
  std::map<std::string, std::string> facts;
  std::size_t width = 0;
  for (const ipc::StatusLine& line : answer.lines) {
    const std::size_t space = std::min(line.key.find(' '), line.key.size());
    const std::string role = line.key.substr(0, space);
    const std::string fact =
        line.key.substr(std::min(space + 1, line.key.size()));
    if (!facts.contains(role)) roles.push_back(role);
    width = std::max(width, role.size());
    facts[role] += (in_blocks ? "\n  " : "  ") + fact + "=" + line.value;
  }
  std::string text;
  for (const std::string& role : roles) {
    text += role;
    if (!in_blocks) text += std::string(width - role.size(), ' ');
    text += facts[role] + "\n";
  }
  return text;
}

}  // namespace

ControlConnection::ControlConnection(ControlRole& role, std::uint64_t number,
                                     std::unique_ptr<Connection> client)
    : role_(role), number_(number), client_(std::move(client)) {
  client_->tell(this);
}

void ControlConnection::received(Octets octets) {
  if (asked_) return;
  unread_.insert(unread_.end(), octets.begin(), octets.end());
  if (unread_.size() < length_octets) return;
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_octets; ++i) {
    length = length << 8 | unread_[i];
  }
  if (length > request_octets_max) {
    return answer({.ok = false, .text = "the request is too long\n"});
  }
  if (unread_.size() < length_octets + length) return;
  asked_ = true;
  request_octets_ = length_octets + length;
  ipc::ControlRequest request;
  if (!ipc::read(Octets(unread_).subspan(length_octets, length), request)) {
    return answer({.ok = false, .text = "the request is malformed\n"});
  }
  role_.asked(number_, request);
}

void ControlConnection::answer(ipc::ControlAnswer answer) {
  const std::vector<Octet> octets = ipc::write(std::move(answer));
  std::vector<Octet> framed;
  framed.reserve(length_octets + octets.size());
  for (std::size_t i = 0; i < length_octets; ++i) {
    framed.push_back(static_cast<Octet>(octets.size() >> (24 - 8 * i)));
  }
  framed.insert(framed.end(), octets.begin(), octets.end());
  client_->send(framed);
  client_->close_when_sent();
  role_.forget(number_);
}

Descriptor ControlConnection::release(std::vector<Octet>& unread) {
  unread.assign(unread_.begin() + static_cast<std::ptrdiff_t>(request_octets_),
                unread_.end());
  return client_->release();
}

void ControlConnection::ended(Trouble /*why*/) { role_.forget(number_); }

ControlRole::ControlRole(RoleContext& context)
    : context_(context),
      old_connections_(context.timers),
      dns_(context.timers, dns_grace_seconds) {}

// A lookup may take as long as dns may, and a restart of it.
bool ControlRole::use_configuration() {
  const auto config = given_configuration(context_);
  if (!config) return false;
  dns_.wait_for(std::chrono::milliseconds(config->dns.deadline_milliseconds) +
                dns_grace_seconds);
  return true;
}

void ControlRole::reload() { static_cast<void>(use_configuration()); }

bool ControlRole::prepare() {
  const auto given = context_.given.find("listen:control:0");
  if (given == context_.given.end() || !use_configuration()) return false;
  listener_ = context_.net.listen(
      std::move(given->second), [this](std::unique_ptr<Connection> client) {
        if (connections_.size() >= control_connections_max) {
          return client->close_now();
        }
        const std::uint64_t number = ++last_number_;
        connections_.emplace(number, std::make_unique<ControlConnection>(
                                         *this, number, std::move(client)));
      });
  return true;
}

void ControlRole::peer(ipc::RoleName role, std::uint32_t /*instance*/,
                       std::unique_ptr<Channel> channel) {
  if (role == ipc::RoleName::dns) dns_.use(std::move(channel));
}

void ControlRole::asked(std::uint64_t number,
                        const ipc::ControlRequest& request) {
  const auto at = connections_.find(number);
  if (at == connections_.end()) return;
  if (request.command == "ping") {
    return at->second->answer({.ok = true, .text = "here\n"});
  }
  if (request.command == "reload") {
    context_.supervisor.send(ipc::ReloadWanted::kind,
                             ipc::write(ipc::ReloadWanted{}));
    return at->second->answer({.ok = true, .text = {}});
  }
  if (request.command == "status" || request.command == "sandbox") {
    at->second->blocks_wanted = request.command == "sandbox";
    context_.supervisor.send(
        ipc::StatusQuestion::kind,
        ipc::write(
            ipc::StatusQuestion{.question = number, .about = request.command}));
    return;
  }
  if (request.command == ipc::transfer_service &&
      request.arguments.size() == 1 &&
      request.arguments[0].size() <= ipc::address_octets_max) {
    return transfer(number, request);
  }
  if (request.command == "lookup" && request.arguments.size() == 2) {
    return look_up(number, request);
  }
  at->second->answer({.ok = false, .text = "no such command\n"});
}

// What the server sees of a name: from the cache, or from a resolver.
void ControlRole::look_up(std::uint64_t number,
                          const ipc::ControlRequest& request) {
  const auto question =
      dns::read_question(request.arguments[0], request.arguments[1]);
  if (!question) {
    return connections_.at(number)->answer(
        {.ok = false,
         .text = "not a name and one of A, AAAA, MX, TXT, PTR, TLSA, CNAME\n"});
  }
  dns_.ask(*question, [this, number, question](const DnsAnswer& answer) {
    const auto at = connections_.find(number);
    if (at == connections_.end()) return;
    at->second->answer({.ok = answer.verdict != DnsVerdict::trouble &&
                              answer.verdict != DnsVerdict::bogus,
                        .text = dns::write_answer(*question, answer)});
  });
}

// The command line's own socket goes to the user's mailbox, as a session's does
// after login: no second process writes there.
void ControlRole::transfer(std::uint64_t number,
                           const ipc::ControlRequest& request) {
  ipc::SessionHandOver given;
  given.user = request.arguments[0];
  given.session = session_id(context_.random);
  given.peer = "command_line";
  given.service = ipc::transfer_service;
  std::vector<Descriptor> socket;
  socket.push_back(connections_.at(number)->release(given.unread));
  context_.log.line(Severity::notice, "transfer_asked",
                    {{"session", given.session}, {"user", given.user}});
  context_.supervisor.send(ipc::SessionHandOver::kind,
                           ipc::write(std::move(given)), std::move(socket));
  forget(number);
}

void ControlRole::supervisor_message(ipc::Received message) {
  if_message<ipc::StatusAnswer>(
      message, [this](const ipc::StatusAnswer& answer) { answered(answer); });
  answer_status(context_, message, {{"connections", connections_.size()}});
}

void ControlRole::answered(const ipc::StatusAnswer& answer) {
  const auto at = connections_.find(answer.question);
  if (at == connections_.end()) return;
  at->second->answer(
      {.ok = true, .text = table_of(answer, at->second->blocks_wanted)});
}

void ControlRole::forget(std::uint64_t number) {
  const auto at = connections_.find(number);
  if (at == connections_.end()) return;
  old_connections_.bury(std::move(at->second));
  connections_.erase(at);
}

void ControlRole::drain() {
  listener_.reset();
  context_.supervisor.drained();
}

std::unique_ptr<Role> make_control(RoleContext& context) {
  auto role = std::make_unique<ControlRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
