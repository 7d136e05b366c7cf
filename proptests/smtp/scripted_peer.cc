#include "smtp/scripted_peer.h"

#include <algorithm>
#include <utility>

namespace postkeep::smtp {

ScriptedPeer::ScriptedPeer(const PeerOptions& options, Choose choose)
    : options_(options), choose_(std::move(choose)) {}

void ScriptedPeer::greet() { say("220 here\r\n", ClientEvent::positive); }

void ScriptedPeer::tls_started() {
  tls_ = true;
  tls_awaited_ = false;
  greeted_ = false;
  input_.clear();
}

void ScriptedPeer::received(std::string_view octets) {
  if (octets.empty()) return;
  if (tls_awaited_) fail("octets in the clear behind STARTTLS");
  if (!options_.pipelining && !said.empty()) fail("it did not wait");
  input_ += octets;
  read();
}

void ScriptedPeer::fail(std::string reason) {
  broken = true;
  if (why.empty()) why = std::move(reason);
}

void ScriptedPeer::data_octets(Octets octets) {
  now_.content.append(octets.begin(), octets.end());
}

void ScriptedPeer::read() {
  const std::string all = std::exchange(input_, {});
  Octets rest = octets(all);
  while (!rest.empty() && !closes && !silent && !broken) {
    if (reading_ == Reading::data) {
      if (!data_.read(rest, *this)) break;
      reading_ = Reading::commands;
      end_of_content(false);
    } else if (reading_ == Reading::chunk || reading_ == Reading::skip) {
      const auto count = static_cast<std::size_t>(
          std::min<std::uint64_t>(chunk_left_, rest.size()));
      data_octets(rest.first(count));
      rest = rest.subspan(count);
      chunk_left_ -= count;
      if (chunk_left_ == 0) {
        const bool skip =
            std::exchange(reading_, Reading::commands) == Reading::skip;
        if (skip) {
          say_word(Word::permanent, "", ClientEvent::permanent);
        } else {
          end_of_content(true);
        }
      }
    } else if (reading_ == Reading::sasl) {
      auto line = commands_.lines().read(rest, true);
      if (!line) return fail("no SASL line");
      if (!*line) break;
      answer_auth();
    } else {
      auto command = commands_.read(rest);
      if (!command) {
        return fail("command: " + std::string{name(command.error().fault)});
      }
      if (!*command) break;
      answer(**command);
    }
  }
  input_.append(rest.begin(), rest.end());
}

void ScriptedPeer::say_word(Word word, const std::string& good,
                            ClientEvent event) {
  switch (word) {
    case Word::good: said.push_back({good, event}); return;
    case Word::transient:
      said.push_back({"450 4.0.0 later\r\n", ClientEvent::transient});
      return;
    case Word::permanent:
      said.push_back({"550 5.0.0 never\r\n", ClientEvent::permanent});
      return;
    case Word::full:
      said.push_back({"452 4.5.3 enough\r\n", ClientEvent::transient});
      return;
    case Word::closing:
      said.push_back({"421 4.3.2 leaving\r\n", ClientEvent::closing});
      closes = true;
      return;
    case Word::malformed:
      said.push_back({"what?\r\n", ClientEvent::malformed});
      closes = true;
      return;
    case Word::wrong:
      if (event == ClientEvent::intermediate) {
        said.push_back({"250 wrong\r\n", ClientEvent::positive});
      } else {
        said.push_back({"354 wrong\r\n", ClientEvent::intermediate});
      }
      closes = true;
      return;
    case Word::close: closes = true; return;
    default: silent = true;
  }
}

Word ScriptedPeer::say(std::string good, ClientEvent event, bool rcpt) {
  const Word word = choose_(rcpt);
  say_word(word, good, event);
  return word;
}

void ScriptedPeer::answer_ehlo() {
  if (!options_.ehlo) {
    say_word(Word::permanent, "", ClientEvent::permanent);
    return;
  }
  std::string reply = "250-peer.example hello\r\n250-SIZE 1000000\r\n";
  if (options_.pipelining) reply += "250-PIPELINING\r\n";
  if (options_.chunking) reply += "250-CHUNKING\r\n250-BINARYMIME\r\n";
  if (options_.starttls && !tls_) reply += "250-STARTTLS\r\n";
  if (options_.auth) reply += "250-AUTH LOGIN PLAIN\r\n";
  reply += "250 8BITMIME\r\n";
  greeted_ = say(std::move(reply), ClientEvent::positive) == Word::good;
}

void ScriptedPeer::answer(const Command& command) {
  const Verb said_verb = verb(command);
  if (reset_wanted_ && said_verb != Verb::rset && said_verb != Verb::quit) {
    fail("RSET is due");
  }
  switch (said_verb) {
    case Verb::ehlo:
    case Verb::lhlo:
      if ((said_verb == Verb::lhlo) != options_.lmtp) fail("wrong hello");
      return answer_ehlo();
    case Verb::helo:
      greeted_ = say("250 hi\r\n", ClientEvent::positive) == Word::good;
      return;
    case Verb::starttls: {
      const Word word = say("220 go\r\n", ClientEvent::positive);
      tls_awaited_ = word == Word::good;
      return;
    }
    case Verb::auth:
      challenges_left_ = options_.challenges;
      return answer_auth();
    case Verb::mail:
      if (!greeted_) fail("MAIL before EHLO");
      if (in_transaction_) fail("nested MAIL");
      now_ = {std::get<Mail>(command), {}, {}};
      in_transaction_ =
          say("250 2.1.0 ok\r\n", ClientEvent::positive) == Word::good;
      return;
    case Verb::rcpt: return answer_rcpt(std::get<Rcpt>(command));
    case Verb::data: {
      if (now_.recipients.empty() && !options_.pipelining) fail("DATA to none");
      const Word word = say("354 go\r\n", ClientEvent::intermediate);
      if (word != Word::good) return;
      data_.start();
      reading_ = Reading::data;
      return;
    }
    case Verb::bdat: return answer_bdat(std::get<Bdat>(command));
    case Verb::rset:
      reset_wanted_ = false;
      in_transaction_ = false;
      now_ = {};
      say("250 2.0.0 ok\r\n", ClientEvent::positive);
      return;
    case Verb::quit:
      say("221 bye\r\n", ClientEvent::positive);
      closes = true;
      return;
    default: fail("a command that no mail needs");
  }
}

void ScriptedPeer::answer_rcpt(const Rcpt& rcpt) {
  if (!in_transaction_) {
    if (!options_.pipelining) fail("RCPT without MAIL");
    return say_word(
        options_.lax ? Word::good : Word::permanent, "250 2.1.5 what?\r\n",
        options_.lax ? ClientEvent::positive : ClientEvent::permanent);
  }
  if (say("250 2.1.5 ok\r\n", ClientEvent::positive, true) == Word::good) {
    now_.recipients.push_back(rcpt);
  }
}

void ScriptedPeer::answer_bdat(const Bdat& bdat) {
  if (!bdat.last) fail("more than one chunk");
  chunk_left_ = bdat.octets;
  const bool stray = now_.recipients.empty();
  reading_ = stray ? Reading::skip : Reading::chunk;
  reset_wanted_ = stray;
  if (chunk_left_ > 0) return;
  reading_ = Reading::commands;
  if (stray) return say_word(Word::permanent, "", ClientEvent::permanent);
  end_of_content(true);
}

void ScriptedPeer::answer_auth() {
  reading_ = Reading::commands;
  if (challenges_left_ == 0) {
    say("235 2.7.0 in\r\n", ClientEvent::positive);
    return;
  }
  challenges_left_ -= 1;
  const Word word = say("334 eHl6\r\n", ClientEvent::intermediate);
  if (word == Word::good) reading_ = Reading::sasl;
}

// The message is taken where the word is good, and where the word does not
// reach the client or means nothing.
void ScriptedPeer::end_of_content(bool chunk) {
  in_transaction_ = false;
  Taken message = std::exchange(now_, {});
  Taken kept{message.mail, {}, std::move(message.content)};
  const std::size_t replies =
      options_.lmtp ? message.recipients.size() : std::size_t{1};
  Word word = Word::good;
  for (std::size_t i = 0; i < replies && !closes && !silent; ++i) {
    word = say("250 2.0.0 taken\r\n", ClientEvent::positive);
    const bool refused = word == Word::transient || word == Word::permanent ||
                         word == Word::closing;
    // RFC 3030 section 2: then the client says RSET.
    if (refused && chunk) reset_wanted_ = true;
    if (refused) continue;
    for (std::size_t k = 0; k < message.recipients.size(); ++k) {
      if (!options_.lmtp || k == i) {
        kept.recipients.push_back(message.recipients[k]);
      }
    }
  }
  if (!kept.recipients.empty()) taken.push_back(std::move(kept));
}

}  // namespace postkeep::smtp
