// A folder that Dovecot or Courier kept until now: its numbers go on, so that
// no client sees that another server has it.
//
// What their files say is recorded in the folder's state before any UID is
// shown; the files of messages get names of ours when the folder is first
// looked into. Until then, and after a crash on the way, the record says so,
// and whoever has no such name yet is looked up again: the outcome is the same.
// After it, their files are not read any more.
#include <algorithm>
#include <utility>

#include "store/foreign_lists.h"
#include "store/maildir_folder.h"

namespace postkeep::store {
namespace {

std::string_view base_of(std::string_view name) {
  return name.substr(0, name.find(':'));
}

}  // namespace

StoreResult<bool> MaildirFolder::take_over() {
  ForeignLists lists(tree_.disk, directory_);
  const auto server = lists.server();
  if (!server) return std::unexpected(tree_.fail("take_over", server.error()));
  if (*server == ForeignServer::none) return false;
  // With such, the folder was ours, and its state is lost: UIDs were given that
  // the other server knows nothing of.
  const auto ours = has_files_of_ours();
  if (!ours) return std::unexpected(ours.error());
  const auto read = *ours ? std::nullopt : lists.read(*server);
  if (!read) return std::unexpected(tree_.fail("take_over", read.error()));
  if (!*read) {
    tree_.ports.log.line(
        Severity::warning, "folder_not_taken_over",
        {{"mailbox", name_},
         {"from", store::name(*server)},
         {"why", *ours ? "files of ours" : "no header in its list"}});
    return false;
  }
  const ForeignFolder& found = **read;
  state_ = {};
  state_.folder = tree_.random_number();
  state_.uid_validity = found.uid_validity;
  state_.uid_next = state_.uid_reserved = found.uid_next;
  state_.keywords = found.keywords;
  state_.taking_over = static_cast<std::uint8_t>(*server);
  state_.taking_over_below = found.uid_next;
  settled_up_to_ = state_.uid_next;
  if (found.uid_validity > tree_.uid_validity_last) {
    tree_.uid_validity_last = found.uid_validity;
    if (tree_.inbox != nullptr) {
      const auto ok = tree_.inbox->write_state(true);
      if (!ok) return std::unexpected(ok.error());
    }
  }
  if (const auto ok = write_state(true); !ok) {
    return std::unexpected(ok.error());
  }
  tree_.ports.log.line(found.bad_lines > 0 ? Severity::warning : Severity::info,
                       "folder_taken_over",
                       {{"mailbox", name_},
                        {"from", store::name(*server)},
                        {"uid_validity", std::uint64_t{found.uid_validity}},
                        {"uid_next", found.uid_next},
                        {"bad_lines", found.bad_lines},
                        {"keywords_left_out", found.keywords_left_out}});
  return true;
}

StoreResult<bool> MaildirFolder::has_files_of_ours() {
  std::vector<Seen> seen;
  for (const bool in_new : {false, true}) {
    const auto ok = look_into(in_new ? new_ : cur_, in_new, seen);
    if (!ok) return std::unexpected(ok.error());
  }
  return std::ranges::any_of(
      seen, [](const Seen& one) { return one.own.has_value(); });
}

StoreResult<> MaildirFolder::take_over_files(std::vector<Seen>& seen,
                                             std::vector<Seen>& foreign) {
  std::ranges::sort(foreign, {}, &Seen::name);
  const auto uids = uids_of(seen, foreign);
  if (!uids) return std::unexpected(uids.error());
  if (state_.taking_over == static_cast<std::uint8_t>(ForeignServer::courier)) {
    if (const auto ok = add_courier_keywords(foreign); !ok) return ok;
  }
  // The others get the next UIDs, before the record is taken away: what is said
  // of them beside their names is not read again.
  if (const auto ok = reserve(foreign.size(), 0); !ok) return ok;
  const std::size_t before = seen.size();
  std::size_t listed = 0;
  std::vector<Seen> left;
  for (const bool with_uid : {true, false}) {
    for (std::size_t n = 0; n < foreign.size(); ++n) {
      if (((*uids)[n] != 0) != with_uid) continue;
      Seen& one = foreign[n];
      if (seen.size() >= tree_.limits.folder_messages_max) {
        left.push_back(std::move(one));
        continue;
      }
      const auto given = give_name(one, !with_uid, (*uids)[n]);
      if (!given) return std::unexpected(given.error());
      listed += *given && with_uid ? 1U : 0U;
      if (*given) seen.push_back(std::move(one));
    }
  }
  const std::size_t others = seen.size() - before - listed;
  std::ranges::sort(seen, {}, [](const Seen& one) { return one.own->uid; });
  foreign = std::move(left);
  if (const auto ok = tree_.flush_directories({new_, cur_}); !ok) return ok;
  tree_.ports.log.line(Severity::info, "messages_taken_over",
                       {{"mailbox", name_},
                        {"messages", std::uint64_t{listed}},
                        {"others", std::uint64_t{others}}});
  state_.taking_over = 0;
  state_.taking_over_below = 0;
  return write_state(true);
}

// For each of `foreign` the UID that the server gave it, or 0. Of two files
// with one base name the first has it, and of two that would have one UID.
StoreResult<std::vector<Uid>> MaildirFolder::uids_of(
    const std::vector<Seen>& seen, const std::vector<Seen>& foreign) {
  std::vector<std::size_t> by_base(foreign.size());
  for (std::size_t n = 0; n < by_base.size(); ++n) by_base[n] = n;
  const auto base = [&](std::size_t n) { return base_of(foreign[n].name); };
  // Alike bases in the order of the files' names.
  std::ranges::sort(by_base, {},
                    [&](std::size_t n) { return std::pair{base(n), n}; });
  std::vector<Uid> uids(foreign.size());
  const auto read =
      ForeignLists(tree_.disk, directory_)
          .each_record(
              static_cast<ForeignServer>(state_.taking_over),
              [&](const UidListRecord& record) {
                if (record.uid >= state_.taking_over_below) return;
                const auto uid = static_cast<Uid>(record.uid);
                const auto file = std::ranges::lower_bound(
                    by_base, std::string_view(record.base), {}, base);
                if (file == by_base.end() || base(*file) != record.base) return;
                const bool is_taken = std::ranges::binary_search(
                    seen, uid, {},
                    [](const Seen& one) { return one.own->uid; });
                if (!is_taken) uids[*file] = uid;
              });
  if (read) return uids;
  return std::unexpected(tree_.fail("take_over", read.error()));
}

StoreResult<> MaildirFolder::add_courier_keywords(std::vector<Seen>& foreign) {
  const auto bits = ForeignLists(tree_.disk, directory_)
                        .courier_keyword_bits(state_.keywords, false);
  if (!bits) return std::unexpected(tree_.fail("take_over", bits.error()));
  for (Seen& one : foreign) {
    // Courier knows nothing of letters in names.
    const auto its = bits->find(base_of(one.name));
    one.info.lower = its == bits->end() ? 0 : its->second;
    one.has_info = one.has_info || one.info.lower != 0;
  }
  return {};
}

}  // namespace postkeep::store
