#include "smtp/dialog.h"

#include <charconv>

#include "smtp/reply.h"

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

std::string escape(const std::vector<Octet>& octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const Octet octet : octets) {
    if (octet == '\r') {
      text += "\\r";
    } else if (octet == '\n') {
      text += "\\n";
    } else if (octet == '\0') {
      text += "\\0";
    } else if (octet == '\\') {
      text += "\\\\";
    } else if (octet < ' ' || octet > '~') {
      text += std::string{"\\x"} + digits[octet / 16] + digits[octet % 16];
    } else {
      text += static_cast<char>(octet);
    }
  }
  return text;
}

std::vector<Octet> vector_of(const std::string& text) {
  return {text.begin(), text.end()};
}

// "a b c" is "a" and "b c".
std::pair<std::string_view, std::string_view> first_word(std::string_view s) {
  const std::size_t space = s.find(' ');
  if (space == std::string_view::npos) return {s, {}};
  return {s.substr(0, space), s.substr(space + 1)};
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "* " at the end of `wanted` stands for anything.
bool matches(std::string_view wanted, std::string_view seen) {
  if (wanted.empty() || wanted.back() != '*') return wanted == seen;
  wanted.remove_suffix(1);
  return seen.starts_with(wanted);
}

}  // namespace

std::optional<std::string> Dialog::play(std::string_view story) {
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
  if (!replies_.empty()) return "unexpected reply: " + replies_.front();
  if (!questions_.empty()) return "unexpected: " + questions_.front();
  return std::nullopt;
}

bool Dialog::line(std::string_view line) {
  if (line.empty() || line.front() == '#') return true;
  if (line.size() < 2) return fail("no such line");
  const std::string_view head = line.substr(0, 2);
  const std::string_view rest = line.size() > 3 ? line.substr(3) : "";
  if (head == "= ") {
    const auto [key, value] = first_word(line.substr(2));
    return option(key, value);
  }
  open();
  if (head == "C:" || head == "C>") {
    pending_ += head == "C:" ? std::string{rest} + "\r\n" : unescape(rest);
    has_pending_ = true;
    return true;
  }
  flush();
  if (head == "S:") return expect_reply(rest);
  const auto [what, more] = first_word(line.substr(2));
  if (head == "? ") return expect_question(line.substr(2));
  if (head == "! ") return answer(what, more);
  return fail("no such line");
}

bool Dialog::option(std::string_view key, std::string_view value) {
  ServerLimits& limits = options_.limits;
  const auto small = static_cast<std::uint32_t>(number(value));
  if (key == "service") {
    options_.service = value == "mx"           ? Service::mx
                       : value == "submission" ? Service::submission
                       : value == "lmtp"       ? Service::lmtp
                                               : Service::submissions;
    if (wants_login(options_.service)) {
      options_.auth_mechanisms = {"PLAIN", "LOGIN", "SCRAM-SHA-256"};
    }
    implicit_tls_ = options_.service == Service::submissions;
  } else if (key == "relays") {
    options_.relays = true;
  } else if (key == "trusted") {
    peer_.is_trusted = true;
  } else if (key == "unstarted") {
    unstarted_ = true;
  } else if (key == "without") {
    if (value == "starttls") options_.starttls = false;
    if (value == "smtputf8") options_.smtputf8 = false;
    if (value == "chunking") options_.chunking = false;
    if (value == "binarymime") options_.binarymime = false;
    if (value == "dsn") options_.dsn = false;
    if (value == "limits") options_.limits_keyword = false;
    if (value == "auth") options_.auth_mechanisms.clear();
  } else if (key == "message_octets_max") {
    limits.message_octets_max = number(value);
  } else if (key == "refused_octets_max") {
    limits.refused_octets_max = number(value);
  } else if (key == "recipients_max") {
    limits.recipients_max = small;
  } else if (key == "transactions_max") {
    limits.transactions_max = small;
  } else if (key == "commands_max") {
    limits.commands_max = small;
  } else if (key == "errors_max") {
    limits.errors_max = small;
  } else if (key == "idle_commands_max") {
    limits.idle_commands_max = small;
  } else if (key == "chunks_max") {
    limits.chunks_max = small;
  } else if (key == "received_fields_max") {
    limits.received_fields_max = small;
  } else if (key == "unread_octets_max") {
    limits.unread_octets_max = small;
  } else {
    return fail("no such option");
  }
  return true;
}

void Dialog::open() {
  if (session_) return;
  options_.hostname = "mx.example.org";
  std::optional<TlsFacts> tls;
  if (implicit_tls_) tls = TlsFacts{"TLSv1.3", "TLS_AES_256_GCM_SHA384", 256};
  session_ = std::make_unique<ServerSession>(
      std::make_shared<const ServerOptions>(options_), "s1", peer_, tls);
  if (!unstarted_) session_->start(now_);
  take_effects();
}

void Dialog::flush() {
  if (!has_pending_) return;
  const std::string octets_sent = std::exchange(pending_, {});
  has_pending_ = false;
  session_->received(octets(octets_sent), now_);
  take_effects();
}

void Dialog::take_effects() {
  while (auto effect = session_->next_effect()) take(*effect);
  // What was sent is replies, whole ones, and nothing else.
  Octets rest = octets(reply_octets_);
  while (!rest.empty()) {
    const Octets before = rest;
    ReplyReader reader;
    const auto reply = reader.read(rest);
    if (!reply || !*reply) {
      replies_.push_back("OUTSIDE THE REPLY GRAMMAR: " + reply_octets_);
      break;
    }
    std::string_view wire{reinterpret_cast<const char*>(before.data()),
                          before.size() - rest.size()};
    while (!wire.empty()) {
      const std::size_t end = wire.find("\r\n");
      replies_.emplace_back(wire.substr(0, end));
      wire.remove_prefix(end + 2);
    }
  }
  reply_octets_.clear();
}

void Dialog::take(Effect& effect) {
  if (auto* send = std::get_if<SendReply>(&effect)) {
    reply_octets_ += send->octets;
  } else if (std::get_if<StartTlsNow>(&effect) != nullptr) {
    questions_.emplace_back("starttls");
  } else if (auto* sender = std::get_if<AskSender>(&effect)) {
    question_ = sender->question;
    questions_.push_back("sender " + sender->login + " <" +
                         write(sender->reverse_path) + ">");
  } else if (auto* ask = std::get_if<AskRecipient>(&effect)) {
    question_ = ask->question;
    questions_.push_back("recipient " + write(ask->mailbox));
  } else if (auto* auth = std::get_if<Authenticate>(&effect)) {
    question_ = auth->question;
    questions_.push_back(
        "auth" + (auth->mechanism.empty() ? "" : ' ' + auth->mechanism) +
        (auth->response ? " [" + escape(*auth->response) + "]" : ""));
  } else if (std::get_if<ForgetAuthentication>(&effect) != nullptr) {
    questions_.emplace_back("forget");
  } else if (auto* offer = std::get_if<OfferMessage>(&effect)) {
    question_ = offer->question;
    const Envelope& envelope = offer->envelope;
    std::string text = "offer " + std::string{with_protocol(envelope)} + " <" +
                       write(envelope.reverse_path) + ">";
    for (const Recipient& recipient : envelope.recipients) {
      text += " <" + write(recipient.forward_path) + ">";
    }
    questions_.push_back(text);
    offered_text_ = escape(offer->pieces.joined());
  } else if (auto* noted = std::get_if<Noted>(&effect)) {
    notes_.push_back(std::string{name(noted->what)} + ' ' + noted->detail);
  } else {
    questions_.emplace_back("closed");
  }
}

bool Dialog::expect_reply(std::string_view wanted) {
  if (replies_.empty()) {
    return fail(questions_.empty() ? "no reply"
                                   : "no reply, but " + questions_.front());
  }
  const std::string seen = replies_.front();
  replies_.pop_front();
  return matches(wanted, seen) || fail("the reply is: " + seen);
}

bool Dialog::expect_question(std::string_view wanted) {
  if (wanted.starts_with("noted ")) {
    while (!notes_.empty()) {
      const std::string seen = notes_.front();
      notes_.pop_front();
      if (matches(wanted.substr(6), seen)) return true;
    }
    return fail("nothing of that was noted");
  }
  if (wanted.starts_with("state ")) {
    const std::string_view state = name(session_->state());
    return wanted.substr(6) == state || fail(std::string{state});
  }
  if (wanted.starts_with("text ")) {
    return matches(wanted.substr(5), offered_text_) || fail(offered_text_);
  }
  if (wanted == "open") {
    return session_->state() != ServerState::closed || fail("closed");
  }
  if (wanted == "wants octets" || wanted == "wants no octets") {
    return session_->wants_octets() == (wanted == "wants octets") ||
           fail("the other");
  }
  if (questions_.empty()) {
    return fail(replies_.empty() ? "nothing was asked"
                                 : "the reply is: " + replies_.front());
  }
  const std::string seen = questions_.front();
  questions_.pop_front();
  return matches(wanted, seen) || fail("asked was: " + seen);
}

void Dialog::answer_sender(std::string_view first, std::string_view more) {
  SenderAnswer answer;
  if (first == "permitted") answer.verdict = SenderVerdict::permitted;
  if (first == "permitted" && !more.empty()) {
    answer.recipients_max = number(more);
  }
  if (first == "refused") answer.verdict = SenderVerdict::refused;
  if (first == "limited") answer = {SenderVerdict::limited, std::string{more}};
  session_->sender_answer(question_, answer, now_);
}

void Dialog::answer_message(std::string_view first, std::string_view more) {
  MessageAnswer answer;
  if (first == "durable") answer = {MessageVerdict::durable, std::string{more}};
  if (first == "no_space") answer.verdict = MessageVerdict::no_space;
  if (first == "stopped") answer.verdict = MessageVerdict::stopped;
  if (first == "refused") answer.verdict = MessageVerdict::refused;
  if (first == "unfit") answer.verdict = MessageVerdict::unfit;
  if (first == "author_refused") {
    answer.verdict = MessageVerdict::author_refused;
  }
  if (first == "limited") answer.verdict = MessageVerdict::limited;
  answer.detail = more;
  session_->message_answer(question_, answer, now_);
}

bool Dialog::answer(std::string_view what, std::string_view rest) {
  const auto [first, more] = first_word(rest);
  if (what == "sender") {
    answer_sender(first, more);
  } else if (what == "recipient") {
    RecipientAnswer answer;
    if (first == "local") answer = {RecipientVerdict::local, {{"user", ""}}};
    if (first == "unknown") answer.verdict = RecipientVerdict::unknown;
    if (first == "not_local") answer.verdict = RecipientVerdict::not_local;
    if (first == "over_quota") answer.verdict = RecipientVerdict::over_quota;
    session_->recipient_answer(question_, answer, now_);
  } else if (what == "challenge") {
    session_->auth_answer(
        question_, {AuthVerdict::challenge, vector_of(unescape(rest)), {}},
        now_);
  } else if (what == "login") {
    session_->auth_answer(
        question_,
        {AuthVerdict::success, vector_of(unescape(more)), std::string{first}},
        now_);
  } else if (what == "login_refused") {
    session_->auth_answer(question_, {AuthVerdict::failure, {}, {}}, now_);
  } else if (what == "login_trouble") {
    session_->auth_answer(question_, {AuthVerdict::trouble, {}, {}}, now_);
  } else if (what == "message") {
    answer_message(first, more);
  } else if (what == "tls") {
    session_->tls_started({"TLSv1.3", "TLS_AES_256_GCM_SHA384", 256}, now_);
  } else if (what == "wait") {
    now_ += std::chrono::seconds{number(rest)};
    session_->timeout(now_);
  } else if (what == "start") {
    session_->start(now_);
  } else if (what == "drain") {
    session_->drain(now_);
  } else if (what == "room") {
    session_->set_room(number(rest));
  } else if (what == "late") {
    session_->message_answer(question_, {MessageVerdict::durable, "late"},
                             now_);
  } else if (what == "lost") {
    session_->connection_lost();
  } else if (what == "octets") {
    // Many of the same, without waiting: "octets 5000 a".
    const std::string many(number(first), more.empty() ? ' ' : more.front());
    session_->received(octets(many), now_);
  } else {
    return fail("no such answer");
  }
  take_effects();
  return true;
}

bool Dialog::fail(std::string why) {
  why_ = std::move(why);
  return false;
}

}  // namespace postkeep::smtp
