// A server of toy roles under the real supervisor, for supervisor_test.cc: each
// role says in the log what it meets.
//
//   toy_server DATA_DIRECTORY [FLAG…]   the server; logs to DATA_DIRECTORY/log
//   toy_server --role NAME              one of its roles
//
// FLAG: stubborn (login never drains), broken (keys cannot be made).
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "ipc/auth_messages.h"
#include "ipc/supervisor_messages.h"
#include "role/link.h"
#include "role/role_table.h"
#include "role/start.h"
#include "role/status.h"
#include "role/supervisor.h"

namespace postkeep::role {
namespace {

using std::chrono::milliseconds;

class Toy final : public Role {
 public:
  explicit Toy(RoleContext& context) : context_(context) {
    text_ = given_text(context, "configuration").value_or("none");
    std::string names;
    for (const auto& [given, descriptor] : context.given) names += given + ",";
    say("made", names);
    if (context.disk != nullptr) use_disk();
    if (context.role == ipc::RoleName::mailbox) idle_later();
    if (context.role == ipc::RoleName::auth) watch_for_sessions();
  }

  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override {
    const std::string who =
        std::string(name(role)) + ":" + std::to_string(instance);
    received_ += 1;
    say("met", who);
    links_[who] = std::make_unique<Link>(
        std::move(channel), [this, who](ipc::Received) { say("heard", who); },
        [this, who] { say("lost", who); });
    const bool sent = links_[who]->send(ipc::MailboxWanted{"hello"});
    if (!sent) say("deaf", who);
  }

  void supervisor_message(ipc::Received message) override {
    if_message<ipc::SessionHandOver>(
        message, [&](const ipc::SessionHandOver& given) {
          received_ += 1;
          say("session", given.user + "=" + context_.user + " " +
                             std::to_string(message.descriptors.size()));
        });
    if_message<ipc::MailboxGiven>(message, [&](const ipc::MailboxGiven& given) {
      say("given", given.user + (given.ok ? " yes" : " no"));
      if (message.descriptors.size() == 1) {
        peer(ipc::RoleName::mailbox, 0,
             context_.channels.adopt(std::move(message.descriptors[0])));
      }
    });
    if_message<ipc::MailboxIdleAnswer>(
        message, [&](const ipc::MailboxIdleAnswer& answer) {
          say("may_end", answer.end ? "yes" : "no");
          if (answer.end) {
            context_.supervisor.drained();
          } else {
            idle_later();
          }
        });
    if_message<ipc::StatusAnswer>(message,
                                  [&](const ipc::StatusAnswer& answer) {
                                    for (const auto& line : answer.lines)
                                      say(line.key, line.value);
                                  });
    answer_status(context_, message, {{"received", received_}});
  }

  void reload() override {
    text_ = given_text(context_, "configuration").value_or("none");
    say("reloaded", text_);
    if (context_.role == ipc::RoleName::control) {
      context_.supervisor.send(
          ipc::StatusQuestion::kind,
          ipc::write(ipc::StatusQuestion{7, text_.substr(0, text_.find(' '))}));
    }
  }

  void drain() override {
    say("draining", "");
    if (text_.find("stubborn") != std::string::npos &&
        context_.role == ipc::RoleName::login) {
      return;
    }
    context_.supervisor.drained();
  }

 private:
  void say(std::string_view event, const std::string& what) {
    context_.log.line(Severity::info, event, {{"what", what}});
  }

  void use_disk() {
    const auto file =
        context_.disk->open(context_.disk->root(), "toy", Open::write_create);
    say("disk", file ? "writes" : std::string(name(file.error())));
    if (file) {
      context_.flusher->flush(*file, [this](DiskResult<> result) {
        say("flush", result ? "well" : std::string(name(result.error())));
      });
    }
    if (context_.role == ipc::RoleName::spool) {
      context_.timers.after(milliseconds(50), [this] {
        context_.supervisor.send(ipc::MailboxWanted::kind,
                                 ipc::write(ipc::MailboxWanted{"ann"}));
      });
    }
  }

  void idle_later() {
    context_.timers.after(milliseconds(150), [this] {
      context_.supervisor.send(ipc::MailboxIdle::kind,
                               ipc::write(ipc::MailboxIdle{received_}));
    });
  }

  void watch_for_sessions() {
    // Sockets can be made only now, before the door closes.
    for (int i = 0; i < 41; ++i) {
      if (auto pair = context_.net.pair()) {
        sockets_.push_back(std::move(pair->one));
      }
    }
    context_.workers->run([] {}, [this] { say("worked", ""); });
    context_.timers.after(milliseconds(60), [this] { hand_over("ben"); });
    // Right when the mailbox may end: none may be lost.
    for (int i = 0; i < 40; ++i) {
      context_.timers.after(milliseconds(100 + 10 * i),
                            [this] { hand_over("cid"); });
    }
  }

  void hand_over(const std::string& user) {
    std::vector<Descriptor> one;
    one.push_back(std::move(sockets_.back()));
    sockets_.pop_back();
    ipc::SessionHandOver session;
    session.user = user;
    context_.supervisor.send(ipc::SessionHandOver::kind, ipc::write(session),
                             std::move(one));
  }

  RoleContext& context_;
  std::string text_;
  std::map<std::string, std::unique_ptr<Link>> links_;
  std::vector<Descriptor> sockets_;
  std::uint64_t received_ = 0;
};

std::unique_ptr<Role> make_toy(RoleContext& context) {
  if (context.role == ipc::RoleName::keys &&
      given_text(context, "configuration") == "broken") {
    return nullptr;
  }
  return std::make_unique<Toy>(context);
}

std::expected<ServerPlan, std::string> read_plan(const std::string& data) {
  std::ifstream file(data + "/configuration");
  std::stringstream text;
  text << file.rdbuf();
  if (text.str() == "wrong") return std::unexpected("it is wrong");
  ServerPlan plan;
  plan.configuration = text.str();
  plan.data_directory = data + "/data";
  plan.listen = {{"mx", "127.0.0.1", 0}, {"imap", "::1", 0}};
  plan.files = {{"accounts", data + "/accounts"},
                {"certificate:main", data + "/certificate"},
                {"key:main", data + "/key"}};
  plan.control_path = data + "/control";
  plan.log_path = data + "/log";
  plan.instances = 2;
  plan.first_uid = 86500;
  plan.mailboxes_max = 5;
  plan.mailboxes_ahead = 1;
  plan.drain_seconds_max = std::chrono::seconds(2);
  plan.sandbox_require = {"no_new_privs", "seccomp"};
  return plan;
}

}  // namespace

MakeRole make_of(ipc::RoleName role) {
  if (role == ipc::RoleName::log) return make_log;
  return role == ipc::RoleName::seed ? make_seed : make_toy;
}

}  // namespace postkeep::role

int main(int argc, char** argv) {
  using namespace postkeep::role;
  if (argc >= 3 && std::strcmp(argv[1], "--role") == 0) return start(argv[2]);
  const std::string data = argv[1];
  return serve([&data] { return read_plan(data); },
               [] { std::fputs("ready\n", stderr); });
}
