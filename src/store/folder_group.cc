// Messages that come together, appended or copied: all of them are there, or
// none, whatever interrupts it (RFC 3502; RFC 9051 section 6.4.7).
//
// They wait in a directory of their own in tmp/, under the names that they are
// to have. Once it is durable, and all in it, its name is changed: that decides
// it. What is interrupted before is removed, what is interrupted after is
// completed when the folder is next looked into, before anyone sees it. The
// directory is durably empty when the command is answered, so that no later
// power cut brings a message back that was expunged since.
#include <utility>

#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

// Both begin with unfinished_file_prefix.
constexpr std::string_view begun_prefix = "pk.begun-";
constexpr std::string_view whole_prefix = "pk.whole-";

}  // namespace

StoreResult<MaildirFolder::Group> MaildirFolder::begin_group() {
  Group group;
  group.name = std::to_string(tree_.random_number());
  const std::string name = std::string(begun_prefix) + group.name;
  if (const auto made = tree_.disk.make_directory(tmp_, name); !made) {
    return std::unexpected(tree_.fail("group", made.error()));
  }
  const auto opened = tree_.disk.open_directory(tmp_, name);
  if (!opened) {
    static_cast<void>(tree_.disk.remove_directory(tmp_, name));
    return std::unexpected(tree_.fail("group", opened.error()));
  }
  group.directory = *opened;
  return group;
}

// What is in the group is durable; now it is shown. The group is over then.
StoreResult<> MaildirFolder::show_group(Group& group) {
  const auto shown = decide_and_show(group);
  tree_.disk.close(group.directory);
  if (!shown) return shown;
  static_cast<void>(tree_.disk.remove_directory(
      tmp_, std::string(whole_prefix) + group.name));
  return {};
}

StoreResult<> MaildirFolder::decide_and_show(const Group& group) {
  Disk& disk = tree_.disk;
  const std::string begun = std::string(begun_prefix) + group.name;
  const std::string whole = std::string(whole_prefix) + group.name;
  if (const auto decided = disk.rename(tmp_, begun, tmp_, whole); !decided) {
    clear_group(begun);
    return std::unexpected(tree_.fail("group", decided.error()));
  }
  if (const auto ok = tree_.flush_directories({tmp_}); !ok) return ok;
  DirectoryHandle into_new = DirectoryHandle::none;
  DirectoryHandle into_cur = DirectoryHandle::none;
  before_change();
  for (std::size_t n = 0; n < group.members.size(); ++n) {
    const Member& member = group.members[n];
    const DirectoryHandle to = member.to_new ? new_ : cur_;
    const auto shown =
        disk.rename(group.directory, member.file, to, member.file);
    if (!shown) {
      const StoreError why = tree_.fail("group", shown.error());
      take_back(group, n);
      return std::unexpected(why);
    }
    (member.to_new ? into_new : into_cur) = to;
  }
  const auto flushed =
      tree_.flush_directories({into_new, into_cur, group.directory});
  after_change();
  return flushed;
}

// The first `shown` were shown. They are all in the group again, durably,
// before that is undecided: so a crash finds all of them or none.
void MaildirFolder::take_back(const Group& group, std::size_t shown) {
  Disk& disk = tree_.disk;
  const std::string begun = std::string(begun_prefix) + group.name;
  const std::string whole = std::string(whole_prefix) + group.name;
  look_needed_ = true;
  for (std::size_t n = 0; n < shown; ++n) {
    const Member& member = group.members[n];
    static_cast<void>(disk.rename(member.to_new ? new_ : cur_, member.file,
                                  group.directory, member.file));
  }
  if (!tree_.flush_directories({new_, cur_, group.directory})) return;
  static_cast<void>(disk.rename(tmp_, whole, tmp_, begun));
  if (!tree_.flush_directories({tmp_})) return;
  clear_group(begun);
}

// Before it was shown.
void MaildirFolder::drop_group(const Group& group) {
  tree_.disk.close(group.directory);
  clear_group(std::string(begun_prefix) + group.name);
}

void MaildirFolder::clear_group(std::string_view name) {
  Disk& disk = tree_.disk;
  const auto directory = disk.open_directory(tmp_, name);
  if (!directory) return;
  const auto entries = disk.list(*directory);
  for (const DirectoryEntry& entry :
       entries ? *entries : std::vector<DirectoryEntry>{}) {
    static_cast<void>(disk.remove(*directory, entry.name));
  }
  disk.close(*directory);
  static_cast<void>(disk.remove_directory(tmp_, name));
}

// What a crash left in tmp/. Nobody else's: another program may be delivering.
StoreResult<> MaildirFolder::settle_tmp() {
  const auto entries = tree_.disk.list(tmp_);
  if (!entries) return {};
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.starts_with(unfinished_file_prefix)) continue;
    if (entry.kind != EntryKind::directory) {
      static_cast<void>(tree_.disk.remove(tmp_, entry.name));
    } else if (!entry.name.starts_with(whole_prefix)) {
      clear_group(entry.name);
    } else if (const auto ok = complete_group(entry.name); !ok) {
      return ok;
    }
  }
  return {};
}

StoreResult<> MaildirFolder::complete_group(std::string_view name) {
  Disk& disk = tree_.disk;
  const auto directory = disk.open_directory(tmp_, name);
  if (!directory) {
    return std::unexpected(tree_.fail("group", directory.error()));
  }
  const auto entries = disk.list(*directory);
  StoreResult<> result;
  std::uint64_t completed = 0;
  if (!entries) result = std::unexpected(tree_.fail("group", entries.error()));
  MaildirNameReader reader;
  for (const DirectoryEntry& entry :
       entries ? *entries : std::vector<DirectoryEntry>{}) {
    const auto read = reader.read(entry.name);
    const bool has_info = read && read->info.has_value();
    const auto shown =
        disk.rename(*directory, entry.name, has_info ? cur_ : new_, entry.name);
    if (!shown) {
      result = std::unexpected(tree_.fail("group", shown.error()));
      break;
    }
    // A file that has both names keeps both in a rename.
    static_cast<void>(disk.remove(*directory, entry.name));
    completed += 1;
  }
  if (result && completed > 0) {
    result = tree_.flush_directories({new_, cur_, *directory});
    tree_.ports.log.line(Severity::notice, "group_completed",
                         {{"mailbox", name_}, {"messages", completed}});
  }
  disk.close(*directory);
  if (result) static_cast<void>(disk.remove_directory(tmp_, name));
  return result;
}

}  // namespace postkeep::store
