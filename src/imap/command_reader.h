// One command being read: what the machine of imap/command.rl tells, and the
// request that comes of it.
//
// Here:      CommandReader, used once for each command.
// Not here:  the values (imap/command.h); nested search keys (search_tree.h).
// Grammar:   grammar/rfc9051_command.rl, rule command.
// Laws:      proptests/imap/command_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"
#include "imap/command.h"
#include "imap/search_tree.h"

namespace postkeep::imap {

class CommandReader {
 public:
  // Moves from `literals` what it needs.
  CommandReader(MailboxNameForm names, std::span<std::string> literals,
                const CommandLimits& limits = {})
      : form_(names),
        separator_(limits.separator),
        literals_(literals),
        tree_(limits.search_keys) {}

  // `text`: a Frame's.
  [[nodiscard]] std::expected<Command, CommandError> read(Octets text);
  // Whether `text` is the beginning of a command. Literals may be missing:
  // they count as empty.
  [[nodiscard]] bool reads_beginning(Octets text) { return run(text); }
  // After reads_beginning(): see mailbox_of_first_message().
  [[nodiscard]] std::optional<std::expected<std::string, CommandError>>
  first_mailbox() const;

 private:
  // imap/command.rl: the machine. False: no command begins with `text`, or
  // error_ is set.
  bool run(Octets text);

  // Its actions. Those that return bool stop the machine with false.
  // imap/command_reader.cc: what is read everywhere.
  void tag_end();
  void word_start() { word_.clear(); }
  void word_octet(Octet octet) { word_ += to_upper(octet); }
  void text_start() { text_.clear(); }
  void text_octet(Octet octet) { text_ += static_cast<char>(octet); }
  void text_literal();
  void number_start() { number_ = 0; }
  bool number_digit(Octet octet);
  void name_end();
  bool set_end();
  bool flag_end();
  void command_end() { complete_ = true; }
  void by_uid() { by_uid_ = true; }

  // Which request it is.
  void capability() { begin<Capability>(); }
  void noop() { begin<Noop>(); }
  void logout() { begin<Logout>(); }
  void starttls() { begin<StartTls>(); }
  void check() { begin<Check>(); }
  void close() { begin<Close>(); }
  void unselect() { begin<Unselect>(); }
  void idle() { begin<Idle>(); }
  void namespaces() { begin<Namespace>(); }
  void authenticate() { begin<Authenticate>(); }
  void login() { begin<Login>(); }
  void select() { begin<Select>(); }
  void examine() { begin<Select>().read_only = true; }
  void create() { begin<Create>(); }
  void remove() { begin<Delete>(); }
  void rename() { begin<Rename>(); }
  void subscribe() { begin<Subscribe>().on = true; }
  void unsubscribe() { begin<Subscribe>().on = false; }
  void list() { begin<List>(); }
  void lsub() { begin<Lsub>(); }
  void status() { begin<Status>(); }
  void append() { begin<Append>(); }
  void expunge() { begin<Expunge>(); }
  void search() { begin<Search>().by_uid = by_uid_; }
  void fetch() { begin<Fetch>().by_uid = by_uid_; }
  void store() { begin<Store>().by_uid = by_uid_; }
  void copy() { begin<Copy>().by_uid = by_uid_; }
  void move() { begin<Move>().by_uid = by_uid_; }
  void id() { begin<Id>(); }
  void enable() { begin<Enable>(); }

  // imap/command_arguments.cc: arguments of one command each.
  void mechanism_end();
  void initial_start();
  void user_end();
  void password_end();
  void condstore();
  void quick_resync();
  bool validity_end();
  void known_from_end();
  bool known_uids_end();
  bool matches_end();
  bool special_use_end();
  void list_extended();
  void list_option_end();
  void list_return_end();
  bool pattern_end();
  void status_end();
  bool date_time_end();
  void literal8_mark() { message_.is_literal8 = true; }
  void utf8_mark() { message_.is_utf8 = true; }
  bool message();
  bool id_field_end();
  void id_value_end();
  bool enabled_end();
  void changed_since();
  void vanished();
  void unchanged_since();
  void store_add();
  void store_remove();
  void store_silent();

  // imap/command_fetch.cc.
  void item_word_end();
  bool part_start();
  bool part_digit(Octet octet);
  void section_start();
  void section_end();
  bool field_end();
  void offset_end();
  void octets_end();
  bool item_end();

  // imap/command_search.cc.
  void returned();
  void return_end();
  void charset_end();
  bool open_group();
  bool open_not();
  bool open_or();
  bool close_group();
  void leaf_start();
  void argument_end();
  bool leaf_end();
  bool take_arguments(SearchKey& key);
  bool take_date(SearchKey& key);
  bool take_number(SearchKey& key);

  // imap/command_finish.cc: the request gets what was read before it ended.
  bool finish();
  bool finish(Authenticate& request);
  bool finish(Select& request);
  bool finish(Create& request);
  bool finish(Delete& request);
  bool finish(Rename& request);
  bool finish(Subscribe& request);
  bool finish(List& request);
  bool finish(Lsub& request);
  bool finish(Status& request);
  bool finish(Append& request);
  bool finish(Expunge& request);
  bool finish(Search& request);
  bool finish(Fetch& request);
  bool finish(Store& request);
  bool finish(Copy& request);
  bool finish(Move& request);

  static char to_upper(Octet octet);
  std::string next_literal();
  bool fail(CommandError error);
  bool fail_on(SearchTreeError error);
  std::string take_name();
  template <typename T>
  T& begin() {
    return request_.emplace<T>();
  }
  template <typename T>
  T& request();

  MailboxNameForm form_;
  Separator separator_;
  std::span<std::string> literals_;
  std::size_t literals_used_ = 0;

  std::string tag_;
  Request request_;
  bool by_uid_ = false;
  bool complete_ = false;
  std::optional<CommandError> error_;

  // The element being read, or read last.
  std::string word_;  // In capitals.
  std::string text_;
  std::uint64_t number_ = 0;

  // Elements kept for finish().
  std::vector<std::string> names_;
  std::size_t names_taken_ = 0;
  bool has_bad_name_ = false;
  SequenceSet set_;
  FlagList flags_;
  std::vector<StatusItem> statuses_;
  AppendedMessage message_;

  FetchItem item_;
  std::string item_word_;
  bool item_has_section_ = false;
  SearchTree tree_;
  std::vector<std::string> arguments_;
};

template <typename T>
T& CommandReader::request() {
  T* const request = std::get_if<T>(&request_);
  PK_CHECK(request != nullptr);
  return *request;
}

}  // namespace postkeep::imap
