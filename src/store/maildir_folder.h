// MaildirFolder: one folder of a Maildir++ tree, as the rest of Postkeep sees
// it.
//
// Here:      MaildirFolder, the Folder over one directory.
// Not here:  the tree (store/maildir_store.h); names (store/maildir_name.h).
// Grammar:   none of its own.
// Laws:      tests/store/crash_test.cc, docs/durability_mailbox.md.
//
// Two states:
//   light     opened by open(): numbers can be taken and messages placed, but
//             what is in it is not known. A delivery needs no more.
//   scanned   after scan(): messages() is what cur/ and new/ hold.
// The functions stand by idea in maildir_folder.cc (opening, numbers),
// folder_scan.cc (what is there), folder_refresh.cc (what others did),
// folder_place.cc (deliveries and appends), folder_group.cc (several at once),
// folder_flags.cc, folder_leave.cc (expunge, copy, move) and folder_read.cc.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/maildir_name.h"
#include "store/maildir_tree.h"
#include "store/state_file.h"

namespace postkeep::store {

class MaildirFolder final : public Folder {
  struct Key {};

 public:
  // Takes over `directory` (unless it is the root), makes what is missing in
  // it, and reads its state; makes a new one where none can be read.
  [[nodiscard]] static StoreResult<std::shared_ptr<MaildirFolder>> open(
      MaildirTree& tree, std::string name, DirectoryHandle directory);
  // Writes what a new folder in the empty `directory` needs, durably, but for
  // the directory's own name.
  [[nodiscard]] static StoreResult<> make(MaildirTree& tree,
                                          DirectoryHandle directory,
                                          std::string_view special_use);
  MaildirFolder(Key, MaildirTree& tree, std::string name,
                DirectoryHandle directory);
  ~MaildirFolder() override;
  MaildirFolder(const MaildirFolder&) = delete;
  MaildirFolder& operator=(const MaildirFolder&) = delete;

  const std::string& name() const override { return name_; }
  std::uint32_t uid_validity() const override { return state_.uid_validity; }
  Uid uid_next() const override;
  ModificationSequence highest_modification_sequence() const override {
    return state_.modification_next - 1;
  }
  const std::vector<std::string>& keywords() const override {
    return state_.keywords;
  }
  StoreResult<std::uint32_t> keyword_bit(std::string_view keyword) override;
  std::span<const Message> messages() const override { return messages_; }
  const Message* find(Uid uid) const override;
  void observe(FolderObserver* observer) override;
  void stop_observing(FolderObserver* observer) override;
  StoreResult<> refresh() override;
  StoreResult<std::vector<Uid>> recent(bool take) override;
  StoreResult<std::shared_ptr<const Text>> text(Uid uid) override;
  StoreResult<std::unique_ptr<TextReader>> read_text(Uid uid) override;
  StoreResult<std::uint64_t> octets_in_lines(Uid uid) override;
  std::optional<std::string_view> shown(Uid uid, std::uint8_t form) override;
  void keep_shown(Uid uid, std::uint8_t form, std::string_view words) override;
  StoreResult<std::shared_ptr<const message::Summary>> summary(
      Uid uid) override;
  StoreResult<Uid> append(Octets text, Flags flags,
                          std::int64_t internal_date) override;
  StoreResult<std::vector<Uid>> append_all(
      std::span<const Appended> messages) override;
  StoreResult<FlagsChanged> change_flags(
      std::span<const Uid> uids, FlagChange how, Flags flags,
      std::optional<ModificationSequence> unchanged_since,
      Durable durable) override;
  StoreResult<> flush_flags() override;
  StoreResult<std::vector<Uid>> expunge(std::span<const Uid> uids) override;
  StoreResult<UidPairs> copy(std::span<const Uid> uids,
                             Folder& target) override;
  StoreResult<UidPairs> move(std::span<const Uid> uids,
                             Folder& target) override;
  std::optional<std::vector<Uid>> expunged_since(
      ModificationSequence since) override;

  // For the store alone.
  [[nodiscard]] StoreResult<> scan();
  [[nodiscard]] bool scanned() const { return scanned_; }
  [[nodiscard]] bool is_gone() const { return gone_; }
  [[nodiscard]] FolderId id() const { return state_.folder; }
  [[nodiscard]] const std::string& special_use() const {
    return state_.special_use;
  }
  // There may be deliveries in it that the spool repeats, or that a power cut
  // tore: to be scanned before a delivery's id can be looked up.
  [[nodiscard]] bool has_unsettled() const;
  [[nodiscard]] StoreResult<Uid> place(const DeliveryId& id,
                                       std::span<const Octets> pieces,
                                       std::int64_t internal_date);
  // Writes the octets of a recovered delivery again, under the same name: the
  // next flush covers them, whatever became of the first.
  [[nodiscard]] StoreResult<> place_again(Uid uid,
                                          std::span<const Octets> pieces);
  [[nodiscard]] bool has_unflushed();
  // For a folder that another program copied with its state: new numbers.
  [[nodiscard]] StoreResult<> become_another();
  // The clean stop: exact counters, and the index.
  void close();
  void renamed(std::string name) { name_ = std::move(name); }
  void removed();
  [[nodiscard]] StoreResult<> record_all_expunged();
  [[nodiscard]] StoreResult<> write_state(bool flush);

 private:
  struct File {
    DeliveryId id{};
    std::uint32_t checksum = 0;
    std::uint32_t upper : 26 = 0;
    bool has_checksum : 1 = false;
    bool in_new : 1 = false;
  };
  // One file as a listing shows it.
  struct Seen {
    std::string name;
    std::optional<OwnName> own;
    std::uint64_t inode = 0;
    Info info;
    bool has_info = false;
    bool in_new = false;
    bool canonical = false;  // The name is the one that we would give.
  };
  struct Stamp {
    std::int64_t modified = 0;
    std::int64_t changed = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct Unflushed {
    std::uint64_t mark = 0;
    Uid uid = 0;
  };
  // A text that is being placed: where it waits in tmp/, and its name to be.
  struct Waiting {
    OwnName name;
    Info info;
    std::string file;
    bool to_new = false;
    // Its name in new/ or cur/.
    [[nodiscard]] std::string shown_as() const {
      return to_new ? write(name) : write(name, info);
    }
  };
  // Messages that come together, while they wait in a directory of tmp/.
  struct Member {
    std::string file;  // Its name there, and in new/ or cur/.
    bool to_new = false;
  };
  struct Group {
    std::string name;
    DirectoryHandle directory = DirectoryHandle::none;
    std::vector<Member> members;
  };

  // maildir_folder.cc
  [[nodiscard]] StoreResult<> open_directories();
  [[nodiscard]] StoreResult<> read_state();
  [[nodiscard]] StoreResult<> make_state();
  // Sees to it that so many numbers can be given away.
  [[nodiscard]] StoreResult<> reserve(std::uint64_t uids,
                                      std::uint64_t modifications);
  Uid take_uid();
  ModificationSequence take_modification();
  [[nodiscard]] StoreResult<> check_usable() const;
  [[nodiscard]] std::optional<std::size_t> index_of(Uid uid) const;
  // folder_read.cc
  void expect_reads_after(Uid uid);
  [[nodiscard]] OwnName own_name(std::size_t index) const;
  [[nodiscard]] Info info_of(std::size_t index) const;
  [[nodiscard]] std::string file_name(std::size_t index) const;
  [[nodiscard]] DirectoryHandle directory_of(std::size_t index) const;
  void add(const OwnName& name, const Info& info, bool in_new,
           ModificationSequence modification);
  void set_info(std::size_t index, const Info& info);
  void set_others(Uid uid, const std::string& others);
  // Takes these, ascending, out of memory, remembers and tells it.
  void drop(std::span<const Uid> uids, ModificationSequence modification);
  void remember_expunged(std::span<const Uid> uids,
                         ModificationSequence modification);
  void tell_arrived(Uid uid);
  void tell_changed(Uid uid);
  void tell_gone(Uid uid, ModificationSequence modification);
  [[nodiscard]] StoreResult<> flush_if_unflushed(std::span<const Uid> uids);

  // folder_scan.cc
  [[nodiscard]] StoreResult<std::vector<Seen>> look();
  [[nodiscard]] StoreResult<> look_into(DirectoryHandle directory, bool in_new,
                                        std::vector<Seen>& seen);
  void split_foreign(std::vector<Seen>& seen, std::vector<Seen>& foreign);
  [[nodiscard]] bool is_same_file(Seen& kept, Seen& other);
  [[nodiscard]] StoreResult<> set_torn_aside(std::vector<Seen>& seen);
  [[nodiscard]] StoreResult<bool> is_whole(const Seen& seen);
  void make_canonical(Seen& seen);
  [[nodiscard]] StoreResult<> number_anew();
  void register_unsettled();
  [[nodiscard]] StoreResult<> adopt(std::vector<Seen>& foreign, bool ids_stay);
  [[nodiscard]] StoreResult<bool> adopt_one(Seen& seen, bool id_stays,
                                            ModificationSequence modification);
  // Renames a file to a name of ours, in which it has this UID; 0: the next.
  [[nodiscard]] StoreResult<bool> give_name(Seen& seen, bool id_stays, Uid uid);

  // folder_take_over.cc
  // True when another server kept the folder, and its numbers go on.
  [[nodiscard]] StoreResult<bool> take_over();
  [[nodiscard]] StoreResult<bool> has_files_of_ours();
  // Moves `foreign` to `seen`, under the UIDs that the server gave them, or
  // the next.
  [[nodiscard]] StoreResult<> take_over_files(std::vector<Seen>& seen,
                                              std::vector<Seen>& foreign);
  [[nodiscard]] StoreResult<std::vector<Uid>> uids_of(
      const std::vector<Seen>& seen, const std::vector<Seen>& foreign);
  [[nodiscard]] StoreResult<> add_courier_keywords(std::vector<Seen>& foreign);

  // folder_refresh.cc
  [[nodiscard]] StoreResult<bool> others_were_here();
  [[nodiscard]] StoreResult<> look_again();
  [[nodiscard]] StoreResult<> merge(std::vector<Seen>& seen);
  [[nodiscard]] bool lacks_some(const std::vector<Seen>& seen) const;
  [[nodiscard]] std::optional<std::size_t> known_as(const Seen& seen) const;
  [[nodiscard]] StoreResult<Stamp> stamp_of(std::string_view directory) const;
  // Long enough that a change after it shows in the directories' times.
  [[nodiscard]] bool is_cold_since(SteadyTime time) const;
  // Around changes of our own: so that only those of others are seen.
  void before_change();
  void after_change();

  // folder_place.cc
  [[nodiscard]] StoreResult<> check_room(std::uint64_t octets,
                                         std::size_t messages) const;
  [[nodiscard]] StoreResult<> write_text(DirectoryHandle in,
                                         std::string_view file,
                                         std::span<const Octets> pieces,
                                         bool flush);
  [[nodiscard]] StoreResult<> rename_waiting(const Waiting& waiting);
  void read_once(Uid uid, std::span<const Octets> pieces);
  [[nodiscard]] Waiting waiting_for(const Appended& one);
  [[nodiscard]] StoreResult<> append_one(const Waiting& waiting, Octets text);
  [[nodiscard]] StoreResult<> append_group(std::span<const Waiting> waiting,
                                           std::span<const Appended> messages);

  // folder_group.cc
  [[nodiscard]] StoreResult<Group> begin_group();
  [[nodiscard]] StoreResult<> show_group(Group& group);
  [[nodiscard]] StoreResult<> decide_and_show(const Group& group);
  void take_back(const Group& group, std::size_t shown);
  void drop_group(const Group& group);
  void clear_group(std::string_view name);
  [[nodiscard]] StoreResult<> settle_tmp();
  [[nodiscard]] StoreResult<> complete_group(std::string_view name);

  // folder_flags.cc
  enum class Renamed : std::uint8_t { done, not_there };
  [[nodiscard]] StoreResult<Renamed> rename_with(std::size_t index,
                                                 const Info& info);
  [[nodiscard]] StoreResult<> change_files(
      std::vector<Uid> wanted, FlagChange how, const Flags& flags,
      std::optional<ModificationSequence> unchanged_since,
      FlagsChanged& result);

  // folder_leave.cc
  // A message on its way: from which file to which.
  struct Leaving {
    Uid uid = 0;
    DirectoryHandle from = DirectoryHandle::none;
    std::string file;
    DirectoryHandle to = DirectoryHandle::none;
    std::string new_file;
    OwnName name;
    Info info;
    bool to_new = false;
  };
  [[nodiscard]] StoreResult<Renamed> remove_file(std::size_t index);
  [[nodiscard]] StoreResult<> remove_files(std::vector<Uid>& wanted,
                                           std::vector<Uid>& expunged);
  [[nodiscard]] StoreResult<std::vector<Uid>> find_files(
      std::span<const Uid> uids);
  [[nodiscard]] StoreResult<std::array<std::uint32_t, folder_keywords_max>>
  keywords_in(MaildirFolder& target, std::uint32_t used);
  [[nodiscard]] StoreResult<std::vector<Leaving>> plan(
      std::span<const Uid> uids, MaildirFolder& target, bool moving);
  [[nodiscard]] DiskResult<> copy_file(const Leaving& one,
                                       MaildirFolder& target,
                                       DirectoryHandle to);
  [[nodiscard]] StoreResult<> copy_files(std::vector<Leaving>& leaving,
                                         MaildirFolder& target);
  [[nodiscard]] StoreResult<> move_files(std::vector<Leaving>& leaving,
                                         MaildirFolder& target);
  [[nodiscard]] StoreResult<UidPairs> carry(std::span<const Uid> uids,
                                            MaildirFolder& target, bool moving);
  [[nodiscard]] UidPairs settle(const std::vector<Leaving>& leaving,
                                MaildirFolder& target, bool moving);

  // folder_read.cc
  struct OpenFile {
    FileHandle handle;
    std::size_t octets = 0;
  };
  [[nodiscard]] DiskResult<OpenFile> open_file(DirectoryHandle directory,
                                               std::string_view name) const;
  [[nodiscard]] DiskResult<std::vector<Octet>> read_all(
      const OpenFile& file) const;
  [[nodiscard]] StoreResult<OpenFile> open_text(Uid uid);
  [[nodiscard]] DiskResult<std::uint32_t> file_checksum(
      DirectoryHandle directory, std::string_view name) const;
  [[nodiscard]] DiskResult<std::vector<Octet>> read_whole(
      DirectoryHandle directory, std::string_view name) const;

  std::shared_ptr<MaildirTree> held_;
  MaildirTree& tree_;
  std::string name_;
  DirectoryHandle directory_;
  DirectoryHandle cur_ = DirectoryHandle::none;
  DirectoryHandle new_ = DirectoryHandle::none;
  DirectoryHandle tmp_ = DirectoryHandle::none;
  FolderState state_;
  StateFile state_file_;
  // As the state file said at the start: whether the index was written last.
  bool was_clean_ = true;
  // As the state file said at the start; 0 when nothing below was open.
  std::uint64_t verify_from_ = 0;
  std::uint64_t settled_up_to_ = 0;
  bool keywords_changed_ = false;
  bool scanned_ = false;
  bool gone_ = false;
  bool closed_ = false;

  // Parallel, by ascending UID.
  std::vector<Message> messages_;
  std::vector<File> files_;
  // Of the few names that have them: keys of others (OwnName::others).
  std::map<Uid, std::string> others_;
  std::deque<Unflushed> unflushed_;

  // What the index is to be told when the folder closes.
  std::deque<Expunged> expunged_;
  ModificationSequence history_from_ = 1;
  bool index_anew_ = false;
  ModificationSequence indexed_up_to_ = 0;
  std::vector<Uid> removed_since_indexed_;

  std::vector<FolderObserver*> observers_;
  Stamp new_stamp_;
  Stamp cur_stamp_;
  bool look_needed_ = false;
  std::optional<SteadyTime> hot_since_;
  Duration look_took_{};
  // Where names have changed since flush_flags(), if anywhere.
  DirectoryHandle flags_in_cur_ = DirectoryHandle::none;
  DirectoryHandle flags_in_new_ = DirectoryHandle::none;

  // The disk was told to expect the reading of all before this one.
  Uid expected_before_ = 0;
  Uid text_uid_ = 0;
  std::weak_ptr<const Text> text_;
};

}  // namespace postkeep::store
