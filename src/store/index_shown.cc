#include "store/index_shown.h"

#include <array>
#include <limits>

#include "base/checksum.h"

namespace postkeep::store {

namespace {

using Statement = SqliteDatabase::Statement;

constexpr Uid uid_max = std::numeric_limits<Uid>::max();
constexpr std::uint8_t form_max = std::numeric_limits<std::uint8_t>::max();

std::int64_t signed_of(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

// Of the words and of what they are of: a row under another key is no row.
std::uint32_t checksum_of(FolderId folder, Uid uid, ShownOf of, Octets words) {
  std::array<Octet, 17> key{};
  for (std::size_t n = 0; n < 8; ++n) {
    key[n] = static_cast<Octet>(std::uint64_t{folder} >> (8 * n));
  }
  for (std::size_t n = 0; n < 4; ++n) {
    key[8 + n] = static_cast<Octet>(uid >> (8 * n));
    key[12 + n] = static_cast<Octet>(of.octets >> (8 * n));
  }
  key[16] = of.form;
  return crc32c(words, crc32c(key));
}

}  // namespace

void ShownWords::keep(FolderId folder, Uid uid, ShownOf of,
                      std::string_view words) {
  if (words.size() > shown_octets_max) return;
  Words& kept = waiting_[{folder, uid, of.form}];
  waiting_octets_ += words.size();
  waiting_octets_ -= kept.words.size();
  kept = {of.octets, std::string(words)};
}

bool ShownWords::write(SqliteDatabase& database) {
  Statement put(database,
                "INSERT OR REPLACE INTO shown VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  bool written = true;
  for (const auto& [key, one] : waiting_) {
    const auto [folder, uid, form] = key;
    const Octets words = postkeep::octets(one.words);
    put.bind({signed_of(folder), uid, form, one.octets,
              checksum_of(folder, uid, {form, one.octets}, words)});
    put.bind_octets(6, words);
    written = put.run();
    if (!written) break;
  }
  erase(waiting_.begin(), waiting_.end());
  // It may lack what is written now.
  ahead_.clear();
  ahead_until_ = 0;
  return written;
}

std::optional<std::string_view> ShownWords::find(FolderId folder, Uid uid,
                                                 ShownOf of, bool& must_ask) {
  must_ask = false;
  const auto found = waiting_.find({folder, uid, of.form});
  if (found != waiting_.end()) {
    if (found->second.octets != of.octets) return std::nullopt;
    return found->second.words;
  }
  must_ask = ahead_folder_ != folder || ahead_form_ != of.form ||
             uid < ahead_from_ || uid > ahead_until_;
  if (must_ask) return std::nullopt;
  while (!ahead_.empty() && ahead_.front().uid < uid) ahead_.pop_front();
  ahead_from_ = asked_ = uid;
  if (ahead_.empty() || ahead_.front().uid != uid) return std::nullopt;
  const Words& words = ahead_.front().words;
  if (words.octets != of.octets) return std::nullopt;
  return words.words;
}

bool ShownWords::read(SqliteDatabase& database, FolderId folder, Uid uid,
                      std::uint8_t form) {
  if (!ask_) {
    ask_ = std::make_unique<Statement>(
        database,
        "SELECT uid, size, checksum, words FROM shown"
        " WHERE folder=?1 AND uid>=?2 AND form=?3 ORDER BY uid LIMIT ?4");
  }
  const bool goes_on = ahead_folder_ == folder && asked_ < uid;
  const std::size_t rows_max = goes_on ? shown_ahead_max : 1;
  ahead_.clear();
  ahead_folder_ = folder;
  ahead_form_ = form;
  ahead_from_ = asked_ = uid;
  ahead_until_ = uid_max;
  ask_->bind({signed_of(folder), uid, form, signed_of(rows_max)});
  std::size_t octets = 0;
  std::size_t rows = 0;
  auto step = ask_->step();
  for (; step == Statement::Step::row; step = ask_->step()) {
    const Octets words = ask_->octets(3);
    const Uid found = static_cast<Uid>(ask_->number(0));
    const ShownOf of{form, static_cast<std::uint32_t>(ask_->number(1))};
    if (ask_->number(2) == checksum_of(folder, found, of, words)) {
      ahead_.push_back(
          {found, {of.octets, std::string(words.begin(), words.end())}});
      octets += words.size();
    }
    if (++rows == rows_max || octets > shown_ahead_octets_max) {
      ahead_until_ = found;
      break;
    }
  }
  ask_->reset();
  return step != Statement::Step::failed;
}

void ShownWords::erase(std::map<Key, Words>::iterator from,
                       std::map<Key, Words>::iterator end) {
  for (auto one = from; one != end; one = waiting_.erase(one)) {
    waiting_octets_ -= one->second.words.size();
  }
}

void ShownWords::forget(FolderId folder) {
  erase(waiting_.lower_bound({folder, 0, 0}),
        waiting_.upper_bound({folder, uid_max, form_max}));
  ahead_.clear();
  ahead_until_ = 0;
}

void ShownWords::forget(FolderId folder, Uid uid) {
  erase(waiting_.lower_bound({folder, uid, 0}),
        waiting_.upper_bound({folder, uid, form_max}));
}

void ShownWords::close() {
  ask_.reset();
  ahead_.clear();
  ahead_until_ = 0;
}

}  // namespace postkeep::store
