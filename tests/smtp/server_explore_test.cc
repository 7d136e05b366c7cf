// Explores smtp/server_session.h: every sequence of events, on the production
// code, against the model of tests/smtp/server_model.h.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "smtp/reply.h"
#include "smtp/server_model.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

// A session and the question it waits for.
struct Node {
  ServerSession session;
  QuestionNumber question = 0;
  Model model;
  std::string path;
};

struct Seen {
  std::vector<int> codes;
  bool offers = false;
};

ServerOptions options_of(Service service) {
  ServerOptions options;
  options.service = service;
  if (wants_login(service)) options.auth_mechanisms = {"PLAIN"};
  ServerLimits& limits = options.limits;
  if (service == Service::lmtp) limits.recipients_max = model_recipients_max;
  limits.message_octets_max = 1000;
  limits.errors_max = limits.idle_commands_max = limits.auth_attempts_max =
      limits.transactions_max = limits.commands_max = limits.chunks_max =
          1'000'000;
  // Only transitions are tried here, so no session gets old.
  limits.session_wait = std::chrono::hours{1'000'000};
  return options;
}

std::string_view octets_of(Action action, Service service) {
  static const std::string large(1001, 'x');
  if (service == Service::lmtp && action == Action::ehlo) {
    return "LHLO a.example\r\n";
  }
  switch (action) {
    case Action::ehlo: return "EHLO a.example\r\n";
    case Action::helo: return "HELO a.example\r\n";
    case Action::mail: return "MAIL FROM:<a@example.net>\r\n";
    case Action::mail_binary: return "MAIL FROM:<> BODY=BINARYMIME\r\n";
    case Action::rcpt: return "RCPT TO:<b@example.org>\r\n";
    case Action::rcpt_utf8: return "RCPT TO:<\xC3\xB6@example.org>\r\n";
    case Action::data: return "DATA\r\n";
    case Action::data_end: return "x\r\n.\r\n";
    case Action::bare_lf: return "\n";
    case Action::bdat: return "BDAT 1\r\n";
    case Action::bdat_last: return "BDAT 1 LAST\r\n";
    case Action::bdat_large: return "BDAT 1001 LAST\r\n";
    case Action::octet: return "x";
    case Action::octets_1001: return large;
    case Action::rset: return "RSET\r\n";
    case Action::vrfy: return "VRFY b\r\n";
    case Action::expn: return "EXPN b\r\n";
    case Action::help: return "HELP\r\n";
    case Action::noop: return "NOOP\r\n";
    case Action::quit: return "QUIT\r\n";
    case Action::starttls: return "STARTTLS\r\n";
    case Action::auth: return "AUTH PLAIN Z28=\r\n";
    case Action::sasl_line: return "Z28=\r\n";
    case Action::sasl_star: return "*\r\n";
    case Action::garbage: return "XYZZY\r\n";
    case Action::two_noops: return "NOOP\r\nNOOP\r\n";
    default: return "";
  }
}

// Which event of the table an action is in a state, and nothing for those that
// are none (text of a message, an answer that is not awaited).
std::optional<ServerEvent> event_of(Action action, ServerState state,
                                    Service service) {
  if (service == Service::lmtp && action == Action::helo) {
    return ServerEvent::bad_command;
  }
  switch (action) {
    case Action::ehlo: return ServerEvent::ehlo;
    case Action::helo: return ServerEvent::helo;
    case Action::mail:
    case Action::mail_binary: return ServerEvent::mail;
    case Action::rcpt:
    case Action::rcpt_utf8: return ServerEvent::rcpt;
    case Action::data: return ServerEvent::data;
    case Action::data_end: return ServerEvent::data_end;
    case Action::bdat:
    case Action::bdat_last:
    case Action::bdat_large: return ServerEvent::bdat;
    case Action::rset: return ServerEvent::rset;
    case Action::vrfy: return ServerEvent::vrfy;
    case Action::expn: return ServerEvent::expn;
    case Action::help: return ServerEvent::help;
    case Action::noop: return ServerEvent::noop;
    case Action::quit: return ServerEvent::quit;
    case Action::starttls: return ServerEvent::starttls;
    case Action::auth: return ServerEvent::auth;
    case Action::sasl_line:
    case Action::sasl_star: return ServerEvent::auth_response;
    case Action::garbage: return ServerEvent::bad_command;
    case Action::two_noops: return ServerEvent::out_of_turn;
    case Action::tls_up: return ServerEvent::tls_started;
    case Action::timeout: return ServerEvent::timeout;
    case Action::drain: return ServerEvent::drain;
    case Action::answer_permitted:
    case Action::answer_not_his: return ServerEvent::sender_answer;
    case Action::answer_local:
    case Action::answer_unknown: return ServerEvent::recipient_answer;
    case Action::answer_challenge:
    case Action::answer_login:
    case Action::answer_refused: return ServerEvent::auth_answer;
    case Action::answer_durable:
    case Action::answer_stopped: return ServerEvent::message_answer;
    default: break;
  }
  if (state == ServerState::chunk) return ServerEvent::chunk_end;
  if (state == ServerState::skip) return ServerEvent::skip_end;
  if (state != ServerState::data && action == Action::bare_lf) {
    return ServerEvent::lost;
  }
  return std::nullopt;
}

void act(Node& node, Action action, Service service) {
  ServerSession& session = node.session;
  const QuestionNumber question = node.question;
  const SteadyTime now;
  switch (action) {
    case Action::answer_permitted:
      return session.sender_answer(question, {SenderVerdict::permitted}, now);
    case Action::answer_not_his:
      return session.sender_answer(question, {SenderVerdict::refused}, now);
    case Action::answer_local:
      return session.recipient_answer(
          question, {RecipientVerdict::local, {{"b", ""}}}, now);
    case Action::answer_unknown:
      return session.recipient_answer(question, {RecipientVerdict::unknown, {}},
                                      now);
    case Action::answer_challenge:
      return session.auth_answer(question, {AuthVerdict::challenge, {}, {}},
                                 now);
    case Action::answer_login:
      return session.auth_answer(question, {AuthVerdict::success, {}, "b"},
                                 now);
    case Action::answer_refused:
      return session.auth_answer(question, {AuthVerdict::failure, {}, {}}, now);
    case Action::answer_durable:
      return session.message_answer(question, {MessageVerdict::durable, "Q"},
                                    now);
    case Action::answer_stopped:
      return session.message_answer(question, {MessageVerdict::stopped, {}},
                                    now);
    case Action::tls_up: return session.tls_started({"TLSv1.3", "X", 1}, now);
    case Action::timeout:
      if (session.deadline()) session.timeout(*session.deadline());
      return;
    case Action::drain: return session.drain(now);
    default: return session.received(octets(octets_of(action, service)), now);
  }
}

Seen effects_of(Node& node) {
  Seen seen;
  while (auto effect = node.session.next_effect()) {
    if (auto* send = std::get_if<SendReply>(&*effect)) {
      Octets rest = octets(send->octets);
      while (!rest.empty()) {
        ReplyReader reader;
        const auto reply = reader.read(rest);
        EXPECT_TRUE(reply && *reply) << send->octets;
        if (!reply || !*reply) break;
        seen.codes.push_back((*reply)->code);
      }
    } else if (auto* sender = std::get_if<AskSender>(&*effect)) {
      node.question = sender->question;
    } else if (auto* ask = std::get_if<AskRecipient>(&*effect)) {
      node.question = ask->question;
    } else if (auto* step = std::get_if<Authenticate>(&*effect)) {
      node.question = step->question;
    } else if (auto* offer = std::get_if<OfferMessage>(&*effect)) {
      node.question = offer->question;
      seen.offers = true;
      EXPECT_FALSE(offer->envelope.recipients.empty()) << node.path;
    }
  }
  return seen;
}

using Observed = std::set<std::tuple<ServerState, ServerEvent, ServerState>>;

// Takes one action in the session and in the model; false when they differ.
bool agrees(Node& node, Action action, const ServerOptions& options,
            Observed& observed) {
  const ServerState before = node.session.state();
  const ModelStep want = expected(node.model, action, options);
  act(node, action, options.service);
  const Seen seen = effects_of(node);
  node.path += ' ' + std::string{name(action)};
  node.model = want.after;
  const ServerState after = node.session.state();
  if (const auto event = event_of(action, before, options.service)) {
    observed.emplace(before, *event, after);
  }
  if (before == ServerState::auth_wait || before == ServerState::tls_wait) {
    if (action < Action::answer_permitted) {
      observed.emplace(before, ServerEvent::out_of_turn, after);
    }
  }
  EXPECT_EQ(seen.codes, want.codes) << node.path;
  EXPECT_EQ(seen.offers, want.offers) << node.path;
  EXPECT_EQ(name(after), name(want.after.state)) << node.path;
  EXPECT_EQ(node.session.is_authenticated(), want.after.login) << node.path;
  EXPECT_EQ(node.session.tls().has_value(), want.after.tls) << node.path;
  return seen.codes == want.codes && after == want.after.state;
}

Node first_node(const ServerOptions& options) {
  std::optional<TlsFacts> tls;
  if (options.service == Service::submissions) tls = TlsFacts{"T", "X", 1};
  Node node{ServerSession{std::make_shared<const ServerOptions>(options), "s",
                          Peer{"192.0.2.1"}, tls},
            0,
            {},
            {}};
  node.model.tls = tls.has_value();
  node.session.start({});
  effects_of(node);
  return node;
}

// Breadth first until no new state of the model turns up.
std::size_t explore(const ServerOptions& options, Observed& observed) {
  std::set<Model> known;
  std::deque<Node> nodes;
  nodes.push_back(first_node(options));
  known.insert(nodes.front().model);
  while (!nodes.empty()) {
    const Node node = std::move(nodes.front());
    nodes.pop_front();
    for (int i = 0; i < static_cast<int>(Action::count); ++i) {
      const auto action = static_cast<Action>(i);
      if (!may_happen(node.model, action)) continue;
      Node next = node;
      if (!agrees(next, action, options, observed)) return known.size();
      if (known.insert(next.model).second) nodes.push_back(std::move(next));
    }
  }
  return known.size();
}

// Depth first, every sequence, without taking two states for the same: shows
// that the model forgets nothing that matters.
bool try_all(const Node& node, int depth, const ServerOptions& options,
             Observed& observed) {
  if (depth == 0 || node.session.state() == ServerState::closed) return true;
  for (int i = 0; i < static_cast<int>(Action::count); ++i) {
    const auto action = static_cast<Action>(i);
    if (!may_happen(node.model, action)) continue;
    Node next = node;
    if (!agrees(next, action, options, observed)) return false;
    if (!try_all(next, depth - 1, options, observed)) return false;
  }
  return true;
}

std::vector<ServerOptions> all_options() {
  std::vector<ServerOptions> all{
      options_of(Service::mx), options_of(Service::submission),
      options_of(Service::submissions), options_of(Service::lmtp)};
  all.push_back(options_of(Service::mx));
  all.back().chunking = false;
  all.push_back(options_of(Service::mx));
  all.back().starttls = false;
  return all;
}

TEST(SmtpServerSession, every_sequence_of_events_is_as_the_model_says) {
  Observed observed;
  for (const ServerOptions& options : all_options()) {
    EXPECT_GT(explore(options, observed), 60U);
  }
}

TEST(SmtpServerSession, every_sequence_of_three_events_without_merging) {
  Observed observed;
  for (const ServerOptions& options : all_options()) {
    EXPECT_TRUE(try_all(first_node(options), 3, options, observed));
  }
}

// After EHLO, MAIL and RCPT: where transactions go wrong.
TEST(SmtpServerSession, every_sequence_of_three_events_in_a_transaction) {
  Observed observed;
  const ServerOptions options = options_of(Service::mx);
  Node node = first_node(options);
  for (const Action action :
       {Action::ehlo, Action::mail, Action::rcpt, Action::answer_local}) {
    ASSERT_TRUE(agrees(node, action, options, observed));
  }
  EXPECT_TRUE(try_all(node, 3, options, observed));
}

// No row of the table is fiction: each state that it names was met, before and
// after; and nothing was met that has no row.
TEST(SmtpServerSession, every_row_of_the_table_happens) {
  Observed observed;
  for (const ServerOptions& options : all_options()) explore(options, observed);
  {  // Before start().
    ServerSession early{std::make_shared<const ServerOptions>(), "s", {}, {}};
    EXPECT_EQ(early.state(), ServerState::connected);
    early.received(octets("x"), {});
    observed.emplace(ServerState::connected, ServerEvent::out_of_turn,
                     early.state());
    ServerSession drained{std::make_shared<const ServerOptions>(), "s", {}, {}};
    drained.drain({});
    observed.emplace(ServerState::connected, ServerEvent::drain,
                     drained.state());
    ServerSession started{std::make_shared<const ServerOptions>(), "s", {}, {}};
    started.start({});
    observed.emplace(ServerState::connected, ServerEvent::started,
                     started.state());
  }
  for (const ServerTransition& row : ServerSession::transitions()) {
    for (int i = 0; i <= static_cast<int>(ServerState::closed); ++i) {
      const auto state = static_cast<ServerState>(i);
      const auto leads = [&](const auto& seen) {
        return std::get<0>(seen) == state && std::get<1>(seen) == row.event;
      };
      const auto led = [&](const auto& seen) {
        return contains(row.from, std::get<0>(seen)) &&
               std::get<1>(seen) == row.event && std::get<2>(seen) == state;
      };
      if (contains(row.from, state)) {
        EXPECT_TRUE(std::ranges::any_of(observed, leads))
            << name(row.event) << " in " << name(state);
      }
      if (contains(row.to, state)) {
        EXPECT_TRUE(std::ranges::any_of(observed, led))
            << name(row.event) << " to " << name(state);
      }
    }
  }
}

TEST(SmtpServerSession, every_state_event_and_reply_has_its_own_name) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ServerState::closed); ++i) {
    names.insert(name(static_cast<ServerState>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ServerState::closed) + 1);
  names.clear();
  for (int i = 0; i <= static_cast<int>(ServerEvent::drain); ++i) {
    names.insert(name(static_cast<ServerEvent>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ServerEvent::drain) + 1);
}

// RFC 2034 section 4: the first digits agree; RFC 5321 section 4.2: one line
// of printable ASCII, whatever stands in it.
TEST(SmtpServerReply, codes_and_enhanced_codes_agree) {
  for (const ReplyRow& row : server_replies()) {
    const std::string code = std::to_string(row.code);
    const bool plain = row.code == 220 || row.code == 250 || row.code == 354 ||
                       row.code == 334;
    EXPECT_TRUE(!row.enhanced.empty() || plain) << row.text;
    if (!row.enhanced.empty()) {
      EXPECT_EQ(row.enhanced.front(), code.front()) << row.text;
    }
    const std::string wire = write(server_reply(row.name, "a\r\n250 b"));
    Octets rest = octets(wire);
    ReplyReader reader;
    const auto reply = reader.read(rest);
    ASSERT_TRUE(reply && *reply) << row.text;
    EXPECT_TRUE(rest.empty()) << row.text;
    EXPECT_EQ((*reply)->code, row.code);
    EXPECT_LE(wire.size(), 512U);
  }
}

}  // namespace
