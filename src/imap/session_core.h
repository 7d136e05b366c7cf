// The inside of Session: its state, its output, and what each command does.
//
// Here:      SessionCore, Selected, Completion, and Work, a command under way.
// Not here:  what a session promises (imap/session.h); long commands, each a
//            Work: imap/fetch.h search.h list.h session_work.h.
// Grammar:   imap/framer.h, imap/command.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/command.h"
#include "imap/framer.h"
#include "imap/responses.h"
#include "imap/session.h"
#include "imap/session_view.h"
#include "store/mailbox.h"

namespace postkeep::imap {

// What one slice takes of messages, where each costs little, and of octets.
inline constexpr std::size_t slice_messages_max = 1'000;
inline constexpr std::size_t slice_octets_max = 1024UL * 1024;

class SessionCore;

// A command that is done in slices.
class Work {
 public:
  virtual ~Work() = default;
  // Does one slice; stops early when core.has_room() ends. True: it is done,
  // and has called core.complete().
  [[nodiscard]] virtual bool step(SessionCore& core) = 0;
  // Whether what was written so far is whole responses.
  [[nodiscard]] virtual bool may_stop() const { return true; }
};

// How a command ends.
struct Completion {
  Condition condition = Condition::ok;
  std::string code;
  std::string text;
  // RFC 9051 section 7.5.1: no EXPUNGE while answering FETCH, STORE, SEARCH.
  bool may_expunge = true;
  // RFC 7162 section 3.2.7: messages were expunged by the command itself.
  bool did_expunge = false;
};

struct Selected {
  std::shared_ptr<store::Folder> folder;
  bool read_only = false;
  SessionView view;
  std::vector<store::Uid> saved;  // "$", RFC 9051 section 6.4.4.1.
  std::vector<std::string> keywords_told;
  std::optional<bool> room_told;  // For new keywords: \* or none.
};

// States, and who leaves them (RFC 9051 section 3):
//   authenticated  select(): to selected; logout(), end(): to over
//   selected       select(), unselect(), close, delete of the mailbox: to
//                  authenticated; logout(), end(): to over
//   over           never
// Within a state the session reads commands, or works at one, or is idle.
class SessionCore final : private store::FolderObserver {
 public:
  SessionCore(store::MailStore& store, const Clock& clock,
              const SessionStart& start, SessionLimits limits);
  ~SessionCore();
  SessionCore(const SessionCore&) = delete;
  SessionCore& operator=(const SessionCore&) = delete;

  // For Session: see imap/session.h.
  void received(Octets octets);
  [[nodiscard]] bool wants_input() const;
  [[nodiscard]] bool has_work() const;
  void step();
  [[nodiscard]] Octets output() const;
  void output_taken(std::size_t octets);
  [[nodiscard]] SteadyTime deadline() const;
  void tick();
  void shut_down() { shutting_down_ = true; }
  [[nodiscard]] bool wants_close() const { return over_; }
  [[nodiscard]] std::uint64_t commands() const { return commands_; }

  // For Work.
  [[nodiscard]] std::string& out() { return output_; }
  [[nodiscard]] bool has_room() const {
    return output_.size() - output_taken_ < output_octets_max;
  }
  [[nodiscard]] Selected& selected() { return *selected_; }
  // The selected mailbox was deleted: its folder is not to be used.
  [[nodiscard]] bool folder_is_gone() const { return folder_is_gone_; }
  [[nodiscard]] store::MailStore& store() { return store_; }
  [[nodiscard]] Dialect dialect() const { return dialect_; }
  [[nodiscard]] Separator separator() const { return limits_.separator; }
  [[nodiscard]] const std::string& tag() const { return tag_; }
  [[nodiscard]] std::string done() const {  // "UID FETCH completed".
    return std::string(name_) + " completed";
  }
  void complete(Completion completion) { completion_ = std::move(completion); }
  // What is said from here on waits for a flush of the folder's flags: one for
  // all STOREs that the client sent in one go.
  void hold_until_flushed();
  // Leaves the selected mailbox, saying nothing.
  void unselect();
  // "* n FETCH (UID u FLAGS (...))"; the client knows them then. Once CONDSTORE
  // is on, with MODSEQ.
  void write_flags_of(store::Uid uid);
  // "* n FETCH (UID u MODSEQ (m))".
  void write_modification_of(store::Uid uid);
  // "MODSEQ (m)", to where FETCH data is written.
  void write_modification(std::string& out, const store::Message& message);
  // RFC 7162 section 3.1: the client wants modification sequences from now on.
  // Tells the highest, when a mailbox is selected.
  void enable_condstore();
  [[nodiscard]] bool condstore() const { return condstore_; }
  // New keywords of the folder are told before flags that use them.
  void tell_keywords();
  void write_status_of(const std::string& mailbox,
                       const std::vector<StatusItem>& items,
                       const store::FolderStatus& status);
  // Runs a change of flags whose news the client gets from the command itself.
  template <typename Change>
  store::StoreResult<store::Folder::FlagsChanged> quietly(Change change) {
    quiet_ = true;
    auto result = change();
    quiet_ = false;
    // What was done before it went wrong is news after all.
    tell_later(result ? result->changed : std::vector<store::Uid>{});
    return result;
  }

 private:
  // store::FolderObserver.
  void arrived(store::Uid uid) override;
  void changed(store::Uid uid) override;
  void gone(store::Uid uid, store::ModificationSequence when) override;
  void folder_gone() override { folder_is_gone_ = true; }

  // session_held.cc: answers that wait for a flush.
  [[nodiscard]] bool must_flush() const;
  void flush_held();
  // session.cc: reading commands.
  void read_one();
  void read_event(FramerEvent&& event);
  void read_frame(Frame&& frame);
  void literal_asked(const LiteralAsked& asked);
  // What is known to go wrong is said before the message is sent.
  [[nodiscard]] bool refuse_message(const LiteralAsked& asked);
  [[nodiscard]] MailboxNameForm name_form() const {
    return speaks_utf8(dialect_) ? MailboxNameForm::utf_8
                                 : MailboxNameForm::modified_utf_7;
  }
  void bad_command(const BadCommand& bad);
  void refuse(const Refused& refused);
  void idle_line(const std::string& line);
  void count_bad();
  void end(std::string_view text);  // BYE.
  void finish();                    // The tagged line.

  // session_updates.cc. announce() says one slice of what waits; true while
  // there is more.
  [[nodiscard]] bool announce(bool may_expunge);
  void announce_arrivals();
  void announce_gone();
  void tell_later(std::vector<store::Uid> changed_by_command);
  [[nodiscard]] bool has_news() const;
  // The highest modification sequence of which, and of all below it, the client
  // has been told.
  [[nodiscard]] store::ModificationSequence highest_told() const;
  void write_highest();

  // session_commands.cc and session_mailboxes.cc: one for each request.
  void answer(Command&& command);
  [[nodiscard]] bool is_allowed(const Request& request);
  // Whether that is news.
  [[nodiscard]] bool enable_utf8();
  void run(const Capability& request);
  void run(const Noop& request);
  void run(const Logout& request);
  void run(const StartTls& request);
  void run(const Authenticate& request);
  void run(const Login& request);
  void run(const Select& request);
  void run(const Create& request);
  void run(const Delete& request);
  void run(const Rename& request);
  void run(const Subscribe& request);
  void run(const List& request);
  void run(const Lsub& request);
  void run(const Status& request);
  void run(const Append& request);
  void run(const Check& request);
  void run(const Close& request);
  void run(const Unselect& request);
  void run(const Expunge& request);
  void run(const Search& request);
  void run(const Fetch& request);
  void run(const Store& request);
  void run(const Copy& request);
  void run(const Move& request);
  void run(const Idle& request);
  void run(const Namespace& request);
  void run(const Id& request);
  void run(const Enable& request);

  void ok(std::string_view code = {});  // "NAME completed".
  void no(std::string_view code, std::string_view text);
  void bad(std::string_view text);
  void failed(store::StoreError error);
  void write_selected();
  [[nodiscard]] std::string attributes_of_selected();
  void write_permanent_flags();
  [[nodiscard]] bool takes_keywords() const;
  void resync(const QuickResync& known);
  void refresh();

  // session_selected.cc. The messages of a set that are in the view, by
  // ascending UID; for a set of numbers also those that are gone.
  [[nodiscard]] std::optional<std::vector<store::Uid>> chosen(
      const SequenceSet& set, bool by_uid);
  [[nodiscard]] std::optional<std::vector<store::Uid>> chosen_there(
      const SequenceSet& set, bool by_uid);
  // RFC 7162: of `uids`, those changed since; of a set of UIDs, those expunged.
  void keep_changed(std::vector<store::Uid>& uids,
                    store::ModificationSequence since) const;
  [[nodiscard]] std::vector<SequenceRange> missing(
      const SequenceSet& set, store::ModificationSequence since) const;
  [[nodiscard]] std::shared_ptr<store::Folder> target(
      const std::string& mailbox);
  void no_target(store::StoreError why);
  [[nodiscard]] bool may_write();
  [[nodiscard]] std::string copy_code(
      const store::Folder& target, const store::Folder::UidPairs& pairs) const;
  [[nodiscard]] store::StoreResult<store::Flags> flags_of(const FlagList& list,
                                                          store::Folder& folder,
                                                          bool makes_new);

  store::MailStore& store_;
  const Clock& clock_;
  SessionLimits limits_;
  Framer framer_;
  Dialect dialect_ = Dialect::rev1;

  std::string input_;  // Not yet read, from input_read_ on.
  std::size_t input_read_ = 0;
  std::string output_;  // Not yet taken, from output_taken_ on.
  std::size_t output_taken_ = 0;
  // From here on it is nothing to be taken yet: its changes are not durable.
  std::optional<std::size_t> held_from_;

  std::string tag_;  // Of the command under way, and its name.
  std::string_view name_;
  std::unique_ptr<Work> work_;
  std::optional<Completion> completion_;
  bool idle_ = false;

  std::optional<Selected> selected_;
  bool folder_is_gone_ = false;
  bool quiet_ = false;
  std::vector<store::Uid> changed_quietly_;

  bool utf8_accept_ = false;  // RFC 6855, whatever dialect_ says.
  bool condstore_ = false;    // RFC 7162: until the connection ends.
  bool quick_resync_ = false;
  // In FETCH data since the last tagged line: from those and HIGHESTMODSEQ the
  // client computes where it stands (RFC 7162 section 6).
  store::ModificationSequence highest_written_ = 0;

  bool over_ = false;
  bool shutting_down_ = false;
  std::uint64_t commands_ = 0;
  std::size_t bad_commands_ = 0;
  SteadyTime last_input_;
  SteadyTime last_output_;
  SteadyTime last_refresh_;
};

// The bit that `folder` has for a keyword; none when no message ever had it.
[[nodiscard]] std::optional<std::uint32_t> known_keyword(
    const store::Folder& folder, std::string_view keyword);

// The words and the code for what the store could not do.
struct StoreAnswer {
  std::string_view code;
  std::string_view text;
};
[[nodiscard]] StoreAnswer answer_to(store::StoreError error);

}  // namespace postkeep::imap
