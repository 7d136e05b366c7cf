// The law of store/mailbox.h: whatever is done, by us or by others, a store
// says what a simple model says. Tried on examples by tests/store and on
// random sequences by mailbox_prop.cc.
//
// Here:      Step (one thing done), MailboxRun (store and model side by side).
// Not here:  the model (mailbox_model.h); power cuts (tests/store).
// Grammar:   none.
// Laws:      after every step, of every folder: the same names, UIDVALIDITY,
//            UIDs, flags, keywords, dates, texts and counts; of modification
//            sequences: those of what did not change stay, those of what did
//            are above all before; expunged_since() is exact, or owns up; who
//            watches INBOX is told exactly what changed.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/mailbox_model.h"
#include "store/world.h"

namespace postkeep::store {

enum class StepKind : std::uint8_t {
  append,
  append_several,
  deliver,
  deliver_again,
  flush,
  change_flags,
  expunge,
  copy,
  move,
  create,
  remove,
  rename,
  subscribe,
  take_recent,
  // What other programs do to the Maildir.
  their_flags,
  their_removal,
  their_message,
  their_move,
  // What becomes of the process.
  restart,
  restart_and_deliver,
  restart_without_index,
  kill,
};
inline constexpr std::size_t step_kinds = 22;

// Small numbers, whose meaning depends on what is there.
struct Step {
  StepKind kind = StepKind::append;
  std::uint8_t folder = 0;
  std::uint8_t other = 0;
  std::uint32_t which = 0;  // Bit n: the n-th message.
  std::uint8_t system = 0;
  std::uint8_t keywords = 0;
  std::uint8_t how = 0;
  bool operator==(const Step&) const = default;
};
void showValue(const Step& step, std::ostream& out);

class MailboxRun {
 public:
  // `coarse`: the file system's times are of whole seconds.
  explicit MailboxRun(bool coarse);
  ~MailboxRun();
  MailboxRun(const MailboxRun&) = delete;
  MailboxRun& operator=(const MailboxRun&) = delete;

  // Does it to both. Empty, or in what they differ.
  [[nodiscard]] std::string step(const Step& step);
  // Compares all that there is.
  [[nodiscard]] std::string compare();

  World world;
  MailboxModel model;

 private:
  class Watcher;

  // mailbox_steps.cc: what they did differently, or nothing.
  std::string act(const Step& step);
  std::string act_on_messages(const Step& step, const std::string& mailbox);
  std::string append(const Step& step, const std::string& mailbox,
                     std::size_t count);
  std::string deliver(const Step& step, const std::string& mailbox);
  std::string deliver_again(const Step& step);
  std::string change_flags(const Step& step, const std::string& mailbox);
  std::string carry(const Step& step, const std::string& mailbox, bool moving);
  void act_as_others(const Step& step, const std::string& mailbox);
  void move_as_others(const Step& step, const std::string& mailbox, Uid uid);
  void act_on_process(const Step& step);
  [[nodiscard]] std::vector<Uid> chosen(const Step& step,
                                        const std::string& mailbox) const;
  [[nodiscard]] std::vector<std::string> path_of(const std::string& mailbox,
                                                 Uid uid);
  std::string next_text();
  Flags flags_in(Folder& folder, const ModelMessage& message) const;

  // mailbox_compare.cc
  std::string compare_names();
  std::string compare_folder(const std::string& name, ModelFolder& folder);
  std::string compare_numbers(Folder& there, ModelFolder& folder);
  std::string compare_message(Folder& there, Uid uid, ModelFolder& folder);
  std::string compare_counts(const std::string& name,
                             const ModelFolder& folder);
  static std::string compare_history(Folder& there, ModelFolder& folder);
  std::string compare_events();

  void watch();
  void stop_watching();

  bool coarse_;
  std::unique_ptr<Watcher> watcher_;
  std::shared_ptr<Folder> watched_;
  std::size_t texts_ = 0;
  Octet deliveries_ = 0;
  // Deliveries that may be repeated, and their texts: not those that another
  // program removed.
  std::map<Octet, std::string> repeatable_;
  std::set<std::uint32_t> uid_validities_;  // Every one that ever was.
};

inline constexpr std::array<std::string_view, 4> model_keywords{
    "$forwarded", "work", "later", "junk"};
inline constexpr std::array<std::string_view, 6> model_mailboxes{
    "INBOX", "A", "A/B", "A/B/C", "D", "INBOX/\xC3\xA9t\xC3\xA9.&x"};

}  // namespace postkeep::store
