// The laws of smtp/client_session.h with generated peers, and with our own
// server at the other end.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "smtp/client_server_laws.h"
#include "smtp/client_session_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

rc::Gen<std::string> line() {
  return rc::gen::weightedElement<std::string>({
      {3, "220 a\r\n"},
      {9, "250 a\r\n"},
      {2, "250-a\r\n"},
      {2, "250-PIPELINING\r\n"},
      {2, "250-CHUNKING\r\n"},
      {2, "250 8BITMIME\r\n"},
      {1, "250-LIMITS RCPTMAX=1\r\n"},
      {1, "250-STARTTLS\r\n"},
      {1, "250-AUTH PLAIN\r\n"},
      {1, "334 eHl6\r\n"},
      {1, "235 in\r\n"},
      {4, "354 go\r\n"},
      {1, "421 a\r\n"},
      {1, "450 a\r\n"},
      {1, "452 4.5.3 a\r\n"},
      {1, "500 a\r\n"},
      {2, "550 5.1.1 a\r\n"},
      {1, "x\r\n"},
      {1, "25"},
  });
}

rc::Gen<std::string> input() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::arbitrary<char>(), rc::gen::arbitrary<char>(),
                     rc::gen::container<std::vector<std::string>>(line())),
      [](const std::tuple<char, char, std::vector<std::string>>& made) {
        std::string all{std::get<0>(made), std::get<1>(made)};
        all += "220 a\r\n250-a\r\n250 ENHANCEDSTATUSCODES\r\n";
        for (const std::string& each : std::get<2>(made)) all += each;
        return all;
      });
}

ClientOptions client_options(bool lmtp) {
  ClientOptions options;
  options.hostname = "client.example";
  options.lmtp = lmtp;
  options.pipelining = *rc::gen::arbitrary<bool>();
  options.chunking = *rc::gen::arbitrary<bool>();
  options.limits.recipients_max = *rc::gen::inRange(1U, 5U);
  options.limits.one_flight_octets_max = *rc::gen::inRange(0U, 200U);
  return options;
}

PeerOptions peer_options(bool lmtp) {
  PeerOptions options;
  options.lmtp = lmtp;
  options.pipelining = *rc::gen::arbitrary<bool>();
  options.chunking = *rc::gen::arbitrary<bool>();
  options.starttls = *rc::gen::arbitrary<bool>();
  return options;
}

std::string content() {
  const auto parts = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>(".", "..", "\r\n", "text", "\r\n.\r\n",
                                    "Subject: a\r\n\r\n", ".\r\n"));
  std::string all;
  for (const std::string& each : parts) all += each;
  return all;
}

void jobs_into(ClientDriver& driver) {
  const int count = *rc::gen::inRange(1, 5);
  int number = 0;
  for (int i = 0; i < count; ++i) {
    std::vector<std::string> recipients;
    const int many = *rc::gen::inRange(1, 7);
    for (int k = 0; k < many; ++k) {
      const auto who = *rc::gen::weightedElement<std::string>(
          {{6, "local"}, {1, "nobody"}, {1, "busy"}, {1, "full"}});
      recipients.push_back(who + "+" + std::to_string(number++) +
                           "@example.org");
    }
    driver.jobs.push_back(job_of(content(), recipients));
  }
  driver.piece_octets_max = *rc::gen::inRange<std::size_t>(1, 100);
}

void truth_with_any_peer() {
  const bool lmtp = *rc::gen::arbitrary<bool>();
  ClientDriver driver{client_options(lmtp)};
  jobs_into(driver);
  const auto words = *rc::gen::container<std::vector<int>>(
      rc::gen::weightedElement<int>({{12, 0},
                                     {2, 1},
                                     {2, 2},
                                     {1, 3},
                                     {1, 4},
                                     {1, 5},
                                     {1, 6},
                                     {1, 7},
                                     {2, 8}}));
  std::size_t at = 0;
  ScriptedPeer peer{peer_options(lmtp), [&](bool rcpt) {
                      if (words.empty()) return Word::good;
                      const auto word =
                          static_cast<Word>(words[at++ % words.size()]);
                      return word == Word::full && !rcpt ? Word::good : word;
                    }};
  run_client(driver, peer);
  RC_ASSERT(law_promises_are_kept(driver));
  RC_ASSERT(law_results_are_the_truth(driver, peer));
}

void truth_with_our_server() {
  const bool lmtp = *rc::gen::arbitrary<bool>();
  ClientDriver driver{client_options(lmtp)};
  jobs_into(driver);
  ServerOptions server;
  server.service = lmtp ? Service::lmtp : Service::mx;
  server.chunking = *rc::gen::arbitrary<bool>();
  server.smtputf8 = *rc::gen::arbitrary<bool>();
  server.binarymime = *rc::gen::arbitrary<bool>();
  server.dsn = *rc::gen::arbitrary<bool>();
  server.starttls = *rc::gen::arbitrary<bool>();
  server.limits_keyword = *rc::gen::arbitrary<bool>();
  server.limits.recipients_max = *rc::gen::inRange(1U, 5U);
  server.limits.transactions_max = *rc::gen::inRange(1U, 30U);
  server.limits.message_octets_max = *rc::gen::inRange(10U, 100U);
  const auto cuts =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(
          rc::gen::inRange<std::size_t>(1, 60)));
  ServerPeer peer{server, cuts};
  run_with_server(driver, peer);
  RC_ASSERT(law_promises_are_kept(driver));
  if (!law_server_has_what_was_given(driver, peer)) RC_FAIL(driver.log);
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("cuts do not matter, and promises are kept", [] {
    const std::string text = *input();
    const ClientRuns runs = run_against_octets(octets(text));
    RC_ASSERT(runs.kept);
    RC_ASSERT(law_client_cuts_do_not_matter(runs));
  });
  held &= rc::check("what the client believes is so", truth_with_any_peer);
  held &= rc::check("what was given is what arrives", truth_with_our_server);
  return held ? 0 : 1;
}
