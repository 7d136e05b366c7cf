#include "role/dns.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/resolvers.h"
#include "role/configuration.h"
#include "role/role_table.h"
#include "role/status.h"

namespace postkeep::role {
namespace {

using std::chrono::milliseconds;

// What supervisor made of the configuration and /etc/resolv.conf.
std::vector<config::ResolverAddress> read_lines(std::string_view text) {
  std::vector<config::ResolverAddress> resolvers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (auto one = config::read_resolver(line)) {
      resolvers.push_back(std::move(*one));
    }
  }
  return resolvers;
}

bool is_trusted(const config::DnsSettings& dns,
                const config::ResolverAddress& resolver) {
  return std::ranges::any_of(dns.trusted, [&](const std::string& text) {
    return config::read_resolver(text) == resolver;
  });
}

std::uint32_t seconds(std::uint64_t setting) {
  return static_cast<std::uint32_t>(setting);
}

}  // namespace

DnsRole::DnsRole(RoleContext& context)
    : context_(context), old_links_(context.timers) {}

std::optional<dns::ResolverSettings> DnsRole::settings() {
  const auto config = given_configuration(context_);
  const auto lines = given_text(context_, "resolvers");
  if (!config || !lines) return std::nullopt;
  const config::DnsSettings& dns = config->dns;
  dns::ResolverSettings settings;
  for (const config::ResolverAddress& one : read_lines(*lines)) {
    settings.servers.push_back({{one.address, one.port}, is_trusted(dns, one)});
    context_.log.line(
        Severity::info, "resolver",
        {{"address", config::write(one)},
         {"trusted", settings.servers.back().trusted ? "yes" : "no"}});
  }
  if (settings.servers.empty()) {
    context_.log.line(Severity::warning, "no_resolvers", {});
  }
  settings.attempt = milliseconds(dns.attempt_milliseconds);
  settings.deadline = milliseconds(dns.deadline_milliseconds);
  settings.waiting_max = dns.questions_max;
  settings.cache = {.entries_max = dns.cache_entries_max,
                    .octets_max = dns.cache_octets_max,
                    .ttl_seconds_min = seconds(dns.ttl_seconds_min),
                    .ttl_seconds_max = seconds(dns.ttl_seconds_max),
                    .denial_seconds_max = seconds(dns.denial_seconds_max)};
  return settings;
}

bool DnsRole::prepare() {
  if (context_.dns_exchange == nullptr || context_.dns_exchange->room() == 0) {
    context_.log.line(Severity::error, "no_exchange", {});
    return false;
  }
  auto wanted = settings();
  if (!wanted) return false;
  resolver_ = std::make_unique<dns::Resolver>(
      context_.clock, context_.timers, context_.random, *context_.dns_exchange,
      std::move(*wanted));
  return true;
}

void DnsRole::reload() {
  if (auto wanted = settings()) resolver_->use(std::move(*wanted));
}

void DnsRole::forget(PeerName name) {
  const auto at = peers_.find(name);
  if (at == peers_.end()) return;
  for (const auto& [request, ticket] : at->second.waiting) {
    resolver_->forget(ticket);
  }
  old_links_.bury(std::move(at->second.link));
  peers_.erase(at);
}

void DnsRole::peer(ipc::RoleName role, std::uint32_t instance,
                   std::unique_ptr<Channel> channel) {
  const PeerName name{role, instance};
  forget(name);
  peers_[name].link = std::make_unique<Link>(
      std::move(channel),
      [this, name](const ipc::Received& received) {
        if_message<ipc::DnsAsk>(received, [&](const ipc::DnsAsk& question) {
          asked(name, question);
        });
      },
      [this, name] { forget(name); });
}

void DnsRole::asked(PeerName name, const ipc::DnsAsk& question) {
  const auto at = peers_.find(name);
  const auto owner = DnsName::read(question.name);
  // A number twice, or no name: that peer is not well. It gets no answer.
  if (at == peers_.end() || !owner ||
      at->second.waiting.contains(question.request)) {
    return context_.log.line(Severity::error, "question_refused",
                             {{"peer", ipc::name(name.first)}});
  }
  if (at->second.waiting.size() >= dns_questions_of_peer_max) {
    DnsAnswer busy;
    busy.trouble = DnsTrouble::busy;
    busy.canonical = *owner;
    return answer(name, question.request, busy);
  }
  at->second.waiting[question.request] = resolver_->ask(
      {*owner, question.type},
      [this, name, request = question.request](const DnsAnswer& found) {
        if (const auto peer = peers_.find(name); peer != peers_.end()) {
          peer->second.waiting.erase(request);
        }
        answer(name, request, found);
      });
}

void DnsRole::answer(PeerName name, std::uint64_t request,
                     const DnsAnswer& answer) {
  const auto at = peers_.find(name);
  if (at == peers_.end()) return;
  // One that does not read what it asked for has a wait of its own.
  static_cast<void>(at->second.link->send(ipc::reply_of(request, answer)));
}

void DnsRole::supervisor_message(ipc::Received message) {
  const dns::ResolverFigures& figures = resolver_->figures();
  answer_status(context_, message,
                {{"asked", figures.asked},
                 {"from_cache", figures.from_cache},
                 {"joined", figures.joined},
                 {"waiting", resolver_->waiting()},
                 {"sent", figures.sent},
                 {"timed_out", figures.timed_out},
                 {"unusable", figures.unusable},
                 {"bogus", figures.bogus},
                 {"trouble", figures.trouble},
                 {"cache_entries", resolver_->cache().entries()},
                 {"cache_octets", resolver_->cache().octets()}});
}

void DnsRole::drain() { context_.supervisor.drained(); }

std::unique_ptr<Role> make_dns(RoleContext& context) {
  auto role = std::make_unique<DnsRole>(context);
  if (!role->prepare()) return nullptr;
  return role;
}

}  // namespace postkeep::role
