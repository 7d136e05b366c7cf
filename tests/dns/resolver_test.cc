#include "dns/resolver.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dns/answer_laws.h"
#include "dns/message_builder.h"
#include "gtest/gtest.h"
#include "sim/choices.h"
#include "sim/sim_clock.h"
#include "sim/sim_exchange.h"
#include "sim/sim_random.h"

namespace postkeep::dns {
namespace {

using sim::SimExchange;
using std::chrono::milliseconds;
using std::chrono::seconds;

const DnsServer first{"192.0.2.53", 53};
const DnsServer second{"192.0.2.54", 53};

DnsQuestion mx(std::string_view text = "example.org") {
  return {named(text), DnsType::mx};
}

SimExchange::Reply says(std::vector<Octet> octets) { return {octets}; }

std::uint16_t id_of(Octets query) { return id_in(query); }

// What a resolver answers that knows everything.
SimExchange::Reply knows(Octets query, std::uint16_t flags = flags_answer) {
  const DnsQuestion question = question_in(query, DnsType::a);
  MessageBuilder message(id_of(query), flags, question);
  if (flags == flags_answer || flags == flags_authentic) {
    message.answer(question.name.text(), question.type, 60,
                   mx_data(10, "mx.example.org"));
  }
  return says(message.octets());
}

SimExchange::Behave with_flags(std::uint16_t flags) {
  return [flags](Octets query) { return knows(query, flags); };
}
SimExchange::Reply silent(Octets /*query*/) { return {}; }
SimExchange::Reply away(Octets /*query*/) {
  return {.octets = {}, .unreachable = true};
}

struct DnsResolverTest : ::testing::Test {
  sim::SimClock clock;
  sim::SimTimers timers{clock};
  sim::SimRandom random{1};
  SimExchange exchange{timers, 4};
  std::optional<Resolver> resolver;
  std::vector<DnsAnswer> answers;

  void use(std::vector<ResolverServer> servers) {
    ResolverSettings settings;
    settings.servers = std::move(servers);
    resolver.emplace(clock, timers, random, exchange, settings);
  }
  void use_both() { use({{first, false}, {second, false}}); }
  DnsTicket ask(const DnsQuestion& question) {
    return resolver->ask(question, [this](const DnsAnswer& answer) {
      answers.push_back(answer);
    });
  }
  DnsAnswer answer_to(const DnsQuestion& question, Duration within) {
    answers.clear();
    ask(question);
    EXPECT_TRUE(answers.empty());
    timers.pass(within);
    EXPECT_EQ(answers.size(), 1U);
    return answers.empty() ? DnsAnswer{} : answers[0];
  }
  std::size_t sent_to(const DnsServer& server) const {
    return static_cast<std::size_t>(
        std::count_if(exchange.seen().begin(), exchange.seen().end(),
                      [&](const auto& one) { return one.server == server; }));
  }
};

TEST_F(DnsResolverTest, an_answer_is_found_once_and_kept) {
  use_both();
  exchange.behave(first, with_flags(flags_answer));
  const DnsAnswer answer = answer_to(mx(), seconds(1));
  EXPECT_EQ(answer.verdict, DnsVerdict::found);
  EXPECT_EQ(answer.mx.size(), 1U);
  EXPECT_FALSE(answer.from_cache);
  const DnsAnswer again = answer_to(mx(), seconds(1));
  EXPECT_TRUE(again.from_cache);
  EXPECT_EQ(again.ttl_seconds, 59U);
  EXPECT_EQ(exchange.seen().size(), 1U);
  timers.pass(seconds(60));
  EXPECT_FALSE(answer_to(mx(), seconds(1)).from_cache);
}

TEST_F(DnsResolverTest, the_same_question_is_sent_once) {
  use_both();
  exchange.behave(first, with_flags(flags_answer));
  for (int i = 0; i < 100; ++i) ask(mx());
  const DnsTicket forgotten = ask(mx());
  resolver->forget(forgotten);
  timers.pass(seconds(1));
  EXPECT_EQ(answers.size(), 100U);
  EXPECT_EQ(exchange.seen().size(), 1U);
  EXPECT_EQ(resolver->waiting(), 0U);
}

TEST_F(DnsResolverTest, a_resolver_that_is_silent_gives_way) {
  use_both();
  exchange.behave(first, silent);
  exchange.behave(second, with_flags(flags_answer));
  EXPECT_EQ(answer_to(mx(), seconds(5)).verdict, DnsVerdict::found);
  // It rests: the next question goes to the other one at once.
  EXPECT_EQ(answer_to(mx("a.example"), milliseconds(10)).verdict,
            DnsVerdict::found);
  EXPECT_EQ(sent_to(first), 1U);
  timers.pass(rest_seconds);
  exchange.behave(first, with_flags(flags_answer));
  EXPECT_EQ(answer_to(mx("b.example"), milliseconds(10)).verdict,
            DnsVerdict::found);
  EXPECT_EQ(sent_to(first), 2U);
}

TEST_F(DnsResolverTest, trouble_comes_within_the_deadline) {
  use_both();
  exchange.behave(first, silent);
  exchange.behave(second, silent);
  EXPECT_EQ(answer_to(mx(), seconds(15)).trouble, DnsTrouble::timed_out);
  EXPECT_LE(exchange.seen().size(), 4U);
  EXPECT_EQ(timers.waiting(), 1U);  // The last attempt's own wait.
  timers.pass(seconds(4));
  EXPECT_EQ(resolver->under_way(), 0U);
  exchange.behave(first, away);
  exchange.behave(second, away);
  EXPECT_EQ(answer_to(mx(), seconds(1)).trouble, DnsTrouble::unreachable);
  use({});
  EXPECT_EQ(answer_to(mx(), seconds(0)).trouble, DnsTrouble::no_resolver);
}

TEST_F(DnsResolverTest, what_resolvers_say_of_trouble_is_told) {
  use_both();
  exchange.behave(first, with_flags(flags_server_failed));
  exchange.behave(second, with_flags(flags_refused));
  EXPECT_EQ(answer_to(mx(), seconds(1)).trouble, DnsTrouble::server_failed);
  EXPECT_EQ(exchange.seen().size(), 2U);  // Each has had its say.
  exchange.behave(second, with_flags(flags_answer));
  EXPECT_EQ(answer_to(mx(), seconds(1)).verdict, DnsVerdict::found);
}

TEST_F(DnsResolverTest, only_a_trusted_resolvers_word_on_signatures_counts) {
  use_both();
  exchange.behave(first, with_flags(flags_authentic));
  EXPECT_FALSE(answer_to(mx(), seconds(1)).authenticated);
  use({{first, true}});
  EXPECT_TRUE(answer_to(mx(), seconds(1)).authenticated);
  EXPECT_TRUE(answer_to(mx(), seconds(1)).authenticated);  // From the cache.
  // What it vouched for is not kept when it is trusted no more.
  ResolverSettings settings;
  settings.servers = {{first, false}};
  resolver->use(settings);
  EXPECT_FALSE(answer_to(mx(), seconds(1)).authenticated);
}

// A validating resolver gives the answer only when it is told not to look.
SimExchange::Reply refuses_signatures(Octets query) {
  const bool checking_disabled = (query[3] & 0x10) != 0;
  return knows(query, checking_disabled ? flags_answer : flags_server_failed);
}

TEST_F(DnsResolverTest, wrong_signatures_are_bogus_whoever_says_otherwise) {
  use({{first, true}, {second, false}});
  exchange.behave(first, refuses_signatures);
  exchange.behave(second, with_flags(flags_answer));
  const DnsAnswer answer = answer_to(mx(), seconds(1));
  EXPECT_EQ(answer.verdict, DnsVerdict::bogus);
  EXPECT_EQ(answer.records(), 0U);
  EXPECT_EQ(sent_to(second), 0U);
  // One that fails with and without looking only fails.
  exchange.behave(first, with_flags(flags_server_failed));
  EXPECT_EQ(answer_to(mx(), seconds(1)).verdict, DnsVerdict::found);
  // And one that nobody trusts cannot call anything bogus.
  use({{first, false}});
  exchange.behave(first, refuses_signatures);
  EXPECT_EQ(answer_to(mx(), seconds(1)).trouble, DnsTrouble::server_failed);
}

TEST_F(DnsResolverTest, lies_are_passed_over) {
  use_both();
  exchange.behave(second, with_flags(flags_answer));
  const std::vector<SimExchange::Behave> lies{
      [](Octets query) {  // Another question's answer.
        return says(MessageBuilder(id_of(query), flags_answer, mx("b.example"))
                        .octets());
      },
      [](Octets query) {  // Another id.
        std::vector<Octet> octets = *knows(query).octets;
        octets[0] ^= 1;
        return says(octets);
      },
      [](Octets query) {  // The question itself.
        return says({query.begin(), query.end()});
      },
      [](Octets /*query*/) { return says({}); },
      [](Octets query) {  // Cut.
        std::vector<Octet> octets = *knows(query).octets;
        octets.pop_back();
        return says(octets);
      },
      [](Octets query) { return knows(query, flags_truncated); },
  };
  for (const auto& lie : lies) {
    exchange.behave(first, lie);
    EXPECT_EQ(answer_to(mx(), seconds(1)).verdict, DnsVerdict::found);
    use_both();
  }
  use({{first, false}});
  EXPECT_EQ(answer_to(mx(), seconds(1)).trouble, DnsTrouble::malformed);
}

TEST_F(DnsResolverTest, questions_wait_for_room_and_no_more_than_allowed) {
  use_both();
  exchange.behave(first, with_flags(flags_answer));
  for (int i = 0; i < 100; ++i) ask(mx("n" + std::to_string(i) + ".example"));
  EXPECT_EQ(exchange.room(), 0U);
  EXPECT_EQ(exchange.seen().size(), 4U);
  timers.pass(seconds(1));
  EXPECT_EQ(answers.size(), 100U);
  ResolverSettings settings;
  settings.servers = {{first, false}};
  settings.waiting_max = 10;
  resolver->use(settings);
  answers.clear();
  for (int i = 0; i < 20; ++i) ask(mx("m" + std::to_string(i) + ".example"));
  timers.pass(milliseconds(0));
  ASSERT_EQ(answers.size(), 10U);
  EXPECT_EQ(answers[0].trouble, DnsTrouble::busy);
  timers.pass(seconds(1));
  EXPECT_EQ(answers.size(), 20U);
}

TEST_F(DnsResolverTest,
       ids_cannot_be_foretold_and_names_are_asked_as_they_are) {
  use_both();
  exchange.behave(first, silent);
  exchange.behave(second, silent);
  std::set<std::uint16_t> ids;
  for (int i = 0; i < 200; ++i) ask(mx("n" + std::to_string(i) + ".example"));
  timers.pass(seconds(60));
  for (const auto& one : exchange.seen()) ids.insert(id_of(one.query));
  // No counter, no constant: of so many, few are alike.
  EXPECT_GT(ids.size(), exchange.seen().size() * 9 / 10);
}

TEST_F(DnsResolverTest, one_that_is_told_may_ask_and_forget) {
  use_both();
  exchange.behave(first, with_flags(flags_answer));
  DnsTicket other = DnsTicket::none;
  resolver->ask(mx(), [&](const DnsAnswer&) {
    resolver->forget(other);
    ask(mx("again.example"));
  });
  other = ask(mx());
  timers.pass(seconds(1));
  EXPECT_EQ(answers.size(), 1U);
  EXPECT_EQ(resolver->waiting(), 0U);
}

TEST_F(DnsResolverTest, what_comes_after_its_end_finds_nobody) {
  use_both();
  exchange.behave(first, with_flags(flags_answer));
  ask(mx());
  resolver.reset();
  timers.pass(seconds(60));
  EXPECT_TRUE(answers.empty());
}

// Resolvers that do anything at any time: every question is answered once,
// within its deadline.
TEST_F(DnsResolverTest, whatever_resolvers_do_each_question_is_answered_once) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::Chance chance(seed);
    answers.clear();
    use({{first, seed % 2 == 0}, {second, false}});
    for (const DnsServer& server : {first, second}) {
      exchange.behave(server, [&](Octets query) -> SimExchange::Reply {
        SimExchange::Reply reply;
        switch (chance.bits() % 7) {
          case 0: return silent(query);
          case 1: return away(query);
          case 2: reply = knows(query, flags_server_failed); break;
          case 3: reply = knows(query, flags_truncated); break;
          case 4: reply = refuses_signatures(query); break;
          default: reply = knows(query); break;
        }
        if (chance.bits() % 4 == 0 && !reply.octets->empty()) {
          (*reply.octets)[chance.bits() % reply.octets->size()] ^= 0x55;
        }
        reply.delay = milliseconds(chance.bits() % 6000);
        return reply;
      });
    }
    std::size_t asked = 0;
    for (int i = 0; i < 40; ++i) {
      ask(mx("n" + std::to_string(chance.bits() % 20) + ".example"));
      asked += 1;
      timers.pass(milliseconds(chance.bits() % 3000));
    }
    timers.pass(seconds(15));
    ASSERT_EQ(answers.size(), asked) << seed;
    ASSERT_EQ(resolver->waiting(), 0U) << seed;
    ASSERT_EQ(resolver->under_way(), 0U) << seed;
    timers.pass(seconds(15));
    ASSERT_EQ(exchange.room(), 4U) << seed;
  }
}

}  // namespace
}  // namespace postkeep::dns
