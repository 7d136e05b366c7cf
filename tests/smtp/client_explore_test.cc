// Every session of a small world: a client with a few recipients, and a server
// that says at each turn whatever it may, or falls silent, or closes.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "smtp/client_session_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

using Observed = std::set<std::tuple<ClientState, ClientEvent, ClientState>>;

struct World {
  ClientOptions client;
  PeerOptions peer;
  bool has_tls = false;
  ClientDriver::Tls tls = ClientDriver::Tls::starts;
  bool answers_sasl = true;
  bool logs_in = true;
  std::size_t pieces_given_max = SIZE_MAX;
  bool refuses_first = false;   // All recipients of the first mail.
  bool quits = false;           // While the first mail is under way.
  std::string response = "me";  // SASL.
};

World world(bool lmtp, bool pipelining, bool chunking, bool large = false) {
  World made;
  made.client.hostname = "client.example";
  made.client.lmtp = lmtp;
  made.peer.lmtp = lmtp;
  made.peer.pipelining = pipelining;
  made.peer.chunking = chunking;
  // What is larger than one flight is not sent with the envelope.
  if (large) made.client.limits.one_flight_octets_max = 1;
  return made;
}

std::vector<World> transaction_worlds() {
  std::vector<World> all;
  for (const bool lmtp : {false, true}) {
    all.push_back(world(lmtp, true, true));
    all.push_back(world(lmtp, true, true, true));
    all.push_back(world(lmtp, true, false));
    all.push_back(world(lmtp, false, true));
    all.push_back(world(lmtp, false, false));
  }
  for (std::size_t i = 0; i < 5; ++i) {
    all.push_back(all[i]);
    all.back().quits = true;
    all.back().peer.lax = true;
  }
  return all;
}

// Where the second mail begins with RSET.
std::vector<World> reset_worlds() {
  std::vector<World> all = transaction_worlds();
  for (World& each : all) each.refuses_first = true;
  return all;
}

std::vector<World> opening_worlds() {
  std::vector<World> all;
  for (const TlsPolicy policy :
       {TlsPolicy::none, TlsPolicy::opportunistic, TlsPolicy::required}) {
    for (const bool offered : {false, true}) {
      World made = world(false, true, true);
      made.client.tls = policy;
      made.peer.starttls = offered;
      all.push_back(made);
      made.client.auth_mechanisms = {"PLAIN", "LOGIN"};
      all.push_back(made);
      made.peer.auth = true;
      made.peer.challenges = 1;
      all.push_back(made);
      made.client.auth_in_the_clear = true;
      all.push_back(made);
      made.logs_in = false;
      all.push_back(made);
    }
  }
  all.push_back(world(false, true, true));
  all.back().peer.ehlo = false;
  all.back().peer.pipelining = false;
  all.push_back(world(true, true, true));
  all.back().peer.ehlo = false;
  all.push_back(world(false, true, true));
  all.back().has_tls = true;
  all.push_back(world(false, true, true));
  all.back().peer.starttls = true;
  all.back().tls = ClientDriver::Tls::fails;
  all.push_back(all.back());
  all.back().tls = ClientDriver::Tls::hangs;
  all.push_back(world(false, true, true));
  all.back().peer.auth = true;
  all.back().peer.challenges = 20;
  all.back().client.auth_mechanisms = {"PLAIN"};
  all.back().client.auth_in_the_clear = true;
  all.push_back(all.back());
  all.back().answers_sasl = false;
  return all;
}

// Counts through every sequence of words, shortest changes last.
class Odometer {
 public:
  Word next(bool rcpt) {
    if (at_ == digits_.size()) {
      digits_.push_back(0);
      sizes_.push_back(rcpt ? static_cast<unsigned>(Word::count)
                            : static_cast<unsigned>(Word::full));
    }
    return static_cast<Word>(digits_[at_++]);
  }
  // False: all have been.
  bool advance() {
    digits_.resize(at_);
    sizes_.resize(at_);
    at_ = 0;
    while (!digits_.empty() && digits_.back() + 1 == sizes_.back()) {
      digits_.pop_back();
      sizes_.pop_back();
    }
    if (digits_.empty()) return false;
    digits_.back() += 1;
    return true;
  }

 private:
  std::vector<unsigned> digits_;
  std::vector<unsigned> sizes_;
  std::size_t at_ = 0;
};

void prepare(ClientDriver& driver, const World& world, Observed& observed) {
  driver.observe = [&observed](ClientState before, ClientEvent event,
                               ClientState to) {
    observed.emplace(before, event, to);
  };
  driver.tls = world.tls;
  driver.answers_sasl = world.answers_sasl;
  driver.logs_in = world.logs_in;
  driver.pieces_given_max = world.pieces_given_max;
  driver.piece_octets_max = 4;
  driver.response = world.response;
  driver.jobs.push_back(
      job_of("a\r\n.b\r\n", {"a@example.org", "b@example.org"}));
  driver.jobs.push_back(job_of("second\r\n", {"c@example.org"}));
  driver.jobs.push_back(job_of("bare\n", {"d@example.org"}));
  // The facts are not true of what is given.
  driver.jobs.push_back(job_of("fourth\r\n", {"e@example.org"}));
  driver.jobs.back().content = "fourth\n\n";
}

enum class Part : std::uint8_t { opening, transaction, reset };

bool is_free(const ClientDriver& driver, Part part) {
  switch (part) {
    case Part::opening: return !driver.ready;
    case Part::transaction: return driver.ready && driver.ended.empty();
    default: return driver.session().state() == ClientState::reset;
  }
}

bool refuses(const World& world, const ClientDriver& driver, bool rcpt) {
  return world.refuses_first && rcpt && driver.ended.empty();
}

// Every word at every turn of one part of the session; good ones elsewhere.
std::size_t explore(const World& world, Part part, Observed& observed) {
  Odometer odometer;
  std::size_t count = 0;
  bool more = true;
  while (more) {
    ClientDriver driver{world.client, world.has_tls};
    prepare(driver, world, observed);
    ScriptedPeer peer{world.peer, [&](bool rcpt) {
                        if (is_free(driver, part)) return odometer.next(rcpt);
                        return refuses(world, driver, rcpt) ? Word::permanent
                                                            : Word::good;
                      }};
    run_client(driver, peer, [&](std::size_t, ClientDriver& running) {
      const ClientState state = running.session().state();
      if (world.quits && state > ClientState::ready &&
          state < ClientState::quit) {
        running.quit();
      }
    });
    count += 1;
    more = odometer.advance();
    EXPECT_TRUE(law_promises_are_kept(driver)) << driver.log;
    EXPECT_TRUE(law_results_are_the_truth(driver, peer)) << peer.why << '\n'
                                                         << driver.log;
    if (testing::Test::HasFailure()) return count;
  }
  return count;
}

TEST(SmtpClientSession, every_transaction_ends_with_the_truth) {
  Observed observed;
  for (const World& world : transaction_worlds()) {
    EXPECT_GT(explore(world, Part::transaction, observed), 90U);
  }
}

TEST(SmtpClientSession, every_reset_ends_with_the_truth) {
  Observed observed;
  for (const World& world : reset_worlds()) {
    explore(world, Part::reset, observed);
  }
}

TEST(SmtpClientSession, every_opening_ends) {
  Observed observed;
  for (const World& world : opening_worlds()) {
    EXPECT_GE(explore(world, Part::opening, observed), 8U);
  }
}

struct Interference {
  ClientEvent event;
  std::string_view octets;
};
const std::vector<Interference> interferences{
    {ClientEvent::positive, "250 out of turn\r\n"},
    {ClientEvent::intermediate, "354 out of turn\r\n"},
    {ClientEvent::transient, "450 out of turn\r\n"},
    {ClientEvent::permanent, "550 out of turn\r\n"},
    {ClientEvent::closing, "421 out of turn\r\n"},
    {ClientEvent::malformed, "\r\n"},
    {ClientEvent::quit, ""},
    {ClientEvent::quit, "and then the content is lost"},
    {ClientEvent::peer_closed, ""},
    {ClientEvent::timeout, ""},
    {ClientEvent::content_lost, ""},
    {ClientEvent::content, ""},
};

void interfere(const Interference& what, ClientDriver& driver) {
  switch (what.event) {
    case ClientEvent::quit:
      driver.quit();
      if (!what.octets.empty()) driver.content_lost();
      break;
    case ClientEvent::peer_closed: driver.peer_closed(); break;
    case ClientEvent::timeout: driver.timeout(); break;
    case ClientEvent::content_lost: driver.content_lost(); break;
    case ClientEvent::content: driver.give_piece(); break;
    default: driver.received(what.octets, what.event);
  }
}

// Each of them at each step of a session that goes well.
void interfere_everywhere(const World& world, Observed& observed) {
  for (const Interference& what : interferences) {
    bool reached = true;
    for (std::size_t at = 0; reached; ++at) {
      reached = false;
      ClientDriver driver{world.client, world.has_tls};
      prepare(driver, world, observed);
      ScriptedPeer peer{world.peer, [&](bool rcpt) {
                          return refuses(world, driver, rcpt) ? Word::permanent
                                                              : Word::good;
                        }};
      run_client(driver, peer, [&](std::size_t step, ClientDriver& running) {
        if (step != at) return;
        reached = true;
        interfere(what, running);
      });
      EXPECT_TRUE(law_promises_are_kept(driver)) << driver.log;
    }
  }
}

std::vector<World> slow_worlds() {
  std::vector<World> all = transaction_worlds();
  for (const World& each : reset_worlds()) all.push_back(each);
  for (World& each : all) each.pieces_given_max = 0;
  all.push_back(opening_worlds().back());  // SASL is never answered.
  World tls = world(false, true, true);
  tls.peer.starttls = true;
  all.push_back(tls);
  tls.tls = ClientDriver::Tls::hangs;
  all.push_back(tls);
  World old = world(false, false, false);
  old.peer.ehlo = false;
  all.push_back(old);
  World login = world(false, true, true);
  login.peer.auth = true;
  login.peer.challenges = 1;
  login.client.auth_mechanisms = {"PLAIN"};
  login.client.auth_in_the_clear = true;
  all.push_back(login);
  all.back().response = std::string(600, 'r');
  all.push_back(login);
  return all;
}

TEST(SmtpClientSession, whatever_interferes_whenever_it_ends_in_order) {
  Observed observed;
  for (const World& world : slow_worlds()) {
    interfere_everywhere(world, observed);
  }
}

std::string pair_of(ClientState state, ClientEvent event) {
  return std::string{name(event)} + " in " + std::string{name(state)};
}

Observed everything() {
  Observed observed;
  for (const World& world : transaction_worlds()) {
    explore(world, Part::transaction, observed);
  }
  for (const World& world : opening_worlds()) {
    explore(world, Part::opening, observed);
  }
  for (const World& world : reset_worlds()) {
    explore(world, Part::reset, observed);
  }
  for (const World& world : slow_worlds()) {
    interfere_everywhere(world, observed);
  }
  World unstarted;
  ClientDriver driver{unstarted.client};
  prepare(driver, unstarted, observed);
  driver.quit();
  return observed;
}

// No row of the table is fiction: each state that it names was met, before and
// after.
TEST(SmtpClientSession, every_row_of_the_table_happens) {
  const Observed observed = everything();
  for (const ClientTransition& row : ClientSession::transitions()) {
    std::set<std::pair<ClientState, ClientEvent>> left;
    std::set<ClientState> entered;
    for (const auto& [before, event, after] : observed) {
      if (!contains(row.from, before) || !contains(row.events, event)) continue;
      left.emplace(before, event);
      entered.insert(after);
    }
    for (int i = 0; i <= static_cast<int>(ClientState::closed); ++i) {
      const auto state = static_cast<ClientState>(i);
      EXPECT_TRUE(!contains(row.to, state) || entered.contains(state))
          << row.member << " to " << name(state);
      for (int k = 0; k <= static_cast<int>(ClientEvent::timeout); ++k) {
        const auto event = static_cast<ClientEvent>(k);
        EXPECT_TRUE(!contains(row.from, state) ||
                    !contains(row.events, event) ||
                    left.contains({state, event}))
            << pair_of(state, event);
      }
    }
  }
}

// And no pair of a state and an event stands in two rows.
TEST(SmtpClientSession, no_two_rows_speak_of_the_same) {
  std::set<std::pair<int, int>> seen;
  for (const ClientTransition& row : ClientSession::transitions()) {
    for (int i = 0; i <= static_cast<int>(ClientState::closed); ++i) {
      for (int k = 0; k <= static_cast<int>(ClientEvent::timeout); ++k) {
        const auto state = static_cast<ClientState>(i);
        const auto event = static_cast<ClientEvent>(k);
        if (!contains(row.from, state) || !contains(row.events, event)) {
          continue;
        }
        EXPECT_TRUE(seen.emplace(i, k).second) << pair_of(state, event);
      }
    }
  }
}

TEST(SmtpClientSession, every_state_event_outcome_and_reason_has_its_own_name) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ClientState::closed); ++i) {
    EXPECT_TRUE(names.insert(name(static_cast<ClientState>(i))).second);
  }
  names.clear();
  for (int i = 0; i <= static_cast<int>(ClientEvent::timeout); ++i) {
    EXPECT_TRUE(names.insert(name(static_cast<ClientEvent>(i))).second);
  }
  names.clear();
  for (int i = 0; i <= static_cast<int>(Outcome::put_off); ++i) {
    EXPECT_TRUE(names.insert(name(static_cast<Outcome>(i))).second);
  }
  names.clear();
  for (int i = 0; i <= static_cast<int>(Because::content_unavailable); ++i) {
    EXPECT_TRUE(names.insert(name(static_cast<Because>(i))).second);
  }
}

}  // namespace
