// The real connect and smtp_out under the real supervisor, behind their doors,
// and a spool that sends what its orders say: for
// tests/clients/sending_test.py.
//
//   sending_server DATA_DIRECTORY   the server; logs to DATA_DIRECTORY/log
//   sending_server --role NAME      one of its roles
//
// Orders are lines of DATA_DIRECTORY/configuration that TOML passes over:
//   #send ADDRESS PORT HOST TLS COUNT OCTETS RECIPIENT,RECIPIENT…
// sends COUNT messages of about OCTETS over one connection; TLS is a number of
// ipc::RemoteTls. All orders begin at once.
#include <arpa/inet.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ipc/outbound_messages.h"
#include "role/link.h"
#include "role/outbound_mail.h"
#include "role/role_table.h"
#include "role/start.h"
#include "role/supervisor.h"

namespace postkeep::role {
namespace {

struct Order {
  std::string address;
  std::uint16_t port = 0;
  std::string host;
  unsigned tls = 0;
  std::size_t count = 0;
  std::size_t octets = 0;
  std::vector<std::string> recipients;
};

std::vector<Order> orders_of(const std::string& configuration) {
  std::vector<Order> orders;
  std::istringstream lines(configuration);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    std::string recipients;
    Order order;
    words >> first >> order.address >> order.port >> order.host >> order.tls >>
        order.count >> order.octets >> recipients;
    if (first != "#send") continue;
    std::istringstream names(recipients);
    for (std::string name; std::getline(names, name, ',');) {
      order.recipients.push_back(name);
    }
    orders.push_back(std::move(order));
  }
  return orders;
}

std::string body_of(std::size_t octets) {
  std::string text = "Subject: a message\r\n\r\n.begins with a dot\r\n";
  while (text.size() < octets) text += std::string(60, 'x') + "\r\n";
  return text;
}

// A role that nobody needs here.
class Idle final : public Role {
 public:
  explicit Idle(RoleContext& context) : context_(context) {}
  void peer(ipc::RoleName role, std::uint32_t instance,
            std::unique_ptr<Channel> channel) override {
    links_[{role, instance}] = std::make_unique<Link>(
        std::move(channel), [](const ipc::Received&) {}, [] {});
  }
  void drain() override { context_.supervisor.drained(); }

 private:
  RoleContext& context_;
  std::map<std::pair<ipc::RoleName, std::uint32_t>, std::unique_ptr<Link>>
      links_;
};

class OrderedSpool final : public Role {
 public:
  explicit OrderedSpool(RoleContext& context)
      : context_(context),
        orders_(orders_of(given_text(context, "configuration").value_or(""))) {}

  void peer(ipc::RoleName role, std::uint32_t /*instance*/,
            std::unique_ptr<Channel> channel) override {
    auto link = std::make_unique<Link>(
        std::move(channel),
        [this](ipc::Received received) { told(std::move(received)); }, [] {});
    if (role == ipc::RoleName::connect) connect_ = std::move(link);
    if (role == ipc::RoleName::smtp_out) smtp_out_ = std::move(link);
    if (connect_ && smtp_out_ && !std::exchange(begun_, true)) begin();
  }
  void drain() override { context_.supervisor.drained(); }

 private:
  void say(std::string_view event, std::uint64_t order,
           const std::string& what) {
    context_.log.line(Severity::info, event,
                      {{"order", order}, {"what", what}});
  }

  void begin() {
    for (std::size_t i = 0; i < orders_.size(); ++i) {
      ipc::ConnectAsk ask{.ask = i, .port = orders_[i].port};
      ask.is_v6 = orders_[i].address.find(':') != std::string::npos;
      inet_pton(ask.is_v6 ? AF_INET6 : AF_INET, orders_[i].address.c_str(),
                ask.address.data());
      say("asks", i, connect_->send(ask) ? "yes" : "no");
    }
  }

  void told(ipc::Received received) {
    if_message<ipc::ConnectAnswer>(
        received, [&](const ipc::ConnectAnswer& answer) {
          say("connect", answer.ask,
              std::to_string(static_cast<int>(answer.verdict)) + answer.why);
          if (received.descriptors.size() == 1) {
            open(answer.ask, std::move(received.descriptors));
          }
        });
    if_message<ipc::RemoteReady>(received, [&](const ipc::RemoteReady& ready) {
      say("ready", ready.remote,
          ready.tls.on
              ? ready.tls.version + (ready.tls.verified ? " verified" : " any")
              : "clear");
    });
    if_message<ipc::RemoteMailEnded>(
        received, [&](const ipc::RemoteMailEnded& ended) { done(ended); });
    if_message<ipc::RemoteEnded>(received, [&](const ipc::RemoteEnded& ended) {
      say("ended", ended.remote,
          std::string(name(because_of(ended.because))) + "@" +
              std::string(name(state_of(ended.at))) + " " + ended.why);
    });
  }

  void open(std::uint64_t number, std::vector<Descriptor> socket) {
    const Order& order = orders_[number];
    ipc::RemoteOpen wanted;
    wanted.remote = number;
    wanted.host = order.host;
    wanted.address = order.address;
    wanted.tls = static_cast<ipc::RemoteTls>(order.tls);
    if (!smtp_out_->send(wanted, std::move(socket))) say("deaf", number, "");
    for (std::size_t i = 0; i < std::min<std::size_t>(order.count, 2); ++i) {
      give(number);
    }
  }

  void give(std::uint64_t number) {
    const Order& order = orders_[number];
    ipc::RemoteMail mail;
    mail.remote = number;
    mail.mail = given_[number]++;
    mail.queue_id = "Q" + std::to_string(mail.mail);
    mail.reverse_path = "ann@example.org";
    for (const std::string& one : order.recipients) {
      mail.recipients.push_back({.forward_path = one});
    }
    mail.header_prefix = "Received: from here; now\r\n";
    const std::string body = body_of(order.octets);
    mail.octets = body.size();
    mail.inline_text = body.size() <= ipc::inline_octets_max;
    std::vector<Descriptor> memory;
    if (mail.inline_text) {
      mail.text.assign(body.begin(), body.end());
    } else {
      const Octets piece = octets(body);
      auto sealed = context_.memory.seal({&piece, 1});
      if (sealed) memory.push_back(std::move(*sealed));
    }
    if (!smtp_out_->send(std::move(mail), std::move(memory))) {
      say("deaf", number, "");
    }
  }

  void done(const ipc::RemoteMailEnded& ended) {
    const Order& order = orders_[ended.remote];
    std::string what;
    for (const ipc::RemoteResult& one : ended.results) {
      const auto result = recipient_result(one);
      what += std::string(name(result.outcome)) + ":" +
              std::string(name(result.because)) + ":" +
              std::to_string(result.reply.code) + " ";
    }
    say("mail", ended.remote, what);
    if (given_[ended.remote] < order.count) give(ended.remote);
    if (++done_[ended.remote] == order.count) {
      static_cast<void>(
          smtp_out_->send(ipc::RemoteClose{.remote = ended.remote}));
    }
  }

  RoleContext& context_;
  std::vector<Order> orders_;
  std::unique_ptr<Link> connect_;
  std::unique_ptr<Link> smtp_out_;
  bool begun_ = false;
  std::map<std::uint64_t, std::size_t> given_;
  std::map<std::uint64_t, std::size_t> done_;
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::expected<ServerPlan, std::string> read_plan(const std::string& data) {
  ServerPlan plan;
  plan.configuration = text_of(data + "/configuration");
  plan.authorities = text_of(data + "/authorities");
  plan.data_directory = data + "/data";
  plan.control_path = data + "/control";
  plan.log_path = data + "/log";
  plan.outbound_port =
      static_cast<std::uint16_t>(std::stoi(text_of(data + "/port")));
  plan.instances = 1;
  plan.first_uid = 86500;
  plan.mailboxes_max = 1;
  plan.mailboxes_ahead = 1;
  plan.drain_seconds_max = std::chrono::seconds(2);
  plan.sandbox_require = {"no_new_privs", "seccomp"};
  return plan;
}

template <class Made>
std::unique_ptr<Role> make(RoleContext& context) {
  return std::make_unique<Made>(context);
}

}  // namespace

MakeRole make_of(ipc::RoleName role) {
  switch (role) {
    case ipc::RoleName::log: return make_log;
    case ipc::RoleName::seed: return make_seed;
    case ipc::RoleName::connect: return make_connect;
    case ipc::RoleName::smtp_out: return make_smtp_out;
    case ipc::RoleName::spool: return make<OrderedSpool>;
    default: return make<Idle>;
  }
}

}  // namespace postkeep::role

int main(int argc, char** argv) {
  using namespace postkeep::role;
  if (argc >= 3 && std::strcmp(argv[1], "--role") == 0) return start(argv[2]);
  const std::string data = argv[1];
  return serve([&data] { return read_plan(data); },
               [] { std::fputs("ready\n", stderr); });
}
