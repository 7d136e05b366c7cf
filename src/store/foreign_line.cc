#include "store/foreign_line.h"

#include <utility>

namespace postkeep::store {
namespace {

bool is_short(std::string_view line) {
  return line.size() <= foreign_line_octets_max;
}

}  // namespace

std::optional<UidListHeader> ForeignLineReader::uid_list_header(
    std::string_view line) {
  *this = {};
  if (!is_short(line) || !run_uid_list_header(octets(line))) {
    return std::nullopt;
  }
  return header_;
}

std::optional<UidListRecord> ForeignLineReader::uid_list_record(
    std::string_view line) {
  *this = {};
  if (!is_short(line) || !run_uid_list_record(octets(line))) {
    return std::nullopt;
  }
  return UidListRecord{uid_, std::move(text_)};
}

std::optional<KeywordLine> ForeignLineReader::keyword_line(
    std::string_view line) {
  *this = {};
  if (!is_short(line) || !run_keyword_line(octets(line))) return std::nullopt;
  KeywordLine read;
  if (!indices_.empty()) read.index = indices_.front();
  read.keyword = std::move(text_);
  return read;
}

std::optional<KeywordListLine> ForeignLineReader::keyword_list_line(
    std::string_view line) {
  *this = {};
  if (!is_short(line) || !run_keyword_list_line(octets(line))) {
    return std::nullopt;
  }
  return KeywordListLine{std::move(text_), std::move(indices_)};
}

std::optional<KeywordFileName> ForeignLineReader::keyword_file_name(
    std::string_view name) {
  *this = {};
  if (!is_short(name) || !run_keyword_file_name(octets(name))) {
    return std::nullopt;
  }
  KeywordFileName read;
  if (!indices_.empty()) read.time = indices_.front();
  read.base = std::move(text_);
  return read;
}

std::optional<SubscriptionLevels> ForeignLineReader::subscription_line(
    std::string_view line) {
  *this = {};
  if (!is_short(line) || !run_subscription_line(octets(line))) {
    return std::nullopt;
  }
  return std::move(levels_);
}

void ForeignLineReader::number_start() { number_ = 0; }

void ForeignLineReader::number_digit(Octet octet) {
  number_ = number_ * 10 + (octet - Octet{'0'});
}

void ForeignLineReader::is_dovecots() { header_.is_dovecots = true; }

void ForeignLineReader::validity_end() { header_.uid_validity = number_; }

void ForeignLineReader::next_end() { header_.uid_next = number_; }

void ForeignLineReader::uid_end() { uid_ = number_; }

void ForeignLineReader::text_start() { text_.clear(); }

void ForeignLineReader::text_octet(Octet octet) {
  text_ += static_cast<char>(octet);
}

void ForeignLineReader::index_end() { indices_.push_back(number_); }

void ForeignLineReader::level_end() {
  levels_.push_back(std::exchange(text_, {}));
}

}  // namespace postkeep::store
