#include "smtp/client_dialog.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace postkeep::smtp {
namespace {

std::string unescape(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      octets += text[i];
      continue;
    }
    i += 1;
    switch (text[i]) {
      case 'r': octets += '\r'; break;
      case 'n': octets += '\n'; break;
      case '0': octets += '\0'; break;
      case 'x': {
        unsigned value = 0;
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
        octets += static_cast<char>(value);
        i += 2;
        break;
      }
      default: octets += text[i];
    }
  }
  return octets;
}

// "a b c" is "a" and "b c".
std::pair<std::string_view, std::string_view> first_word(std::string_view s) {
  const std::size_t space = s.find(' ');
  if (space == std::string_view::npos) return {s, {}};
  return {s.substr(0, space), s.substr(space + 1)};
}

template <typename Number = std::uint64_t>
Number number(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool matches(std::string_view wanted, std::string_view seen) {
  if (wanted.empty() || wanted.back() != '*') return wanted == seen;
  wanted.remove_suffix(1);
  return seen.starts_with(wanted);
}

std::string text_of(const RecipientResult& result) {
  return std::string{name(result.outcome)} + ' ' +
         std::string{name(result.because)} + ' ' +
         std::string{name(result.at)} +
         (result.reply.code == 0 ? "" : ' ' + write(result.reply));
}

}  // namespace

std::optional<std::string> ClientDialog::play(std::string_view story) {
  std::size_t count = 0;
  while (!story.empty()) {
    const std::size_t end = std::min(story.find('\n'), story.size());
    const std::string_view text = story.substr(0, end);
    story.remove_prefix(std::min(end + 1, story.size()));
    count += 1;
    if (!line(text)) {
      return "line " + std::to_string(count) + " (" + std::string{text} +
             "): " + why_;
    }
  }
  flush();
  if (!sent_.empty()) return "sent was: " + sent_;
  if (!told_.empty()) return "told was: " + told_.front();
  return std::nullopt;
}

bool ClientDialog::line(std::string_view line) {
  if (line.empty() || line.front() == '#') return true;
  if (line.size() < 2) return fail("no such line");
  const std::string_view head = line.substr(0, 2);
  const std::string_view rest = line.size() > 3 ? line.substr(3) : "";
  const auto [what, more] = first_word(line.substr(2));
  if (head == "= ") return option(what, more);
  open();
  if (head == "S:" || head == "S>") {
    pending_ += head == "S:" ? std::string{rest} + "\r\n" : unescape(rest);
    return true;
  }
  flush();
  if (head == "C:") return expect_line(rest);
  if (head == "? ") return expect_told(line.substr(2));
  if (head == "! ") return act(what, more);
  return fail("no such line");
}

bool ClientDialog::option(std::string_view key, std::string_view value) {
  if (key == "lmtp") {
    options_.lmtp = true;
  } else if (key == "tls") {
    options_.tls = value == "required" ? TlsPolicy::required
                   : value == "none"   ? TlsPolicy::none
                                       : TlsPolicy::opportunistic;
  } else if (key == "has_tls") {
    has_tls_ = true;
  } else if (key == "auth") {
    while (!value.empty()) {
      const auto [first, more] = first_word(value);
      options_.auth_mechanisms.emplace_back(first);
      value = more;
    }
  } else if (key == "auth_in_the_clear") {
    options_.auth_in_the_clear = true;
  } else if (key == "without") {
    if (value == "pipelining") options_.pipelining = false;
    if (value == "chunking") options_.chunking = false;
  } else if (key == "recipients_max") {
    options_.limits.recipients_max = number<std::uint32_t>(value);
  } else if (key == "transactions_max") {
    options_.limits.transactions_max = number<std::uint32_t>(value);
  } else if (key == "one_flight_octets_max") {
    options_.limits.one_flight_octets_max = number(value);
  } else {
    return fail("no such option");
  }
  return true;
}

void ClientDialog::open() {
  if (session_) return;
  options_.hostname = "client.example";
  session_ = std::make_unique<ClientSession>(
      std::make_shared<const ClientOptions>(options_), has_tls_);
  session_->start(now_);
  take_effects();
}

void ClientDialog::flush() {
  if (pending_.empty()) return;
  const std::string octets_sent = std::exchange(pending_, {});
  session_->received(octets(octets_sent), now_);
  take_effects();
}

void ClientDialog::take_effects() {
  while (auto effect = session_->next_effect()) take(*effect);
}

void ClientDialog::take(ClientEffect& effect) {
  if (auto* send = std::get_if<SendOctets>(&effect)) {
    sent_ += send->octets;
  } else if (std::get_if<TlsWanted>(&effect) != nullptr) {
    told_.emplace_back("tls");
  } else if (auto* sasl = std::get_if<SaslWanted>(&effect)) {
    const std::string text{sasl->octets.begin(), sasl->octets.end()};
    told_.push_back(
        sasl->step == SaslWanted::Step::start ? "sasl start " + sasl->mechanism
        : sasl->step == SaslWanted::Step::success ? "sasl success"
                                                  : "sasl challenge " + text);
  } else if (auto* ready = std::get_if<SessionReady>(&effect)) {
    told_.emplace_back(ready->extended ? "ready" : "ready without extensions");
  } else if (auto* wanted = std::get_if<ContentWanted>(&effect)) {
    told_.push_back("content " + std::to_string(wanted->octets_max));
  } else if (auto* end = std::get_if<TransactionEnded>(&effect)) {
    for (const RecipientResult& each : end->results) {
      told_.push_back(text_of(each));
    }
  } else if (auto* closed = std::get_if<SessionClosed>(&effect)) {
    told_.push_back(
        "closed " + std::string{name(closed->because)} + ' ' +
        std::string{name(closed->at)} +
        (closed->reply.code == 0 ? "" : ' ' + write(closed->reply)));
  }
}

bool ClientDialog::expect_line(std::string_view wanted) {
  const std::size_t end = sent_.find("\r\n");
  if (end == std::string::npos) {
    return fail("sent was: " + sent_ +
                (told_.empty() ? "" : ", told " + told_.front()));
  }
  const std::string seen = sent_.substr(0, end);
  sent_.erase(0, end + 2);
  return matches(wanted, seen) || fail("sent was: " + seen);
}

bool ClientDialog::expect_told(std::string_view wanted) {
  const auto [what, rest] = first_word(wanted);
  if (what == "state") {
    return rest == name(session_->state()) ||
           fail(std::string{name(session_->state())});
  }
  if (what == "seconds") {
    if (!session_->deadline()) return fail("no deadline");
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(
        *session_->deadline() - now_);
    return static_cast<std::uint64_t>(left.count()) == number(rest) ||
           fail(std::to_string(left.count()));
  }
  if (told_.empty()) return fail("nothing was told, sent was: " + sent_);
  const std::string seen = told_.front();
  told_.pop_front();
  return matches(wanted, seen) || fail("told was: " + seen);
}

void ClientDialog::deliver(std::string_view addresses) {
  ContentScan scan;
  scan.read(octets(content_));
  mail_.content = scan.facts();
  mail_.recipients.clear();
  const auto [from, recipients] = first_word(addresses);
  mail_.reverse_path.reset();
  if (from != "<>") mail_.reverse_path = read_mailbox(from).value();
  for (std::string_view rest = recipients; !rest.empty();) {
    const auto [first, more] = first_word(rest);
    OutgoingRecipient recipient;
    // "a@b;NEVER" or "a@b;orcpt=rfc822;c@d".
    const std::size_t semicolon = std::min(first.find(';'), first.size());
    recipient.forward_path = read_mailbox(first.substr(0, semicolon)).value();
    const std::string_view parameter =
        first.substr(std::min(semicolon + 1, first.size()));
    if (parameter == "NEVER") recipient.parameters.notify = 1;
    if (parameter == "ALL") recipient.parameters.notify = 2 | 4 | 8;
    if (parameter.starts_with("orcpt=")) {
      recipient.parameters.orcpt = unescape(parameter.substr(6));
    }
    mail_.recipients.push_back(recipient);
    rest = more;
  }
  given_ = content_;
  session_->deliver(mail_, now_);
}

void ClientDialog::give(std::size_t octets_max) {
  const std::string piece = given_.substr(0, octets_max);
  given_.erase(0, octets_max);
  session_->give(octets(piece), now_);
}

bool ClientDialog::mail_option(std::string_view what, std::string_view rest) {
  if (what == "content") {
    content_ = unescape(rest);
  } else if (what == "lie") {
    given_ = unescape(rest);  // Not what the facts were of.
  } else if (what == "many") {
    content_.clear();
    while (content_.size() < number(rest))
      content_ += "a line of 20 octets\r\n";
  } else if (what == "binary") {
    mail_.is_binary = true;
  } else if (what == "utf8") {
    mail_.needs_smtputf8 = true;
  } else if (what == "requiretls") {
    mail_.requiretls = true;
  } else if (what == "ret") {
    mail_.ret = rest == "full" ? Ret::full : Ret::headers;
  } else if (what == "envid") {
    mail_.envid = unescape(rest);
  } else if (what == "auth") {
    mail_.auth = ReversePath{};
    if (rest != "<>") mail_.auth = read_mailbox(rest).value();
  } else if (what == "by") {
    const auto [seconds, mode] = first_word(rest);
    mail_.deliver_by = DeliverBy{number<std::int32_t>(seconds),
                                 mode.starts_with("R"), mode.ends_with("T")};
  } else if (what == "hold") {
    mail_.hold_seconds = number<std::uint32_t>(rest);
  } else if (what == "priority") {
    mail_.mt_priority = number<std::int8_t>(rest);
  } else {
    return fail("no such act");
  }
  return true;
}

bool ClientDialog::act(std::string_view what, std::string_view rest) {
  if (what == "deliver") {
    deliver(rest);
  } else if (what == "give") {
    give(rest == "all" ? given_.size() : number(rest));
  } else if (what == "content_lost") {
    session_->content_lost(now_);
  } else if (what == "tls") {
    session_->tls_started(now_);
  } else if (what == "tls_failed") {
    session_->tls_failed(now_);
  } else if (what == "sasl") {
    const std::string text = unescape(rest);
    session_->sasl_answer({true, std::vector<Octet>{text.begin(), text.end()}},
                          now_);
  } else if (what == "sasl_without_response") {
    session_->sasl_answer({true, {}}, now_);
  } else if (what == "sasl_long") {
    session_->sasl_answer({true, std::vector<Octet>(600, 'r')}, now_);
  } else if (what == "sasl_given_up") {
    session_->sasl_answer({false, {}}, now_);
  } else if (what == "wait") {
    now_ += std::chrono::seconds{number(rest)};
    session_->timeout(now_);
  } else if (what == "closed") {
    session_->peer_closed(now_);
  } else if (what == "quit") {
    session_->quit(now_);
  } else {
    return mail_option(what, rest);
  }
  take_effects();
  return true;
}

bool ClientDialog::fail(std::string why) {
  why_ = std::move(why);
  return false;
}

}  // namespace postkeep::smtp
