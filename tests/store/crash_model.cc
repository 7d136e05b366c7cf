#include "store/crash_model.h"

#include <algorithm>
#include <functional>

namespace postkeep::store {
namespace {

std::string text_number(std::string_view what, Octet at) {
  // Longer than a sector: it can be torn.
  return std::string(what) + std::to_string(at) + std::string(700, '.');
}

std::vector<Uid> first_uids(Folder& folder, std::size_t count) {
  std::vector<Uid> uids;
  for (const Message& message : folder.messages()) {
    if (uids.size() < count) uids.push_back(message.uid);
  }
  return uids;
}

std::map<Uid, Model::Kept> kept_in(Folder& folder) {
  std::map<Uid, Model::Kept> kept;
  for (const auto& [uid, one] : contents_of(folder)) {
    Model::Kept& it = kept[uid];
    it.text = one.first;
    it.system = one.second.system;
    for (std::size_t bit = 0; bit < folder.keywords().size(); ++bit) {
      if ((one.second.keywords >> bit & 1) != 0) {
        it.keywords.insert(folder.keywords()[bit]);
      }
    }
  }
  return kept;
}

std::size_t count_of(const Model& model, const std::string& text) {
  std::size_t count = 0;
  for (const auto& [mailbox, kept] : model.mailboxes) {
    for (const auto& [uid, one] : kept) count += one.text == text ? 1U : 0U;
  }
  return count;
}

const Model::Kept* find(const Model& model, const std::string& mailbox,
                        Uid uid) {
  const auto folder = model.mailboxes.find(mailbox);
  if (folder == model.mailboxes.end()) return nullptr;
  const auto kept = folder->second.find(uid);
  return kept == folder->second.end() ? nullptr : &kept->second;
}

std::string at(const std::string& mailbox, Uid uid) {
  return mailbox + ":" + std::to_string(uid) + " ";
}

// Invariant 8: of mailboxes that are renamed together all have the new name,
// or none.
std::string check_renamed(const Model& seen, const Model& before,
                          const Model& after) {
  std::map<std::uint32_t, std::string> moved;  // By UIDVALIDITY.
  std::size_t old_names = 0;
  std::size_t new_names = 0;
  for (const auto& [mailbox, validity] : before.validities) {
    if (after.validities.contains(mailbox)) continue;
    for (const auto& [other, same] : after.validities) {
      if (same != validity || before.validities.contains(other)) continue;
      old_names += seen.validities.contains(mailbox) ? 1U : 0U;
      new_names += seen.validities.contains(other) ? 1U : 0U;
      moved[validity] = mailbox;
    }
  }
  const std::size_t all = moved.size();
  const bool holds = (old_names == all && new_names == 0) ||
                     (old_names == 0 && new_names == all);
  return holds ? std::string() : "8: renamed in part";
}

// Invariant 9: what is new (not moved: there is more of it than before) is all
// there, or nothing of it.
std::string check_together(const Model& seen, const Model& before,
                           const Model& after) {
  std::size_t made = 0;
  std::size_t there = 0;
  for (const auto& [mailbox, kept] : after.mailboxes) {
    for (const auto& [uid, one] : kept) {
      if (find(before, mailbox, uid) != nullptr) continue;
      if (count_of(after, one.text) <= count_of(before, one.text)) continue;
      made += 1;
      there += find(seen, mailbox, uid) != nullptr ? 1U : 0U;
    }
  }
  if (there == 0 || there == made) return {};
  return "9: " + std::to_string(there) + " of " + std::to_string(made) +
         " that belong together";
}

// Invariants 1 to 4.
std::string check_contents(const Model& seen, const Model& before,
                           const Model& after) {
  for (const auto& [mailbox, validity] : seen.validities) {
    const auto old = before.validities.find(mailbox);
    const auto made = after.validities.find(mailbox);
    if (old == before.validities.end() && made == after.validities.end()) {
      continue;  // An unfinished parent; it is empty: see below.
    }
    if ((old == before.validities.end() || old->second != validity) &&
        (made == after.validities.end() || made->second != validity)) {
      return "4: UIDVALIDITY of " + mailbox;
    }
  }
  if (std::string wrong = check_renamed(seen, before, after); !wrong.empty()) {
    return wrong;
  }
  if (std::string wrong = check_together(seen, before, after); !wrong.empty()) {
    return wrong;
  }
  for (const auto& [mailbox, validity] : before.validities) {
    if (after.validities.contains(mailbox) &&
        !seen.validities.contains(mailbox)) {
      return "1: mailbox lost: " + mailbox;
    }
  }
  for (const auto& [mailbox, kept] : seen.mailboxes) {
    for (const auto& [uid, one] : kept) {
      const Model::Kept* old = find(before, mailbox, uid);
      const Model::Kept* made = find(after, mailbox, uid);
      if ((old == nullptr || *old != one) &&
          (made == nullptr || *made != one)) {
        return "2: nobody put it there: " + at(mailbox, uid) +
               one.text.substr(0, 20);
      }
    }
  }
  for (const auto& [mailbox, kept] : before.mailboxes) {
    for (const auto& [uid, one] : kept) {
      if (before.unflushed.contains(one.text)) continue;
      if (find(after, mailbox, uid) != nullptr &&
          find(seen, mailbox, uid) == nullptr) {
        return "1: lost: " + at(mailbox, uid) + one.text.substr(0, 20);
      }
      if (count_of(after, one.text) > 0 && count_of(seen, one.text) == 0) {
        return "3: lost on the way: " + one.text.substr(0, 20);
      }
    }
  }
  for (const std::string& name : before.subscribed) {
    if (after.subscribed.contains(name) && !seen.subscribed.contains(name)) {
      return "1: subscription lost: " + name;
    }
  }
  return {};
}

// A new UID is above every one that was shown, before the cut or since.
std::string check_number(const Model& before, const Model& since,
                         std::uint32_t validity, Uid uid) {
  for (const Model* model : {&before, &since}) {
    for (const auto& [number, text] : model->shown) {
      if (number.first == validity && number.second >= uid) {
        return "6: UID again";
      }
    }
  }
  return {};
}

// Invariants 5 and 6: the spool repeats all.
std::string check_repeats(World& world, const Model& before,
                          const Model& after) {
  const Model first = look_at(world);
  for (const auto& [id, text] : after.delivered) {
    const std::size_t there = count_of(first, text);
    const auto placed = world.deliver(id, text);
    if (!placed) return "5: a repeated delivery is refused";
    if (placed->uid != 0) {
      const std::string again =
          check_number(before, first, placed->uid_validity, placed->uid);
      if (!again.empty()) return again;
    }
    const std::size_t now = count_of(look_at(world), text);
    if (there > 0 && now != there) return "5: delivered twice: " + text;
    if (now > 1 && there == 0) return "5: delivered twice: " + text;
    const bool was_there = before.delivered.contains(id);
    const bool is_gone =
        was_there && count_of(before, text) == 0 && count_of(after, text) == 0;
    if (is_gone && now != 0) return "5: an expunged delivery came back";
    const bool stays =
        count_of(after, text) > 0 && (!was_there || count_of(before, text) > 0);
    if (stays && now == 0) return "5: a repeated delivery is lost: " + text;
  }
  if (!world.store->flush_deliveries()) return "5: flush";
  const auto inbox = world.folder();
  const auto uid = inbox->append(octets("new"), {}, 0);
  if (!uid) return "6: append is refused";
  return check_number(before, first, inbox->uid_validity(), *uid);
}

std::string with_lines(std::string wrong, const World& world) {
  for (const std::string& line : world.log.lines) wrong += "\n  " + line;
  return wrong;
}

}  // namespace

std::string_view name(Operation operation) {
  constexpr std::array<std::string_view, operations> names{
      "deliver",        "deliver_elsewhere",
      "flush",          "append",
      "append_several", "flag",
      "expunge",        "copy",
      "move",           "create",
      "rename",         "remove",
      "subscribe",      "restart"};
  return names.at(static_cast<std::size_t>(operation));
}

sim::SimDisk prepared_disk() {
  World world;
  PK_CHECK(world.store->create("A").has_value());
  PK_CHECK(world.store->create("A/B").has_value());
  world.append("inbox one", {flag_seen, 0});
  world.append("inbox two");
  world.append("a one", {}, "A");
  world.stop();
  // Without its index: that one is tried by itself.
  PK_CHECK(world.disk.remove(world.disk.root(), "postkeep-index").has_value());
  static_cast<void>(world.disk.remove(world.disk.root(), "postkeep-index-wal"));
  PK_CHECK(world.disk.flush_all().has_value());
  return world.disk;
}

Model look_at(World& world) {
  Model model;
  const auto listed = world.store->list();
  PK_CHECK(listed.has_value());
  for (const FolderInfo& info : *listed) {
    if (info.subscribed) model.subscribed.insert(info.name);
    if (!info.exists) continue;
    const auto folder = world.folder(info.name);
    PK_CHECK(folder != nullptr);
    model.mailboxes[info.name] = kept_in(*folder);
    model.validities[info.name] = folder->uid_validity();
    for (const auto& [uid, one] : model.mailboxes[info.name]) {
      model.shown[{folder->uid_validity(), uid}] = one.text;
    }
  }
  return model;
}

namespace {

void run_on_inbox(World& world, Operation operation, Octet at) {
  const auto inbox = world.folder();
  const auto target = world.store->open("A");
  const std::vector<Uid> two = first_uids(*inbox, 2);
  if (operation == Operation::flag) {
    const auto bit = inbox->keyword_bit(at % 2 == 0 ? "Even" : "Odd");
    PK_CHECK(bit.has_value());
    const Flags flags{flag_flagged, std::uint32_t{1} << *bit};
    if (at % 3 == 0) {
      static_cast<void>(inbox->change_flags(two, FlagChange::add, flags, {},
                                            Durable::by_flush));
      static_cast<void>(inbox->flush_flags());
    } else {
      static_cast<void>(inbox->change_flags(two, FlagChange::add, flags, {}));
    }
  } else if (operation == Operation::expunge) {
    // What came last: an operation before may have just put it there.
    if (inbox->messages().empty()) return;
    const Uid last = inbox->messages().back().uid;
    static_cast<void>(inbox->expunge({&last, 1}));
  } else if (operation == Operation::copy && target) {
    static_cast<void>(inbox->copy(two, **target));
  } else if (operation == Operation::move && target) {
    static_cast<void>(inbox->move(two, **target));
  } else if (operation == Operation::append) {
    static_cast<void>(
        inbox->append(octets(text_number("append", at)), {flag_seen, 0}, 5));
  } else if (operation == Operation::append_several) {
    const std::array texts{text_number("first", at), text_number("second", at),
                           text_number("third", at)};
    std::vector<Folder::Appended> all;
    all.reserve(texts.size());
    for (const std::string& text : texts) {
      all.push_back({octets(text), {flag_seen, 0}, 5});
    }
    static_cast<void>(inbox->append_all(all));
  }
}

}  // namespace

void run(World& world, Model& model, Operation operation, Octet at) {
  MailStore& store = *world.store;
  switch (operation) {
    case Operation::deliver:
    case Operation::deliver_elsewhere: {
      const std::string text = text_number("deliver", at);
      const auto placed = world.deliver(
          at, text, operation == Operation::deliver ? "INBOX" : "E/F");
      if (!placed) break;
      model.delivered[at] = text;
      model.unflushed.insert(text);
      break;
    }
    case Operation::flush:
      if (store.flush_deliveries()) model.unflushed.clear();
      break;
    case Operation::create:
      static_cast<void>(store.create("C/D", "\\Sent"));
      break;
    case Operation::rename:
      if (!store.rename("A", "Z")) {
        static_cast<void>(store.rename("Z", "A"));
      }
      break;
    case Operation::remove: static_cast<void>(store.remove("A")); break;
    case Operation::subscribe:
      static_cast<void>(store.subscribe("S" + std::to_string(at), true));
      break;
    case Operation::restart: world.restart(); break;
    default: run_on_inbox(world, operation, at); break;
  }
}

std::string check_after_cut(const sim::SimDisk& disk, const Model& before,
                            const Model& after, bool cut_again) {
  std::string wrong;
  const auto look_on = [&](const sim::SimDisk& again) {
    if (wrong.empty()) wrong = check_after_cut(again, before, after, false);
  };
  World world(disk, World::Later{});
  std::uint64_t seed = 7;
  if (cut_again) {
    world.disk.before_operation(
        [&] { world.disk.each_power_cut(3, ++seed, look_on); });
  }
  world.start();
  if (world.store == nullptr) return with_lines("cannot be opened", world);
  const Model seen = look_at(world);
  world.disk.before_operation(nullptr);
  if (!wrong.empty()) return "7: " + wrong;
  wrong = check_contents(seen, before, after);
  if (wrong.empty()) wrong = check_repeats(world, before, after);
  if (!wrong.empty()) return with_lines(wrong, world);
  // 7: once more, with everything that may be lost lost.
  const Model last = look_at(world);
  sim::Enumeration nothing_kept;
  World again{world.disk.after_power_cut(nothing_kept)};
  world.die();
  if (again.store == nullptr) return with_lines("7: cannot be opened", again);
  wrong = check_contents(look_at(again), last, last);
  again.die();
  return wrong.empty() ? wrong : with_lines("7: " + wrong, again);
}

}  // namespace postkeep::store
