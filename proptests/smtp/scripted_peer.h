// A server that does what it is told, and knows the truth: which recipients'
// mail it has taken, whatever it said about it. Strict: what a client may not
// say to it makes it `broken`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/client_state.h"
#include "smtp/command.h"
#include "smtp/data.h"

namespace postkeep::smtp {

// What it says where a reply is due.
enum class Word : std::uint8_t {
  good,
  transient,
  permanent,
  closing,    // 421; then it closes.
  malformed,  // No reply, but octets.
  close,      // Nothing: it closes.
  silent,     // Nothing, for ever.
  wrong,      // A class that this command cannot have.
  full,       // RCPT: 452 4.5.3.
  count,
};

struct PeerOptions {
  bool lmtp = false;
  bool ehlo = true;  // False: 500, HELO is known.
  bool pipelining = true;
  bool chunking = true;
  bool starttls = false;
  bool auth = false;
  bool lax = false;  // RCPT is 250, whatever became of MAIL.
  // AUTH asks this often before it is content.
  unsigned challenges = 0;
};

class ScriptedPeer final : private DataSink {
 public:
  // Says what each reply is, in the order of the commands; `rcpt`: `full` may
  // be said.
  using Choose = std::function<Word(bool rcpt)>;

  ScriptedPeer(const PeerOptions& options, Choose choose);

  void greet();
  void received(std::string_view octets);
  void tls_started();

  struct Said {
    std::string octets;
    ClientEvent event;
  };
  // Replies, one by one, to be taken from the front.
  std::deque<Said> said;
  bool closes = false;  // Once `said` is empty.
  bool silent = false;

  struct Taken {
    Mail mail;
    std::vector<Rcpt> recipients;
    std::string content;
  };
  std::vector<Taken> taken;
  bool broken = false;
  std::string why;

 private:
  void data_octets(Octets octets) override;
  void read();
  void answer(const Command& command);
  void answer_ehlo();
  void answer_rcpt(const Rcpt& rcpt);
  void answer_bdat(const Bdat& bdat);
  void answer_auth();
  void end_of_content(bool chunk);
  Word say(std::string good, ClientEvent event, bool rcpt = false);
  void say_word(Word word, const std::string& good, ClientEvent event);
  void fail(std::string reason);

  enum class Reading : std::uint8_t { commands, data, chunk, skip, sasl };

  PeerOptions options_;
  Choose choose_;
  std::string input_;
  Reading reading_ = Reading::commands;
  CommandReader commands_;
  DataReader data_;
  bool tls_ = false;
  bool tls_awaited_ = false;
  bool greeted_ = false;
  bool in_transaction_ = false;
  bool reset_wanted_ = false;
  unsigned challenges_left_ = 0;
  Taken now_;
  std::uint64_t chunk_left_ = 0;
};

}  // namespace postkeep::smtp
