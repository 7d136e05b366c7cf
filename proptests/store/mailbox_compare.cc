// What must be equal after each step.
#include <algorithm>
#include <set>

#include "store/mailbox_laws.h"

namespace postkeep::store {
namespace {

// How far back the history of expunges is asked for.
constexpr std::size_t marks_max = 12;

std::set<std::string> keywords_of(const Folder& folder, const Flags& flags) {
  std::set<std::string> names;
  for (std::size_t bit = 0; bit < folder_keywords_max; ++bit) {
    if ((flags.keywords >> bit & 1) == 0) continue;
    std::string name =
        bit < folder.keywords().size() ? folder.keywords()[bit] : "";
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    names.insert(std::move(name));
  }
  return names;
}

std::string numbers(std::string_view what, std::uint64_t store,
                    std::uint64_t model) {
  std::string text(what);
  text += ": the store says " + std::to_string(store);
  text += ", the model " + std::to_string(model);
  return text;
}

}  // namespace

class MailboxRun::Watcher final : public FolderObserver {
 public:
  void arrived(Uid uid) override { arrived_.push_back(uid); }
  void changed(Uid uid) override { changed_.insert(uid); }
  void gone(Uid uid, ModificationSequence /*when*/) override {
    gone_.insert(uid);
  }
  void folder_gone() override { folder_gone_ = true; }

  std::vector<Uid> arrived_;
  std::set<Uid> changed_;
  std::set<Uid> gone_;
  bool folder_gone_ = false;
};

MailboxRun::MailboxRun(bool coarse) : coarse_(coarse) { watch(); }

MailboxRun::~MailboxRun() { stop_watching(); }

void MailboxRun::watch() {
  if (watched_ != nullptr) return;
  if (coarse_) {
    world.disk.set_now([this] {
      return std::chrono::duration_cast<std::chrono::seconds>(
                 world.clock.wall().time_since_epoch())
                 .count() *
             1'000'000;
    });
  }
  watched_ = *world.store->open("INBOX");
  watcher_ = std::make_unique<Watcher>();
  watched_->observe(watcher_.get());
}

void MailboxRun::stop_watching() {
  if (watched_ != nullptr) watched_->stop_observing(watcher_.get());
  watched_.reset();
  watcher_.reset();
}

std::string MailboxRun::step(const Step& step) {
  model.begin_step();
  // Looked at before time has passed, so that nothing has had the occasion to
  // mend itself; but what others did, even a coarse file system shows then.
  if (step.how % 2 != 0) world.clock.pass(std::chrono::seconds(2));
  std::string wrong = act(step);
  const bool by_others =
      step.kind >= StepKind::their_flags && step.kind <= StepKind::their_move;
  if (coarse_ && by_others) world.clock.pass(std::chrono::seconds(2));
  if (wrong.empty()) wrong = compare();
  watch();
  return wrong;
}

std::string MailboxRun::compare() {
  std::string wrong = compare_names();
  for (auto& [name, folder] : model.folders) {
    if (wrong.empty()) wrong = compare_folder(name, folder);
  }
  if (wrong.empty()) wrong = compare_events();
  return wrong;
}

std::string MailboxRun::compare_names() {
  const auto listed = world.store->list();
  if (!listed) return "list failed";
  const auto expected = model.list();
  const auto text_of_list = [](const std::vector<FolderInfo>& infos) {
    std::string text;
    for (const FolderInfo& info : infos) {
      text += info.name + (info.exists ? "" : "(no)") +
              (info.has_children ? "+" : "") + (info.subscribed ? "*" : "") +
              info.special_use + " ";
    }
    return text;
  };
  const std::string one = text_of_list(*listed);
  const std::string other = text_of_list(expected);
  return one == other ? "" : "list: " + one + "instead of " + other;
}

std::string MailboxRun::compare_folder(const std::string& name,
                                       ModelFolder& folder) {
  const auto opened = world.store->open(name);
  if (!opened) return name + " cannot be opened";
  Folder& there = **opened;
  std::string wrong;
  // First: to read a text mends what is thought of its file.
  if (there.recent(false) != model.recent(name, false)) wrong = "recent";
  if (wrong.empty() && there.messages().size() != folder.messages.size()) {
    wrong =
        numbers("messages", there.messages().size(), folder.messages.size());
  }
  std::vector<Uid> uids;
  for (const auto& [uid, message] : folder.messages) uids.push_back(uid);
  for (const Uid uid : uids) {
    if (wrong.empty()) wrong = compare_message(there, uid, folder);
  }
  if (wrong.empty()) wrong = compare_history(there, folder);
  if (wrong.empty()) wrong = compare_numbers(there, folder);
  if (wrong.empty()) wrong = compare_counts(name, folder);
  return wrong.empty() ? wrong : name + ": " + wrong;
}

// The last of a folder: takes over what the store says of new numbers.
std::string MailboxRun::compare_numbers(Folder& there, ModelFolder& folder) {
  const bool is_new = folder.uid_validity == 0;
  if (is_new ? there.uid_validity() == 0
             : there.uid_validity() != folder.uid_validity) {
    return numbers("UIDVALIDITY", there.uid_validity(), folder.uid_validity);
  }
  if (is_new) {
    // Nobody ever had it: not even a mailbox that is no more.
    if (!uid_validities_.insert(there.uid_validity()).second) {
      return numbers("UIDVALIDITY once more", there.uid_validity(), 0);
    }
    folder.uid_validity = there.uid_validity();
  }
  if (folder.has_crashed ? there.uid_next() < folder.uid_next
                         : there.uid_next() != folder.uid_next) {
    return numbers("UIDNEXT", there.uid_next(), folder.uid_next);
  }
  folder.uid_next = there.uid_next();
  const auto highest = there.highest_modification_sequence();
  const bool grew = highest > folder.highest;
  if (highest < folder.highest || (folder.has_changed && !grew) ||
      (grew && !is_new && !folder.has_changed && !folder.has_crashed)) {
    return numbers("HIGHESTMODSEQ", highest, folder.highest);
  }
  folder.highest = highest;
  if (folder.history_from == UINT64_MAX || is_new)
    folder.history_from = highest;
  for (auto& [uid, modification] : folder.expunged) {
    if (modification == 0) modification = highest;
  }
  folder.marks.push_back(highest);
  if (folder.marks.size() > marks_max) folder.marks.erase(folder.marks.begin());
  return {};
}

std::string MailboxRun::compare_message(Folder& there, Uid uid,
                                        ModelFolder& folder) {
  ModelMessage& message = folder.messages.at(uid);
  const std::string which = "message " + std::to_string(uid) + ": ";
  const Message* found = there.find(uid);
  if (found == nullptr) return which + "is not there";
  const Message kept = *found;  // It is gone as soon as the folder changes.
  if (kept.flags.system != message.system) {
    return which + numbers("flags", kept.flags.system, message.system);
  }
  if (keywords_of(there, kept.flags) != message.keywords) {
    return which + "keywords";
  }
  if (!message.date) message.date = kept.internal_date;
  if (kept.internal_date != *message.date) return which + "date";
  if (kept.octets != message.text.size()) return which + "octets";
  const auto text = there.text(uid);
  if (!text || text_of((*text)->octets()) != message.text) {
    return which + "text";
  }
  const ModificationSequence now = kept.modification_sequence;
  const bool is_above = now > folder.highest;
  const bool is_right = message.modification == 0 ? is_above
                        : folder.has_crashed
                            ? is_above || now == message.modification
                            : now == message.modification;
  if (!is_right || now > there.highest_modification_sequence()) {
    return which + numbers("MODSEQ", now, message.modification);
  }
  message.modification = now;
  return {};
}

std::string MailboxRun::compare_counts(const std::string& name,
                                       const ModelFolder& folder) {
  const auto status = world.store->status(name);
  if (!status) return "status failed";
  FolderStatus counted;
  for (const auto& [uid, message] : folder.messages) {
    counted.messages += 1;
    counted.recent += message.recent ? 1U : 0U;
    counted.unseen += (message.system & flag_seen) == 0 ? 1U : 0U;
    counted.deleted += (message.system & flag_deleted) != 0 ? 1U : 0U;
    counted.octets += message.text.size();
  }
  if (status->messages != counted.messages) return "MESSAGES";
  if (status->recent != counted.recent) {
    return numbers("RECENT", status->recent, counted.recent);
  }
  if (status->unseen != counted.unseen) return "UNSEEN";
  if (status->deleted != counted.deleted) return "DELETED";
  if (status->octets != counted.octets) return "SIZE";
  if (status->uid_next != folder.uid_next) return "UIDNEXT of STATUS";
  if (status->uid_validity != folder.uid_validity)
    return "UIDVALIDITY of STATUS";
  if (status->highest_modification_sequence != folder.highest) {
    return "HIGHESTMODSEQ of STATUS";
  }
  return {};
}

// Whoever knew the folder at some mark learns of every expunge since, or is
// told that this cannot be said.
std::string MailboxRun::compare_history(Folder& there, ModelFolder& folder) {
  for (const ModificationSequence mark : folder.marks) {
    std::vector<Uid> expected;
    for (const auto& [uid, modification] : folder.expunged) {
      if (modification == 0 || modification > mark) expected.push_back(uid);
    }
    const auto said = there.expunged_since(mark);
    if (mark >= folder.history_from) {
      if (said != expected) return numbers("history since", mark, 0);
      continue;
    }
    if (!said) continue;
    if (!std::ranges::includes(*said, expected)) {
      return numbers("history lacks some since", mark, 0);
    }
    for (const Uid uid : *said) {
      if (folder.messages.contains(uid)) return "history has what is there";
    }
  }
  return {};
}

std::string MailboxRun::compare_events() {
  if (watcher_ == nullptr) return {};
  const ModelFolder& inbox = model.folders.at("INBOX");
  Watcher seen = std::exchange(*watcher_, Watcher());
  const std::set<Uid> changed(inbox.changed.begin(), inbox.changed.end());
  const std::set<Uid> gone(inbox.gone.begin(), inbox.gone.end());
  if (seen.arrived_ != inbox.arrived) return "told of other arrivals";
  if (seen.changed_ != changed) return "told of other changes";
  if (seen.gone_ != gone) return "told of other expunges";
  return seen.folder_gone_ ? "told that INBOX is gone" : "";
}

}  // namespace postkeep::store
