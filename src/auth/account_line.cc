#include "auth/account_line.h"

#include <utility>

namespace postkeep::auth {

void AccountLineReader::remark_octet(Octet octet) {
  remark_.push_back(static_cast<char>(octet));
}

void AccountLineReader::rules_start() {
  is_rules_ = true;
  rules_.separators.clear();
}

void AccountLineReader::separator_octet(Octet octet) {
  rules_.separators.push_back(static_cast<char>(octet));
}

void AccountLineReader::postmaster_octet(Octet octet) {
  rules_.postmaster.push_back(static_cast<char>(octet));
}

void AccountLineReader::subject_octet(Octet octet) {
  subject_.push_back(static_cast<char>(octet));
}

void AccountLineReader::password_octet(Octet octet) {
  password_.push_back(static_cast<char>(octet));
}

void AccountLineReader::scram_octet(Octet octet) {
  scram_.push_back(static_cast<char>(octet));
}

void AccountLineReader::uid_octet(Octet octet) {
  uid_ = uid_ * 10 + (octet - std::uint32_t{'0'});
}

void AccountLineReader::mbox_octet(Octet octet) {
  mbox_.push_back(static_cast<char>(octet));
}

void AccountLineReader::target_start() { targets_.emplace_back(); }

void AccountLineReader::target_octet(Octet octet) {
  targets_.back().push_back(static_cast<char>(octet));
}

std::optional<AccountLine> AccountLineReader::read(Octets octets) {
  if (!run(octets)) return std::nullopt;
  return line();
}

AccountLine AccountLineReader::line() {
  if (is_rules_) return std::move(rules_);
  if (!targets_.empty()) return Alias{std::move(subject_), std::move(targets_)};
  if (!password_.empty()) {
    return Account{std::move(subject_), std::move(password_), std::move(scram_),
                   uid_, std::move(mbox_)};
  }
  if (!subject_.empty()) return LocalDomain{subject_.substr(1)};
  return Remark{std::move(remark_)};
}

}  // namespace postkeep::auth
