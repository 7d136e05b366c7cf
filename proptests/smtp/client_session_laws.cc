#include "smtp/client_session_laws.h"

#include <algorithm>
#include <map>
#include <utility>

namespace postkeep::smtp {
namespace {

constexpr std::size_t steps_max = 10000;

// One thing that happens: a reply comes, the peer closes, content is given, or
// else time passes.
void step(ClientDriver& driver, ScriptedPeer& peer) {
  if (!peer.said.empty()) {
    const ScriptedPeer::Said said = std::move(peer.said.front());
    peer.said.pop_front();
    return driver.received(said.octets, said.event);
  }
  if (peer.closes) return driver.peer_closed();
  if (driver.wants_content()) return driver.give_piece();
  if (driver.session().is_ready()) return driver.quit();
  driver.timeout();
}

bool is_content(const std::string& taken, const std::string& given) {
  if (taken == given) return true;
  // DATA has no other way to end a line that does not.
  return taken == given + "\r\n" && !given.ends_with("\r\n");
}

}  // namespace

void run_client(ClientDriver& driver, ScriptedPeer& peer,
                const Interfere& interfere) {
  driver.start();
  peer.greet();
  std::size_t tls_count = 0;
  for (std::size_t i = 0; i < steps_max && !driver.closed; ++i) {
    if (interfere) interfere(i, driver);
    if (driver.closed) break;
    step(driver, peer);
    if (driver.tls_count != tls_count) peer.tls_started();
    tls_count = driver.tls_count;
    if (!peer.closes && !peer.silent) peer.received(driver.take_sent());
  }
}

bool law_results_are_the_truth(const ClientDriver& driver,
                               const ScriptedPeer& peer) {
  if (peer.broken) return false;
  std::map<std::string, Outcome> believed;
  std::map<std::string, const std::string*> content;
  for (const ClientDriver::Ended& each : driver.ended) {
    for (std::size_t i = 0; i < each.results.size(); ++i) {
      const std::string address =
          write(each.job.mail.recipients[i].forward_path);
      believed[address] = each.results[i].outcome;
      content[address] = &each.job.content;
    }
  }
  std::map<std::string, std::size_t> taken;
  for (const ScriptedPeer::Taken& each : peer.taken) {
    for (const Rcpt& rcpt : each.recipients) {
      const std::string address = write(rcpt.forward_path);
      taken[address] += 1;
      if (!content.contains(address)) return false;
      if (!is_content(each.content, *content[address])) return false;
    }
  }
  return std::ranges::all_of(believed, [&](const auto& each) {
    const std::size_t copies = taken[each.first];
    if (each.second == Outcome::delivered) return copies == 1;
    return copies <= (each.second == Outcome::unanswered ? 1U : 0U);
  });
}

bool law_promises_are_kept(const ClientDriver& driver) {
  return !driver.broken && driver.closed.has_value();
}

namespace {

// The head of an input: which session it is.
struct Head {
  ClientOptions options;
  bool has_tls = false;
  bool logs_in = true;
  ClientDriver::Tls tls = ClientDriver::Tls::starts;
  std::size_t lines_max = SIZE_MAX;  // Then something else happens:
  unsigned end = 0;
};

Head head_of(Octet first, Octet second) {
  Head head;
  head.options.hostname = "client.example";
  head.options.lmtp = (first & 1U) != 0;
  head.options.pipelining = (first & 2U) != 0;
  head.options.chunking = (first & 4U) != 0;
  head.options.tls = static_cast<TlsPolicy>((first >> 3U) % 3);
  head.has_tls = (first & 32U) != 0;
  if ((first & 64U) != 0) head.options.auth_mechanisms = {"PLAIN", "LOGIN"};
  head.options.auth_in_the_clear = (first & 128U) != 0;
  head.options.limits.recipients_max = 2;
  head.options.limits.transactions_max = 3;
  head.logs_in = second % 16 != 15;
  head.tls =
      second % 16 == 14 ? ClientDriver::Tls::fails : ClientDriver::Tls::starts;
  if (second % 16 < 12) head.lines_max = second % 16;
  head.end = second / 16U % 5;
  return head;
}

void end_with(unsigned end, ClientDriver& driver) {
  switch (end) {
    case 0: return driver.peer_closed();
    case 1: return driver.timeout();
    case 2: return driver.quit();
    case 3: return driver.content_lost();
    default: return;
  }
}

// Feeds `text` line by line, each in pieces of at most `piece` octets.
std::string run_octets(const Head& head, std::string_view text,
                       std::size_t piece, bool& kept) {
  ClientDriver driver{head.options, head.has_tls};
  driver.logs_in = head.logs_in;
  driver.tls = head.tls;
  driver.piece_octets_max = 7;
  driver.pieces_given_max = 2;
  driver.jobs.push_back(
      job_of("Subject: a\r\n\r\n.\r\n..b\r\n",
             {"a@example.org", "b@example.org", "c@example.org"}));
  driver.jobs.push_back(job_of("x", {"d@example.org"}));
  driver.jobs.push_back(job_of("8\xFF\r\n", {"e@example.org"}));
  driver.start();
  for (std::size_t line = 0; !text.empty() && !driver.closed; ++line) {
    if (line == head.lines_max) end_with(head.end, driver);
    std::size_t left = std::min(text.find('\n'), text.size() - 1) + 1;
    for (; left > 0 && !driver.closed;) {
      const std::size_t count = std::min(left, piece);
      driver.received(text.substr(0, count));
      text.remove_prefix(count);
      left -= count;
    }
    driver.give_piece();
  }
  while (driver.wants_content() && !driver.closed) driver.give_piece();
  if (!driver.closed) driver.peer_closed();
  kept &= law_promises_are_kept(driver);
  return driver.log;
}

}  // namespace

ClientRuns run_against_octets(Octets input) {
  ClientRuns runs;
  runs.kept = true;
  if (input.size() < 2) return runs;
  const Head head = head_of(input[0], input[1]);
  const std::string_view text{reinterpret_cast<const char*>(input.data()) + 2,
                              input.size() - 2};
  runs.lines = run_octets(head, text, SIZE_MAX, runs.kept);
  runs.cut = run_octets(head, text, 1, runs.kept);
  return runs;
}

bool law_client_cuts_do_not_matter(const ClientRuns& runs) {
  return runs.lines == runs.cut;
}

}  // namespace postkeep::smtp
