#include "store/maildir_tree.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "store/maildir_folder.h"

namespace postkeep::store {

MaildirTree::MaildirTree(const MaildirPorts& its_ports,
                         const MaildirLimits& its_limits)
    : ports(its_ports),
      limits(its_limits),
      disk(its_ports.disk),
      deliveries(its_ports.disk),
      index(
          {its_ports.disk, its_ports.clock, its_ports.random, its_ports.log}) {}

StoreError error_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::no_space: return StoreError::no_space;
    case Trouble::not_found: return StoreError::not_found;
    case Trouble::exists: return StoreError::exists;
    default: return StoreError::trouble;
  }
}

StoreError MaildirTree::fail(std::string_view doing, Trouble trouble) {
  ports.log.line(Severity::error, "mailbox_trouble",
                 {{"doing", doing}, {"trouble", postkeep::name(trouble)}});
  return error_of(trouble);
}

StoreError MaildirTree::fail_flush(std::string_view doing) {
  failed = true;
  ports.log.line(Severity::error, "mailbox_flush_failed", {{"doing", doing}});
  return StoreError::trouble;
}

StoreResult<> MaildirTree::check_not_failed() const {
  if (failed) return std::unexpected(StoreError::trouble);
  return {};
}

StoreResult<> MaildirTree::flush_everything() {
  const std::uint64_t mark = placed;
  if (!disk.flush_all()) return std::unexpected(fail_flush("flush_all"));
  flushed = std::max(flushed, mark);
  return {};
}

StoreResult<> MaildirTree::flush_directories(
    std::initializer_list<DirectoryHandle> directories) {
  std::vector<DirectoryHandle> once;
  for (const DirectoryHandle one : directories) {
    if (one == DirectoryHandle::none) continue;
    if (std::ranges::find(once, one) == once.end()) once.push_back(one);
  }
  if (once.size() > single_flushes_max) return flush_everything();
  for (const DirectoryHandle one : once) {
    if (!disk.flush_directory(one)) {
      return std::unexpected(fail_flush("flush_directory"));
    }
  }
  return {};
}

StoreResult<> MaildirTree::record_expunged(std::span<const DeliveryId> ids) {
  const auto recorded = deliveries.expunged(ids);
  if (recorded) return {};
  if (recorded.error() == Trouble::input_output) {
    return std::unexpected(fail_flush("deliveries"));
  }
  return std::unexpected(fail("deliveries", recorded.error()));
}

std::uint64_t MaildirTree::random_number() {
  std::array<Octet, 8> room{};
  fill(room);
  std::uint64_t number = 0;
  for (const Octet octet : room) number = number << 8 | octet;
  return number;
}

DeliveryId MaildirTree::random_id() {
  DeliveryId id{};
  fill(id);
  return id;
}

std::int64_t MaildirTree::now_seconds() const {
  return std::chrono::floor<std::chrono::seconds>(ports.clock.wall())
      .time_since_epoch()
      .count();
}

StoreResult<std::uint32_t> MaildirTree::take_uid_validity() {
  // Chance needs room above.
  const std::int64_t now =
      std::clamp<std::int64_t>(now_seconds(), 1, UINT32_MAX - 0x1'0000);
  if (uid_validity_last >= UINT32_MAX - 0x1'0000) {
    return std::unexpected(StoreError::uid_exhausted);
  }
  uid_validity_last =
      std::max(uid_validity_last + 1, static_cast<std::uint32_t>(now));
  if (!uid_validity_last_is_known) {
    uid_validity_last +=
        static_cast<std::uint32_t>((random_number() & 0xFFFE) + 1);
    uid_validity_last_is_known = true;
  }
  if (inbox == nullptr) return uid_validity_last;
  if (const auto ok = inbox->write_state(true); !ok) {
    return std::unexpected(ok.error());
  }
  return uid_validity_last;
}

}  // namespace postkeep::store
