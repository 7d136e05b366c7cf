#include "pop3/maildrop.h"

#include <array>

namespace postkeep::pop3 {
namespace {

void write_hex(std::string& out, std::uint32_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 28; shift >= 0; shift -= 4)
    out += digits[number >> shift & 15];
}

}  // namespace

store::StoreResult<Maildrop> Maildrop::open(store::MailStore& store) {
  auto folder = store.open("INBOX");
  if (!folder) return std::unexpected(folder.error());
  // What other programs have done to it since somebody opened it.
  if (const auto seen = (*folder)->refresh(); !seen) {
    return std::unexpected(seen.error());
  }
  Maildrop maildrop;
  maildrop.folder_ = std::move(*folder);
  const auto messages = maildrop.folder_->messages();
  maildrop.entries_.reserve(messages.size());
  for (const store::Message& message : messages) {
    maildrop.entries_.push_back({.uid = message.uid, .octets = message.octets});
  }
  return maildrop;
}

bool Maildrop::has(std::uint32_t number) const {
  return number >= 1 && number <= entries_.size() &&
         !entries_[number - 1].is_deleted;
}

std::uint64_t Maildrop::octets(std::uint32_t number) {
  Entry& entry = entries_[number - 1];
  if (!entry.is_sized) {
    if (const auto octets = folder_->octets_in_lines(entry.uid)) {
      entry.octets = *octets;
    }
    entry.is_sized = true;
  }
  return entry.octets;
}

// UID and UIDVALIDITY in the form that Dovecot's have unless told otherwise: a
// Maildir that was taken over with its UIDs looks the same to POP3 clients.
std::string Maildrop::unique_id(std::uint32_t number) const {
  std::string id;
  write_hex(id, uid(number));
  write_hex(id, folder_->uid_validity());
  return id;
}

void Maildrop::mark_deleted(std::uint32_t number) {
  entries_[number - 1].is_deleted = true;
}

void Maildrop::unmark_all() {
  for (Entry& entry : entries_) entry.is_deleted = false;
}

std::vector<store::Uid> Maildrop::marked() const {
  std::vector<store::Uid> uids;
  for (const Entry& entry : entries_) {
    if (entry.is_deleted) uids.push_back(entry.uid);
  }
  return uids;
}

}  // namespace postkeep::pop3
