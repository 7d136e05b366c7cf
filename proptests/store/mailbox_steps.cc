// What a step does, to the store and to the model.
#include <algorithm>
#include <ostream>

#include "store/folder_name.h"
#include "store/mailbox_laws.h"
#include "store/maildir_name.h"

namespace postkeep::store {
namespace {

constexpr std::int64_t append_date = 1000;
constexpr std::int64_t delivery_date = 1767225600;  // World::deliver's.

std::string mailbox_at(std::uint8_t number) {
  return std::string(model_mailboxes.at(number % model_mailboxes.size()));
}

// "WORK" now and then: names of keywords compare without case.
std::string spelled(std::string_view keyword, bool capitals) {
  std::string text(keyword);
  for (char& c : text) {
    if (capitals && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return text;
}

ModelMessage message_of(std::string text, const Step& step) {
  ModelMessage message;
  message.text = std::move(text);
  message.system = step.system & 31;
  for (std::size_t n = 0; n < model_keywords.size(); ++n) {
    if ((step.keywords >> n & 1) != 0) {
      message.keywords.emplace(model_keywords.at(n));
    }
  }
  message.date = append_date;
  message.recent = message.system == 0 && message.keywords.empty();
  return message;
}

template <typename Result>
std::string equal_results(std::string_view what, const StoreResult<Result>& one,
                          const StoreResult<Result>& other) {
  if (one == other) return {};
  std::string wrong(what);
  wrong += one ? ": the store did it"
               : ": the store says " + std::string(name(one.error()));
  wrong += other ? ", the model did it"
                 : ", the model says " + std::string(name(other.error()));
  return wrong;
}

std::vector<std::string> directory_path(const std::string& mailbox) {
  const std::string directory = *directory_name(mailbox);
  if (directory.empty()) return {};
  return {directory};
}

}  // namespace

void showValue(const Step& step, std::ostream& out) {
  constexpr std::array<std::string_view, step_kinds> names{
      "append",
      "append_several",
      "deliver",
      "deliver_again",
      "flush",
      "change_flags",
      "expunge",
      "copy",
      "move",
      "create",
      "remove",
      "rename",
      "subscribe",
      "take_recent",
      "their_flags",
      "their_removal",
      "their_message",
      "their_move",
      "restart",
      "restart_and_deliver",
      "restart_without_index",
      "kill"};
  out << '{' << names.at(static_cast<std::size_t>(step.kind)) << " folder "
      << int{step.folder} << " other " << int{step.other} << " which "
      << step.which << " system " << int{step.system} << " keywords "
      << int{step.keywords} << " how " << int{step.how} << '}';
}

std::string MailboxRun::next_text() {
  const std::size_t number = ++texts_;
  return "Subject: " + std::to_string(number) + "\r\n\r\n" +
         std::string(number * 37 % 900, 'x');
}

Flags MailboxRun::flags_in(Folder& folder, const ModelMessage& message) const {
  Flags flags{message.system, 0};
  for (const std::string& keyword : message.keywords) {
    const auto bit = folder.keyword_bit(spelled(keyword, texts_ % 3 == 0));
    PK_CHECK(bit.has_value());
    flags.keywords |= std::uint32_t{1} << *bit;
  }
  return flags;
}

// Of the messages there are, now and then with one that there is not, now and
// then backwards.
std::vector<Uid> MailboxRun::chosen(const Step& step,
                                    const std::string& mailbox) const {
  const ModelFolder& folder = model.folders.at(mailbox);
  std::vector<Uid> uids;
  std::size_t at = 0;
  for (const auto& [uid, message] : folder.messages) {
    if ((step.which >> (at++ % 30) & 1) != 0) uids.push_back(uid);
  }
  if ((step.which >> 30 & 1) != 0) uids.push_back(folder.uid_next + 5);
  if ((step.which >> 31 & 1) != 0) std::ranges::reverse(uids);
  return uids;
}

std::string MailboxRun::act(const Step& step) {
  const std::string mailbox = mailbox_at(step.folder);
  const std::string other = mailbox_at(step.other);
  MailStore& store = *world.store;
  switch (step.kind) {
    case StepKind::create: {
      const std::string_view use = step.how % 3 == 0 ? "\\Sent" : "";
      return equal_results("create", store.create(mailbox, use),
                           model.create(mailbox, use));
    }
    case StepKind::remove:
      return equal_results("remove", store.remove(mailbox),
                           model.remove(mailbox));
    case StepKind::rename:
      return equal_results("rename", store.rename(mailbox, other),
                           model.rename(mailbox, other));
    case StepKind::subscribe: {
      const bool on = step.how % 3 != 0;
      if (on) {
        model.subscribed.insert(mailbox);
      } else {
        model.subscribed.erase(mailbox);
      }
      return store.subscribe(mailbox, on) ? "" : "subscribe failed";
    }
    case StepKind::flush:
      return store.flush_deliveries() ? "" : "flush_deliveries failed";
    case StepKind::deliver: return deliver(step, mailbox);
    case StepKind::deliver_again: return deliver_again(step);
    case StepKind::restart:
    case StepKind::restart_without_index:
    case StepKind::kill: act_on_process(step); return {};
    case StepKind::restart_and_deliver:
      act_on_process(step);
      // A folder that nothing was ever in has no index to know that by.
      if (model.has(mailbox) && model.folders.at(mailbox).uid_next == 1) {
        model.folders.at(mailbox).history_from = UINT64_MAX;
      }
      return deliver(step, mailbox);
    default: return act_on_messages(step, mailbox);
  }
}

std::string MailboxRun::act_on_messages(const Step& step,
                                        const std::string& mailbox) {
  if (!model.has(mailbox)) {
    const auto opened = world.store->open(mailbox);
    return !opened && opened.error() == StoreError::not_found
               ? ""
               : "opened what is not there: " + mailbox;
  }
  switch (step.kind) {
    case StepKind::append: return append(step, mailbox, 1);
    case StepKind::append_several:
      return append(step, mailbox, 2 + step.how % 3U);
    case StepKind::change_flags: return change_flags(step, mailbox);
    case StepKind::expunge: {
      const std::vector<Uid> uids = chosen(step, mailbox);
      return (*world.store->open(mailbox))->expunge(uids) ==
                     model.expunge(mailbox, uids)
                 ? ""
                 : "expunge says something else";
    }
    case StepKind::copy: return carry(step, mailbox, false);
    case StepKind::move: return carry(step, mailbox, true);
    case StepKind::take_recent:
      return (*world.store->open(mailbox))->recent(true) ==
                     model.recent(mailbox, true)
                 ? ""
                 : "recent says something else";
    default: act_as_others(step, mailbox); return {};
  }
}

std::string MailboxRun::append(const Step& step, const std::string& mailbox,
                               std::size_t count) {
  const auto folder = *world.store->open(mailbox);
  std::vector<ModelMessage> messages;
  for (std::size_t n = 0; n < count; ++n) {
    messages.push_back(message_of(next_text(), step));
  }
  std::vector<Folder::Appended> appended;
  for (const ModelMessage& message : messages) {
    appended.push_back({octets(message.text), flags_in(*folder, message),
                        message.date.value_or(0)});
  }
  const auto expected = model.append(mailbox, messages);
  if (count > 1) {
    return folder->append_all(appended) == expected ? "" : "append: the UIDs";
  }
  return folder->append(appended[0].text, appended[0].flags, append_date) ==
                 expected[0]
             ? ""
             : "append: the UID";
}

std::string MailboxRun::deliver(const Step& /*step*/,
                                const std::string& mailbox) {
  if (!model.has(mailbox)) static_cast<void>(model.create(mailbox));
  ModelMessage message;
  message.text = next_text();
  message.date = delivery_date;
  message.recent = true;
  const Octet id = ++deliveries_;
  repeatable_[id] = message.text;
  const auto placed = world.deliver(id, message.text, mailbox);
  const auto expected = model.append(mailbox, {message});
  return placed && placed->uid == expected[0] ? "" : "deliver: the UID";
}

std::string MailboxRun::deliver_again(const Step& step) {
  if (repeatable_.empty()) return {};
  auto one = repeatable_.begin();
  std::advance(one, step.which % repeatable_.size());
  const auto placed =
      world.deliver(one->first, one->second, mailbox_at(step.folder));
  return placed && placed->uid == 0 ? "" : "delivered twice";
}

std::string MailboxRun::change_flags(const Step& step,
                                     const std::string& mailbox) {
  const auto folder = *world.store->open(mailbox);
  const ModelMessage wanted = message_of({}, step);
  MailboxModel::Change change{static_cast<FlagChange>(step.how % 3),
                              wanted.system, wanted.keywords, std::nullopt};
  const auto& marks = model.folders.at(mailbox).marks;
  if (step.how >= 200 && !marks.empty()) {
    change.unchanged_since = marks[step.other % marks.size()];
  }
  const std::vector<Uid> uids = chosen(step, mailbox);
  const auto changed = folder->change_flags(
      uids, change.how, flags_in(*folder, wanted), change.unchanged_since);
  const auto expected = model.change_flags(mailbox, uids, change);
  return changed && changed->changed == expected.changed &&
                 changed->modified == expected.modified
             ? ""
             : "change_flags says something else";
}

std::string MailboxRun::carry(const Step& step, const std::string& mailbox,
                              bool moving) {
  const std::string other = mailbox_at(step.other);
  if (!model.has(other) || (moving && other == mailbox)) return {};
  const auto from = *world.store->open(mailbox);
  const auto to = *world.store->open(other);
  const std::vector<Uid> uids = chosen(step, mailbox);
  const auto pairs = moving ? from->move(uids, *to) : from->copy(uids, *to);
  return pairs == model.carry(mailbox, uids, other, moving)
             ? ""
             : "copy or move: the UIDs";
}

std::vector<std::string> MailboxRun::path_of(const std::string& mailbox,
                                             Uid uid) {
  Elsewhere elsewhere(world.disk);
  for (const char* below : {"cur", "new"}) {
    std::vector<std::string> path = directory_path(mailbox);
    path.emplace_back(below);
    for (const std::string& file : elsewhere.names(path)) {
      const auto name = MaildirNameReader().read(file);
      if (!name || !name->own || name->own->uid != uid) continue;
      path.push_back(file);
      return path;
    }
  }
  PK_CHECK(false);
}

void MailboxRun::act_as_others(const Step& step, const std::string& mailbox) {
  Elsewhere elsewhere(world.disk);
  if (step.kind == StepKind::their_message) {
    ModelMessage message = message_of(next_text(), step);
    message.keywords.clear();
    message.date.reset();
    std::vector<std::string> path = directory_path(mailbox);
    const std::string file = "1800000000.M" + std::to_string(texts_) + ".host";
    message.recent = step.how % 2 == 0;
    if (message.recent) message.system = 0;
    path.emplace_back(message.recent ? "new" : "cur");
    const Info info = with_flags({}, {message.system, 0});
    const std::string letters = write(OwnName{}, info);
    path.push_back(message.recent ? file
                                  : file + letters.substr(letters.find(':')));
    elsewhere.write(path, message.text);
    model.append(mailbox, {message});
    return;
  }
  const std::vector<Uid> uids = chosen(step, mailbox);
  ModelFolder& folder = model.folders.at(mailbox);
  if (uids.empty() || !folder.messages.contains(uids[0])) return;
  ModelMessage& message = folder.messages.at(uids[0]);
  const std::vector<std::string> path = path_of(mailbox, uids[0]);
  if (step.kind == StepKind::their_move) {
    move_as_others(step, mailbox, uids[0]);
  } else if (step.kind == StepKind::their_removal) {
    elsewhere.remove(path);
    std::erase_if(repeatable_,
                  [&](const auto& one) { return one.second == message.text; });
    model.expunge(mailbox, {uids.data(), 1});
  } else {
    // Any order of letters will do.
    const auto name = MaildirNameReader().read(path.back());
    Info info = name->info.value_or(Info{});
    info = with_flags(
        info, {static_cast<std::uint8_t>(step.system & 31), info.lower});
    std::string file = write(*name->own, info);
    if (step.how % 2 == 0) {
      std::reverse(file.begin() + static_cast<std::ptrdiff_t>(
                                      file.find(',', file.find(':')) + 1),
                   file.end());
    }
    std::vector<std::string> new_path = directory_path(mailbox);
    new_path.emplace_back("cur");
    new_path.push_back(file);
    elsewhere.rename(path, new_path);
    const MailboxModel::Change change{
        FlagChange::replace, static_cast<std::uint8_t>(step.system & 31),
        message.keywords, std::nullopt};
    model.change_flags(mailbox, {uids.data(), 1}, change);
    message.recent = false;
  }
}

// Letters of keywords mean something else in another folder: without them.
void MailboxRun::move_as_others(const Step& step, const std::string& mailbox,
                                Uid uid) {
  const std::string other = mailbox_at(step.other);
  const ModelMessage& message = model.folders.at(mailbox).messages.at(uid);
  if (!model.has(other) || other == mailbox || !message.keywords.empty()) {
    return;
  }
  const std::vector<std::string> path = path_of(mailbox, uid);
  const std::string base = path.back().substr(0, path.back().find(':'));
  const std::string letters =
      write(OwnName{}, with_flags({}, {message.system, 0}));
  std::vector<std::string> new_path = directory_path(other);
  new_path.emplace_back("cur");
  new_path.push_back(base + letters.substr(letters.find(':')));
  Elsewhere(world.disk).rename(path, new_path);
  const auto pairs = model.carry(mailbox, {&uid, 1}, other, true);
  model.folders.at(other).messages.at(pairs[0].second).recent = false;
}

void MailboxRun::act_on_process(const Step& step) {
  stop_watching();
  if (step.kind == StepKind::kill) {
    world.kill();
    world.log.errors = 0;  // What it said when its disk was taken away.
    model.crash();
  } else if (step.kind == StepKind::restart_without_index) {
    world.stop();
    for (const char* file : {"postkeep-index", "postkeep-index-wal"}) {
      static_cast<void>(world.disk.remove(world.disk.root(), file));
    }
    world.start();
    model.lose_index();
  } else {
    world.restart();
  }
  PK_CHECK(world.store != nullptr);
}

}  // namespace postkeep::store
