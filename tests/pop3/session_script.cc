#include "tests/pop3/session_script.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "pop3/session.h"
#include "tests/imap/manual_clock.h"
#include "tests/imap/memory_store.h"
#include "tests/pop3/session_model.h"

namespace postkeep::pop3 {
namespace {

constexpr std::array<std::string_view, 4> texts = {
    "Subject: one\r\n\r\nbody\r\n.\r\n..\r\n",
    "Subject: \xC3\xBC\n\nline feeds\n.\nno end", "", "no header at all\r\n"};

class Runner {
 public:
  explicit Runner(imap::PlayHow how) : how_(how) {
    for (std::size_t i = 0; i < 3; ++i) deliver();
  }

  void event(const Event& event) {
    if (fault_) return;
    switch (event.what) {
      case Happening::say: say(event.client, event.octets); break;
      case Happening::disconnect: disconnect(event.client); break;
      case Happening::deliver: deliver(); break;
      case Happening::expunge: expunge(event.number); break;
      case Happening::pass:
        clock_.pass(std::chrono::seconds(301));
        for (Client& client : clients_) pass(client);
        break;
    }
    check_inbox();
  }

  Outcome outcome() {
    Outcome outcome;
    for (std::size_t i = 0; i < clients_.size(); ++i) disconnect(i);
    check_inbox();
    outcome.fault = fault_;
    outcome.heard = std::move(heard_);
    for (const auto& [uid, text] : inbox_) outcome.inbox.push_back(uid);
    return outcome;
  }

 private:
  struct Client {
    std::unique_ptr<Session> session;
    std::optional<SessionModel> model;  // None: it was told [IN-USE].
    std::chrono::seconds silent{0};
    std::string heard;
  };

  void fail(const std::string& what) {
    if (!fault_) fault_ = what;
  }

  imap::MemoryFolder& inbox() { return store_.folder("INBOX"); }

  void deliver() {
    const std::string_view text = texts[delivered_++ % texts.size()];
    const auto uid = inbox().append(octets(text), {}, 837596665);
    if (uid) inbox_.emplace(*uid, text);
  }

  void expunge(std::size_t number) {
    if (inbox_.empty()) return;
    const auto at = std::next(
        inbox_.begin(), static_cast<std::ptrdiff_t>(number % inbox_.size()));
    const store::Uid uid = at->first;
    static_cast<void>(inbox().expunge({&uid, 1}));
    inbox_.erase(at);
  }

  void connect(Client& client) {
    const bool is_free = std::ranges::none_of(
        clients_, [](const Client& one) { return one.model.has_value(); });
    client.session = std::make_unique<Session>(
        store_, lock_, clock_,
        SessionStart{.tls = true,
                     .utf8 = false,
                     .offers_login = true,
                     .mechanisms = {"PLAIN"}},
        SessionLimits{.autologout_seconds = autologout_seconds_min,
                      .bad_commands_max = model_bad_commands_max});
    client.silent = {};
    if (is_free) {
      std::vector<ModelMessage> maildrop;
      for (const auto& [uid, text] : inbox_)
        maildrop.push_back({.uid = uid, .text = text, .size = {}});
      client.model.emplace(std::move(maildrop));
    }
    settle(client);
    if (!is_free) {
      if (!client.heard.starts_with("-ERR [IN-USE]")) fail("not in use");
      if (!client.session->wants_close()) fail("in use, and goes on");
      client.heard.clear();
      client.session.reset();
    }
  }

  void say(std::size_t which, std::string_view said) {
    Client& client = clients_[which];
    if (!client.session) connect(client);
    while (!said.empty() && client.session && !client.session->wants_close()) {
      const std::string_view now = said.substr(0, how_.octets_at_once);
      said.remove_prefix(now.size());
      client.silent = {};
      client.session->received(octets(now));
      client.model->said(octets(now), [this](std::uint32_t uid) {
        return inbox_.contains(uid);
      });
      settle(client);
    }
  }

  void settle(Client& client) {
    Session& session = *client.session;
    while (session.has_work() || !session.output().empty()) {
      if (session.has_work()) session.step();
      const Octets all = session.output();
      const std::size_t count = std::min(how_.taken_at_once, all.size());
      client.heard.append(reinterpret_cast<const char*>(all.data()), count);
      session.output_taken(count);
    }
    if (!client.model) return;
    heard_ += client.heard;
    if (const auto wrong = client.model->hear(client.heard)) fail(*wrong);
    client.heard.clear();
    if (client.model->is_over() != session.wants_close()) fail("not the end");
    if (session.wants_close()) finish(client);
  }

  // RFC 1939 section 6: what QUIT was said for is gone, and nothing else.
  void finish(Client& client) {
    for (const std::uint32_t uid : client.model->removed()) inbox_.erase(uid);
    client.model.reset();
    client.session.reset();
  }

  void disconnect(std::size_t which) {
    clients_[which].session.reset();
    clients_[which].model.reset();
  }

  void pass(Client& client) {
    if (!client.session) return;
    client.silent += std::chrono::seconds(301);
    client.session->tick();
    const bool is_late =
        client.silent >= std::chrono::seconds(autologout_seconds_min);
    if (client.session->wants_close() != is_late) fail("not the time");
    if (!client.session->output().empty()) fail("a word at autologout");
    if (is_late) {
      client.session.reset();
      client.model.reset();
    }
  }

  void check_inbox() {
    std::vector<std::uint32_t> is;
    for (const store::Message& one : inbox().messages()) is.push_back(one.uid);
    std::vector<std::uint32_t> must;
    for (const auto& [uid, text] : inbox_) must.push_back(uid);
    if (is != must) fail("the mailbox is not what it must be");
  }

  imap::PlayHow how_;
  imap::ManualClock clock_;
  imap::MemoryStore store_;
  MaildropLock lock_;
  std::array<Client, 2> clients_;
  std::map<std::uint32_t, std::string> inbox_;  // As it must be.
  std::size_t delivered_ = 0;
  std::string heard_;
  std::optional<std::string> fault_;
};

}  // namespace

Outcome run_script(const Script& script, imap::PlayHow how) {
  Runner runner(how);
  for (const Event& event : script) runner.event(event);
  return runner.outcome();
}

Script read_script(Octets octets) {
  Script script;
  std::size_t client = 0;
  for (const Octet octet : octets) {
    if (octet == 0xF8) {
      client = 1 - client;
      continue;
    }
    if (octet > 0xF8) {
      const auto what = static_cast<Happening>(1 + (octet - 0xF9) % 4);
      script.push_back({what, client, {}, octet & 3U});
      continue;
    }
    if (script.empty() || script.back().what != Happening::say ||
        script.back().client != client) {
      script.push_back({Happening::say, client, {}, 0});
    }
    script.back().octets += static_cast<char>(octet);
  }
  return script;
}

}  // namespace postkeep::pop3
