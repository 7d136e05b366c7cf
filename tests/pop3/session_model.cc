#include "tests/pop3/session_model.h"

#include <cstdio>
#include <utility>

namespace postkeep::pop3 {
namespace {

constexpr std::uint32_t uid_validity = 1;  // Of a store in memory.

}  // namespace

std::string SessionModel::id_of(const ModelMessage& message) const {
  char id[17];
  std::snprintf(id, sizeof id, "%08x%08x", message.uid, uid_validity);
  return id;
}

ModelMessage* SessionModel::message(std::uint32_t number) {
  if (number < 1 || number > maildrop_.size()) return nullptr;
  ModelMessage& one = maildrop_[number - 1];
  return one.marked ? nullptr : &one;
}

void SessionModel::wrong() {
  due_.push_back({false, {}, {}});
  if (++wrong_count_ >= model_bad_commands_max) over_ = true;
}

void SessionModel::said(
    Octets octets, const std::function<bool(std::uint32_t uid)>& is_there) {
  while (!octets.empty() && !over_) {
    const auto line = lines_.read(octets);
    if (line && !*line) return;
    if (!line) {
      wrong();
      over_ = over_ || is_lost(line.error());
    } else if (const auto read = read_command(**line)) {
      command(*read, is_there);
    } else {
      wrong();
    }
  }
}

// How each command is answered.
struct SessionModel::Answer {
  SessionModel& model;
  const std::function<bool(std::uint32_t uid)>& is_there;

  void ok(std::optional<std::string> rest = {},
          std::optional<std::string> body = {}) const {
    model.due_.push_back({true, std::move(rest), std::move(body)});
  }
  void no() const { model.due_.push_back({false, {}, {}}); }

  std::size_t size_of(ModelMessage& one) const {
    if (!one.size) {
      const std::string wire = written_plainly(octets(one.text), {true, {}});
      one.size = is_there(one.uid) ? unstuffed(wire).size() : one.text.size();
    }
    return *one.size;
  }

  void all(auto value_of) const {
    std::string body;
    for (std::size_t at = 0; at < model.maildrop_.size(); ++at) {
      ModelMessage& one = model.maildrop_[at];
      if (one.marked) continue;
      body += std::to_string(at + 1) + ' ' + value_of(one) + "\r\n";
    }
    ok({}, body + ".\r\n");
  }
  void one_or_all(std::optional<std::uint32_t> number, auto value_of) const {
    if (!number) return all(value_of);
    ModelMessage* one = model.message(*number);
    if (one == nullptr) return no();
    ok(std::to_string(*number) + ' ' + value_of(*one));
  }
  void text(std::uint32_t number, std::optional<std::uint32_t> lines) const {
    const ModelMessage* one = model.message(number);
    if (one == nullptr || !is_there(one->uid)) return no();
    ok({}, written_plainly(octets(one->text), {false, lines}));
  }

  void operator()(const Stat&) const {
    std::size_t count = 0;
    std::size_t sum = 0;
    for (ModelMessage& one : model.maildrop_) {
      if (one.marked) continue;
      ++count;
      sum += size_of(one);
    }
    ok(std::to_string(count) + ' ' + std::to_string(sum));
  }
  void operator()(const List& it) const {
    one_or_all(it.message, [this](ModelMessage& one) {
      return std::to_string(size_of(one));
    });
  }
  void operator()(const Uidl& it) const {
    one_or_all(it.message,
               [this](const ModelMessage& one) { return model.id_of(one); });
  }
  void operator()(const Retr& it) const { text(it.message, {}); }
  void operator()(const Top& it) const { text(it.message, it.lines); }
  void operator()(const Dele& it) const {
    ModelMessage* one = model.message(it.message);
    if (one == nullptr) return no();
    one->marked = true;
    ok();
  }
  void operator()(const Noop&) const { ok(); }
  void operator()(const Rset&) const {
    for (ModelMessage& one : model.maildrop_) one.marked = false;
    ok();
  }
  void operator()(const Capa&) const { ok({}, "*"); }
  void operator()(const Lang& it) const {
    if (it.range.empty()) return ok({}, "en English\r\n.\r\n");
    const bool english = it.range == "*" || it.range == "en" ||
                         it.range == "EN" || it.range == "En" ||
                         it.range == "eN";
    english ? ok() : no();
  }
  void operator()(const Quit&) const {
    ok();
    model.over_ = model.quit_ = true;
  }
  void operator()(const auto&) const { model.wrong(); }
};

void SessionModel::command(
    const Command& command,
    const std::function<bool(std::uint32_t uid)>& is_there) {
  std::visit(Answer{*this, is_there}, command);
}

std::optional<std::string> SessionModel::hear(std::string_view heard) {
  while (!heard.empty()) {
    if (next_due_ == due_.size())
      return "nothing was due: " + std::string(heard);
    const DueAnswer& due = due_[next_due_++];
    const std::size_t end = heard.find("\r\n");
    if (end == std::string_view::npos) return "half a line";
    const std::string_view line = heard.substr(0, end);
    heard.remove_prefix(end + 2);
    const std::string status = due.ok ? "+OK" : "-ERR";
    if (!line.starts_with(status)) return "not " + status + std::string(line);
    if (due.rest && line != status + ' ' + *due.rest) {
      return "not " + *due.rest + ": " + std::string(line);
    }
    if (!due.body) continue;
    if (*due.body == "*") {
      const std::size_t dot = heard.find("\r\n.\r\n");
      if (dot == std::string_view::npos) return "no end";
      heard.remove_prefix(dot + 5);
    } else if (heard.starts_with(*due.body)) {
      heard.remove_prefix(due.body->size());
    } else {
      return "not " + *due.body + ": " + std::string(heard);
    }
  }
  if (next_due_ != due_.size()) return "an answer is missing";
  return std::nullopt;
}

std::vector<std::uint32_t> SessionModel::removed() const {
  std::vector<std::uint32_t> uids;
  for (const ModelMessage& one : maildrop_) {
    if (quit_ && one.marked) uids.push_back(one.uid);
  }
  return uids;
}

}  // namespace postkeep::pop3
