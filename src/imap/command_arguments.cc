// Arguments of one command each: actions of imap/command.rl.
#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "imap/command_reader.h"

namespace postkeep::imap {
namespace {

struct StatusWord {
  std::string_view word;
  StatusItem item;
};
constexpr std::array<StatusWord, 9> status_words{{
    {"MESSAGES", StatusItem::messages},
    {"RECENT", StatusItem::recent},
    {"UIDNEXT", StatusItem::uid_next},
    {"UIDVALIDITY", StatusItem::uid_validity},
    {"UNSEEN", StatusItem::unseen},
    {"DELETED", StatusItem::deleted},
    {"SIZE", StatusItem::size},
    {"HIGHESTMODSEQ", StatusItem::highest_modification_sequence},
    {"APPENDLIMIT", StatusItem::append_limit},
}};

// RFC 7162 section 7: no "*" in known-uids and seq-match-data; nor "$".
bool names_numbers_only(const SequenceSet& set) {
  return !set.saved_result &&
         std::ranges::none_of(set.ranges, [](const SequenceRange& range) {
           return range.first == sequence_star || range.last == sequence_star;
         });
}

}  // namespace

void CommandReader::mechanism_end() {
  request<Authenticate>().mechanism = text_;
}

// What follows is text; finish() takes it.
void CommandReader::initial_start() {
  request<Authenticate>().initial_response.emplace();
  text_.clear();
}

void CommandReader::user_end() { request<Login>().user = std::move(text_); }

void CommandReader::password_end() {
  request<Login>().password = std::move(text_);
}

void CommandReader::condstore() { request<Select>().condstore = true; }

// A second QRESYNC begins anew.
void CommandReader::quick_resync() { request<Select>().quick_resync.emplace(); }

bool CommandReader::validity_end() {
  if (number_ > std::numeric_limits<std::uint32_t>::max())
    return fail(CommandError::number_too_large);
  request<Select>().quick_resync->uid_validity =
      static_cast<std::uint32_t>(number_);
  return true;
}

void CommandReader::known_from_end() {
  request<Select>().quick_resync->modification_sequence = number_;
}

bool CommandReader::known_uids_end() {
  if (!names_numbers_only(set_)) return fail(CommandError::outside_grammar);
  request<Select>().quick_resync->known_uids = std::move(set_);
  return true;
}

// Called for the numbers, then for the UIDs.
bool CommandReader::matches_end() {
  if (!names_numbers_only(set_)) return fail(CommandError::outside_grammar);
  auto& matches = request<Select>().quick_resync->matches;
  if (!matches) {
    matches.emplace(std::move(set_), SequenceSet{});
  } else {
    matches->second = std::move(set_);
  }
  return true;
}

bool CommandReader::special_use_end() {
  auto& uses = request<Create>().special_uses;
  if (uses.size() == special_uses_max) return fail(CommandError::too_many);
  uses.push_back(text_);
  return true;
}

void CommandReader::list_extended() { request<List>().extended = true; }

void CommandReader::list_option_end() {
  List& list = request<List>();
  if (word_ == "SUBSCRIBED") list.select_subscribed = true;
  if (word_ == "REMOTE") list.select_remote = true;
  if (word_ == "RECURSIVEMATCH") list.select_recursive_match = true;
  if (word_ == "SPECIAL-USE") list.select_special_use = true;
}

void CommandReader::list_return_end() {
  List& list = request<List>();
  if (word_ == "SUBSCRIBED") list.return_subscribed = true;
  if (word_ == "CHILDREN") list.return_children = true;
  if (word_ == "SPECIAL-USE") list.return_special_use = true;
}

// A pattern is a name with wildcards, which modified UTF-7 lets through.
bool CommandReader::pattern_end() {
  if (names_.size() > list_patterns_max) return fail(CommandError::too_many);
  name_end();
  return true;
}

void CommandReader::status_end() {
  for (const StatusWord& known : status_words) {
    if (known.word != word_) continue;
    if (std::ranges::find(statuses_, known.item) == statuses_.end())
      statuses_.push_back(known.item);
    return;
  }
  check_failed("the grammar has no other items", __FILE__, __LINE__);
}

bool CommandReader::date_time_end() {
  const auto time = read_date_time(octets(text_));
  if (!time) {
    PK_CHECK(time.error() != DateError::outside_grammar);
    return fail(CommandError::no_such_date);
  }
  message_.internal_date = *time;
  return true;
}

bool CommandReader::message() {
  auto& messages = request<Append>().messages;
  if (messages.size() == append_messages_max)
    return fail(CommandError::too_many);
  message_.flags = std::move(flags_);
  message_.text = next_literal();
  messages.push_back(std::move(message_));
  flags_ = {};
  message_ = {};
  return true;
}

std::optional<std::expected<std::string, CommandError>>
CommandReader::first_mailbox() const {
  const Append* const append = std::get_if<Append>(&request_);
  if (append == nullptr || append->messages.size() != 1) return std::nullopt;
  if (has_bad_name_) return std::unexpected(CommandError::bad_mailbox_name);
  return names_.front();
}

bool CommandReader::id_field_end() {
  auto& parameters = request<Id>().parameters;
  if (parameters.size() == id_parameters_max)
    return fail(CommandError::too_many);
  parameters.emplace_back(std::move(text_), std::nullopt);
  return true;
}

void CommandReader::id_value_end() {
  request<Id>().parameters.back().second = std::move(text_);
}

bool CommandReader::enabled_end() {
  auto& enabled = request<Enable>().capabilities;
  if (enabled.size() == enabled_capabilities_max)
    return fail(CommandError::too_many);
  enabled.push_back(text_);
  return true;
}

void CommandReader::changed_since() {
  request<Fetch>().changed_since = number_;
}

void CommandReader::vanished() { request<Fetch>().vanished = true; }

void CommandReader::unchanged_since() {
  request<Store>().unchanged_since = number_;
}

void CommandReader::store_add() { request<Store>().how = StoreHow::add; }

void CommandReader::store_remove() { request<Store>().how = StoreHow::remove; }

void CommandReader::store_silent() { request<Store>().silent = true; }

}  // namespace postkeep::imap
