// Commands: what a client asks for (RFC 9051 section 6, with RFC 3501's forms
// and the extensions named below).
//
// Here:      the Command value, read_command() (Frame to Command), errors.
// Not here:  lines and literals (imap/framer.h); in which state a command may
//            come, and what it does (the session).
// Grammar:   grammar/rfc9051_command.rl, rule command.
// Laws:      proptests/imap/command_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/octets.h"
#include "imap/date.h"
#include "imap/fetch_item.h"
#include "imap/flag_list.h"
#include "imap/framer.h"
#include "imap/mailbox_name.h"
#include "imap/search_key.h"
#include "imap/sequence_set.h"

namespace postkeep::imap {

// RFC 9051 sets no bounds on these.
inline constexpr std::size_t tag_octets_max = 255;
inline constexpr std::size_t list_patterns_max = 32;
inline constexpr std::size_t special_uses_max = 16;
inline constexpr std::size_t enabled_capabilities_max = 32;
inline constexpr std::size_t id_parameters_max = 30;  // RFC 2971 section 3.3.

// All mailbox names are UTF-8, "INBOX" in capitals (imap/mailbox_name.h).

struct Capability {
  bool operator==(const Capability&) const = default;
};
struct Noop {
  bool operator==(const Noop&) const = default;
};
struct Logout {
  bool operator==(const Logout&) const = default;
};
struct StartTls {
  bool operator==(const StartTls&) const = default;
};
struct Check {
  bool operator==(const Check&) const = default;
};
struct Close {
  bool operator==(const Close&) const = default;
};
struct Unselect {
  bool operator==(const Unselect&) const = default;
};
struct Idle {
  bool operator==(const Idle&) const = default;
};
struct Namespace {
  bool operator==(const Namespace&) const = default;
};

struct Authenticate {
  std::string mechanism;  // As written.
  // SASL-IR: base64 as it was sent; empty for "=", an empty response.
  std::optional<std::string> initial_response;
  bool operator==(const Authenticate&) const = default;
};

struct Login {
  std::string user;
  std::string password;
  bool operator==(const Login&) const = default;
};

// SELECT … (QRESYNC (uid_validity modification_sequence …)), RFC 7162.
struct QuickResync {
  std::uint32_t uid_validity = 0;
  std::uint64_t modification_sequence = 0;
  std::optional<SequenceSet> known_uids;
  // seq-match-data: numbers and the UIDs they had.
  std::optional<std::pair<SequenceSet, SequenceSet>> matches;
  bool operator==(const QuickResync&) const = default;
};

struct Select {
  bool read_only = false;  // EXAMINE.
  std::string mailbox;
  bool condstore = false;
  std::optional<QuickResync> quick_resync;
  bool operator==(const Select&) const = default;
};

struct Create {
  std::string mailbox;  // May end with the separator: a parent is wanted.
  std::vector<std::string> special_uses;  // CREATE … (USE (…)), RFC 6154.
  bool operator==(const Create&) const = default;
};

struct Delete {
  std::string mailbox;
  bool operator==(const Delete&) const = default;
};

struct Rename {
  std::string from;
  std::string to;
  bool operator==(const Rename&) const = default;
};

struct Subscribe {
  bool on = true;  // False: UNSUBSCRIBE.
  std::string mailbox;
  bool operator==(const Subscribe&) const = default;
};

enum class StatusItem : std::uint8_t {
  messages,
  recent,
  uid_next,
  uid_validity,
  unseen,
  deleted,
  size,
  highest_modification_sequence,
  append_limit,  // RFC 7889.
};

struct Status {
  std::string mailbox;
  std::vector<StatusItem> items;  // As written, none twice.
  bool operator==(const Status&) const = default;
};

struct List {
  std::string reference;              // May be empty.
  std::vector<std::string> patterns;  // One or more; see imap/list_pattern.h.
  // RFC 5258: selection options, patterns in parentheses or RETURN were
  // there. Without them, LIST "" "" asks for the separator.
  bool extended = false;
  bool select_subscribed = false;
  bool select_remote = false;
  bool select_recursive_match = false;
  bool select_special_use = false;  // RFC 6154.
  bool return_subscribed = false;
  bool return_children = false;
  bool return_special_use = false;
  std::vector<StatusItem> return_status;  // RFC 5819.
  bool operator==(const List&) const = default;
};

struct Lsub {
  std::string reference;
  std::string pattern;
  bool operator==(const Lsub&) const = default;
};

struct AppendedMessage {
  FlagList flags;
  std::optional<DateTime> internal_date;
  std::string text;
  bool is_literal8 = false;  // May hold NUL (RFC 3516).
  bool is_utf8 = false;      // In "UTF8 (...)", RFC 6855.
  bool operator==(const AppendedMessage&) const = default;
};

struct Append {
  std::string mailbox;
  std::vector<AppendedMessage> messages;  // One or more (RFC 3502).
  bool operator==(const Append&) const = default;
};

struct Expunge {
  std::optional<SequenceSet> uids;  // UID EXPUNGE.
  bool operator==(const Expunge&) const = default;
};

struct SearchReturn {  // RFC 4731, RFC 9051 section 6.4.4.
  bool min = false;
  bool max = false;
  bool all = false;  // Also for RETURN ().
  bool count = false;
  bool save = false;
  bool operator==(const SearchReturn&) const = default;
};

struct Search {
  bool by_uid = false;
  std::optional<SearchReturn> returned;  // None: SEARCH as RFC 3501 has it.
  std::optional<std::string> charset;    // As written.
  std::vector<SearchKey> keys;           // All must hold; one or more.
  bool operator==(const Search&) const = default;
};

struct Fetch {
  bool by_uid = false;
  SequenceSet set;
  std::vector<FetchItem> items;  // One or more; ALL, FAST, FULL spelled out.
  std::optional<std::uint64_t> changed_since;  // RFC 7162.
  bool vanished = false;
  bool operator==(const Fetch&) const = default;
};

enum class StoreHow : std::uint8_t { replace, add, remove };

struct Store {
  bool by_uid = false;
  SequenceSet set;
  StoreHow how = StoreHow::replace;
  bool silent = false;
  FlagList flags;
  std::optional<std::uint64_t> unchanged_since;  // RFC 7162.
  bool operator==(const Store&) const = default;
};

struct Copy {
  bool by_uid = false;
  SequenceSet set;
  std::string mailbox;
  bool operator==(const Copy&) const = default;
};

struct Move {
  bool by_uid = false;
  SequenceSet set;
  std::string mailbox;
  bool operator==(const Move&) const = default;
};

struct Id {  // RFC 2971. ID NIL: none.
  std::vector<std::pair<std::string, std::optional<std::string>>> parameters;
  bool operator==(const Id&) const = default;
};

struct Enable {
  std::vector<std::string> capabilities;  // As written; one or more.
  bool operator==(const Enable&) const = default;
};

using Request =
    std::variant<Capability, Noop, Logout, StartTls, Authenticate, Login,
                 Select, Create, Delete, Rename, Subscribe, List, Lsub, Status,
                 Append, Check, Close, Unselect, Expunge, Search, Fetch, Store,
                 Copy, Move, Idle, Namespace, Id, Enable>;

struct Command {
  std::string tag;
  Request request;
  bool operator==(const Command&) const = default;
};

// What the session's last line says: "FETCH", "UID FETCH".
[[nodiscard]] std::string_view name(const Request& request);

enum class CommandError : std::uint8_t {
  outside_grammar,  // A known command with arguments it does not take.
  unknown_command,
  number_too_large,     // Not 32 bits, or not 63 where those are allowed.
  no_such_date,         // 31-Feb.
  bad_mailbox_name,     // Answer NO [CANNOT].
  unknown_system_flag,  // "\Recent", "\Foo": none that can be set.
  too_many,             // A list above one of the bounds named …_max.
  too_deep,             // SEARCH above search_depth_max.
  too_long,             // A tag, keyword or mailbox name.
};

[[nodiscard]] std::string_view name(CommandError error);

struct BadCommand {
  std::string tag;  // Empty when it was not readable: answer "* BAD".
  CommandError error = CommandError::outside_grammar;
  bool operator==(const BadCommand&) const = default;
};

// What an operator may set of the bounds of commands.
struct CommandLimits {
  std::size_t search_keys = search_keys_max;
  Separator separator = Separator::slash;  // Of names of mailboxes.
};

// Takes `frame` apart: literals are moved, not copied.
[[nodiscard]] std::expected<Command, BadCommand> read_command(
    Frame&& frame, MailboxNameForm names, const CommandLimits& limits = {});

// The tag at the front of a command that could not be framed; empty when
// there is none.
[[nodiscard]] std::string read_tag(std::string_view text);

// Whether `text`, a Frame's so far (marks for literals), can be continued to a
// command. What cannot gets no "+ " for its literal.
[[nodiscard]] bool can_become_command(std::string_view text);

// The same, with the next literal as one of APPEND's messages.
[[nodiscard]] bool message_comes_next(std::string_view text);

// Whether `so_far` ends where the first message of an APPEND comes next, and
// into which mailbox: its name, or why it is none. nullopt: it does not.
[[nodiscard]] std::optional<std::expected<std::string, CommandError>>
mailbox_of_first_message(const Frame& so_far, MailboxNameForm names,
                         Separator separator = Separator::slash);

// The line that ends IDLE (RFC 9051 section 6.3.13): "DONE" in any case.
[[nodiscard]] bool is_idle_done(std::string_view line);

}  // namespace postkeep::imap
