#include "role/transfer_session.h"

#include <algorithm>
#include <utility>

namespace postkeep::role {
namespace {

constexpr std::size_t length_octets = 4;

ipc::TransferVerdict verdict_of(store::StoreError error) {
  switch (error) {
    case store::StoreError::not_found: return ipc::TransferVerdict::not_found;
    case store::StoreError::bad_name: return ipc::TransferVerdict::bad_name;
    case store::StoreError::no_space: return ipc::TransferVerdict::no_space;
    case store::StoreError::limit:
    case store::StoreError::uid_exhausted: return ipc::TransferVerdict::limit;
    default: return ipc::TransferVerdict::trouble;
  }
}

}  // namespace

TransferSession::TransferSession(store::MailStore& store,
                                 std::uint64_t message_octets_max)
    : store_(store),
      request_octets_max_(message_octets_max + ipc::transfer_overhead_octets) {}

void TransferSession::received(Octets octets) {
  if (broken_) return;
  unread_.insert(unread_.end(), octets.begin(), octets.end());
}

bool TransferSession::step() {
  if (broken_ || unread_.size() < length_octets) return false;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < length_octets; ++i) {
    length = length << 8 | unread_[i];
  }
  broken_ = length > request_octets_max_;
  if (broken_ || unread_.size() - length_octets < length) return false;
  ipc::TransferRequest request;
  const auto octets = static_cast<std::size_t>(length);
  broken_ = !ipc::read(Octets(unread_).subspan(length_octets, octets), request);
  if (broken_) return false;
  unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(
                                                       length_octets + octets));
  requests_ += 1;
  act(request);
  return !broken_;
}

void TransferSession::act(ipc::TransferRequest& request) {
  switch (request.what) {
    case ipc::TransferWhat::open: return open(request.mailbox, false);
    case ipc::TransferWhat::create: return open(request.mailbox, true);
    case ipc::TransferWhat::list: return list(request.uid);
    default: break;
  }
  if (!folder_) {
    broken_ = true;
    return;
  }
  switch (request.what) {
    case ipc::TransferWhat::put: return put(request.message);
    case ipc::TransferWhat::flush: return flush();
    default: return get(request.uid);
  }
}

void TransferSession::open(const std::string& mailbox, bool create) {
  auto opened = store_.open(mailbox);
  if (!opened && create && opened.error() == store::StoreError::not_found) {
    if (const auto made = store_.create(mailbox); !made) {
      return answer(verdict_of(made.error()));
    }
    opened = store_.open(mailbox);
  }
  if (!opened) return answer(verdict_of(opened.error()));
  folder_ = std::move(*opened);
  answer(ipc::TransferVerdict::done, 0, {}, folder_->keywords());
}

void TransferSession::put(ipc::TransferMessage& message) {
  put_octets_ += message.text.size();
  if (puts_.size() >= ipc::transfer_puts_max ||
      (put_octets_ > ipc::transfer_put_octets_max && !puts_.empty())) {
    broken_ = true;
    return;
  }
  Put one{.text = std::move(message.text),
          .flags = {.system = static_cast<std::uint8_t>(message.flags & 31U)},
          .date = message.date};
  for (const std::string& keyword : message.keywords) {
    const auto bit = folder_->keyword_bit(keyword);
    if (bit) {
      one.flags.keywords |= std::uint32_t{1} << *bit;
    } else if (bit.error() == store::StoreError::limit) {
      // A folder has letters for so many keywords: mail without one is better
      // than none.
      leave_out(keyword);
    } else if (puts_verdict_ == ipc::TransferVerdict::done) {
      puts_verdict_ = verdict_of(bit.error());
    }
  }
  puts_.push_back(std::move(one));
}

void TransferSession::leave_out(const std::string& keyword) {
  if (left_out_.size() < ipc::transfer_names_max &&
      std::ranges::find(left_out_, keyword) == left_out_.end()) {
    left_out_.push_back(keyword);
  }
}

void TransferSession::flush() {
  const auto puts = std::exchange(puts_, {});
  put_octets_ = 0;
  const auto verdict = std::exchange(puts_verdict_, ipc::TransferVerdict::done);
  auto left_out = std::exchange(left_out_, {});
  if (verdict != ipc::TransferVerdict::done) return answer(verdict);
  std::vector<store::Folder::Appended> appended;
  appended.reserve(puts.size());
  for (const Put& one : puts) {
    appended.push_back({one.text, one.flags, one.date});
  }
  const auto uids = folder_->append_all(appended);
  if (!uids) return answer(verdict_of(uids.error()));
  answer(ipc::TransferVerdict::done, 0, {}, std::move(left_out));
}

void TransferSession::list(std::uint32_t passed_over) {
  const auto all = store_.list();
  if (!all) return answer(verdict_of(all.error()));
  std::vector<std::string> names;
  for (const store::FolderInfo& info : *all) {
    if (!info.exists) continue;
    if (passed_over > 0) {
      passed_over -= 1;
    } else if (names.size() < ipc::transfer_names_max) {
      names.push_back(info.name);
    }
  }
  const auto verdict =
      names.empty() ? ipc::TransferVerdict::end : ipc::TransferVerdict::done;
  answer(verdict, 0, {}, std::move(names));
}

void TransferSession::get(store::Uid uid) {
  for (std::optional<store::Uid> next = uid; next;) next = get_from(*next);
}

std::optional<store::Uid> TransferSession::get_from(store::Uid uid) {
  const auto messages = folder_->messages();
  const auto at =
      std::ranges::lower_bound(messages, uid, {}, &store::Message::uid);
  if (at == messages.end()) {
    answer(ipc::TransferVerdict::end);
    return std::nullopt;
  }
  const store::Message found = *at;
  const auto text = folder_->text(found.uid);
  // Gone meanwhile: the next one is as good.
  if (!text && text.error() == store::StoreError::not_found) {
    return found.uid + 1;
  }
  if (!text) {
    answer(verdict_of(text.error()), found.uid);
    return std::nullopt;
  }
  const Octets octets = (*text)->octets();
  ipc::TransferMessage message{.flags = found.flags.system,
                               .keywords = {},
                               .date = found.internal_date,
                               .text = {octets.begin(), octets.end()}};
  const auto& names = folder_->keywords();
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    const bool set = (found.flags.keywords >> bit & 1U) != 0;
    if (set && !names[bit].empty()) message.keywords.push_back(names[bit]);
  }
  answer(ipc::TransferVerdict::done, found.uid, std::move(message));
  return std::nullopt;
}

void TransferSession::answer(ipc::TransferVerdict verdict, store::Uid uid,
                             ipc::TransferMessage message,
                             std::vector<std::string> names) {
  ipc::TransferAnswer answer;
  answer.verdict = verdict;
  if (folder_) {
    answer.uid_validity = folder_->uid_validity();
    answer.uid_next = folder_->uid_next();
    answer.messages = static_cast<std::uint32_t>(folder_->messages().size());
  }
  answer.uid = uid;
  answer.names = std::move(names);
  answer.message = std::move(message);
  const std::vector<Octet> octets = ipc::write(std::move(answer));
  for (std::size_t i = 0; i < length_octets; ++i) {
    output_.push_back(static_cast<Octet>(octets.size() >> (24 - 8 * i)));
  }
  output_.insert(output_.end(), octets.begin(), octets.end());
}

}  // namespace postkeep::role
