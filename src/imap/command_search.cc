// What SEARCH looks for: actions of imap/command.rl.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "imap/command_reader.h"

namespace postkeep::imap {
namespace {

struct KeyWord {
  std::string_view word;
  SearchKind kind;
};
constexpr std::array<KeyWord, 35> key_words{{
    {"ALL", SearchKind::all},
    {"ANSWERED", SearchKind::answered},
    {"BCC", SearchKind::bcc},
    {"BEFORE", SearchKind::before},
    {"BODY", SearchKind::body},
    {"CC", SearchKind::cc},
    {"DELETED", SearchKind::deleted},
    {"DRAFT", SearchKind::draft},
    {"FLAGGED", SearchKind::flagged},
    {"FROM", SearchKind::from},
    {"HEADER", SearchKind::header},
    {"KEYWORD", SearchKind::keyword},
    {"LARGER", SearchKind::larger},
    {"MODSEQ", SearchKind::modification_sequence},
    {"NEW", SearchKind::is_new},
    {"OLD", SearchKind::old},
    {"ON", SearchKind::on},
    {"RECENT", SearchKind::recent},
    {"SEEN", SearchKind::seen},
    {"SENTBEFORE", SearchKind::sent_before},
    {"SENTON", SearchKind::sent_on},
    {"SENTSINCE", SearchKind::sent_since},
    {"SINCE", SearchKind::since},
    {"SMALLER", SearchKind::smaller},
    {"SUBJECT", SearchKind::subject},
    {"TEXT", SearchKind::anywhere},
    {"TO", SearchKind::to},
    {"UID", SearchKind::uid},
    {"UNANSWERED", SearchKind::unanswered},
    {"UNDELETED", SearchKind::undeleted},
    {"UNDRAFT", SearchKind::undraft},
    {"UNFLAGGED", SearchKind::unflagged},
    {"UNKEYWORD", SearchKind::unkeyword},
    {"UNSEEN", SearchKind::unseen},
    {"", SearchKind::sequence_set},
}};

}  // namespace

void CommandReader::returned() { request<Search>().returned.emplace(); }

void CommandReader::return_end() {
  SearchReturn& returned = *request<Search>().returned;
  if (word_ == "MIN") returned.min = true;
  if (word_ == "MAX") returned.max = true;
  if (word_ == "ALL") returned.all = true;
  if (word_ == "COUNT") returned.count = true;
  if (word_ == "SAVE") returned.save = true;
}

void CommandReader::charset_end() {
  request<Search>().charset = std::move(text_);
}

bool CommandReader::fail_on(SearchTreeError error) {
  switch (error) {
    case SearchTreeError::unbalanced:
      return fail(CommandError::outside_grammar);
    case SearchTreeError::too_deep: return fail(CommandError::too_deep);
    case SearchTreeError::too_many: return fail(CommandError::too_many);
  }
  check_failed("SearchTreeError holds one of its enumerators", __FILE__,
               __LINE__);
}

bool CommandReader::open_group() {
  return tree_.open_group() || fail_on(*tree_.error());
}

bool CommandReader::open_not() {
  return tree_.open_not() || fail_on(*tree_.error());
}

bool CommandReader::open_or() {
  return tree_.open_or() || fail_on(*tree_.error());
}

bool CommandReader::close_group() {
  return tree_.close_group() || fail_on(*tree_.error());
}

void CommandReader::leaf_start() {
  word_.clear();
  arguments_.clear();
}

void CommandReader::argument_end() { arguments_.push_back(std::move(text_)); }

bool CommandReader::leaf_end() {
  const auto* const known = std::ranges::find(key_words, word_, &KeyWord::word);
  PK_CHECK(known != key_words.end());
  SearchKey key;
  key.kind = known->kind;
  return take_arguments(key) &&
         (tree_.add(std::move(key)) || fail_on(*tree_.error()));
}

bool CommandReader::take_arguments(SearchKey& key) {
  switch (key.kind) {
    case SearchKind::header:
      key.field = std::move(arguments_.at(0));
      key.text = std::move(arguments_.at(1));
      return true;
    case SearchKind::keyword:
    case SearchKind::unkeyword:
      if (arguments_.at(0).size() > keyword_octets_max)
        return fail(CommandError::too_long);
      key.text = std::move(arguments_.at(0));
      return true;
    case SearchKind::before:
    case SearchKind::on:
    case SearchKind::since:
    case SearchKind::sent_before:
    case SearchKind::sent_on:
    case SearchKind::sent_since: return take_date(key);
    case SearchKind::larger:
    case SearchKind::smaller:
    case SearchKind::modification_sequence: return take_number(key);
    case SearchKind::sequence_set:
    case SearchKind::uid:
      text_ = std::move(arguments_.at(0));
      if (!set_end()) return false;
      key.set = std::move(set_);
      return true;
    default:
      if (!arguments_.empty()) key.text = std::move(arguments_.at(0));
      return true;
  }
}

bool CommandReader::take_date(SearchKey& key) {
  const auto date = read_date(octets(arguments_.at(0)));
  if (!date) {
    PK_CHECK(date.error() != DateError::outside_grammar);
    return fail(CommandError::no_such_date);
  }
  key.date = *date;
  return true;
}

// The grammar has seen to it that there are digits only.
bool CommandReader::take_number(SearchKey& key) {
  // MODSEQ's comes last, after the name of an entry.
  number_start();
  for (const Octet digit : octets(arguments_.back()))
    if (!number_digit(digit)) return false;
  key.number = number_;
  return true;
}

}  // namespace postkeep::imap
