#include "imap/list.h"

#include <algorithm>

namespace postkeep::imap {
namespace {

// Matching costs pattern x name steps at most: so many names in one slice.
constexpr std::size_t slice_names_max = 200;

void write_name(SessionCore& core, std::string_view response,
                std::string_view attributes, std::string_view name) {
  std::string& out = core.out();
  out += "* ";
  out += response;
  out += " (";
  out += attributes;
  out += ") \"";
  out += static_cast<char>(core.separator());
  out += "\" ";
  write_mailbox(out, name, core.dialect(), core.separator());
}

bool is_below(std::string_view mailbox, std::string_view parent) {
  return mailbox.size() > parent.size() && mailbox.starts_with(parent) &&
         mailbox[parent.size()] == hierarchy_separator;
}

}  // namespace

std::string attributes_of(const store::FolderInfo& folder, bool says_subscribed,
                          bool as_new) {
  std::string attributes =
      folder.has_children ? "\\HasChildren" : "\\HasNoChildren";
  if (!folder.exists) attributes += as_new ? " \\NonExistent" : " \\Noselect";
  if (says_subscribed && folder.subscribed) attributes += " \\Subscribed";
  if (!folder.special_use.empty()) attributes += ' ' + folder.special_use;
  return attributes;
}

ListWork::ListWork(const List& request, std::vector<store::FolderInfo> folders)
    : request_(request), folders_(std::move(folders)) {
  for (const std::string& pattern : request.patterns) {
    patterns_.emplace_back(request.reference, pattern);
  }
  if (request.select_recursive_match) add_missing_parents();
}

// RFC 9051 section 6.3.9.6: what is above a name that is subscribed to is told
// of though it be not there.
void ListWork::add_missing_parents() {
  std::set<std::string, std::less<>> names;
  for (const store::FolderInfo& folder : folders_) names.insert(folder.name);
  std::vector<store::FolderInfo> missing;
  for (const store::FolderInfo& folder : folders_) {
    if (!folder.subscribed) continue;
    for (std::size_t at = folder.name.find(hierarchy_separator);
         at != std::string::npos;
         at = folder.name.find(hierarchy_separator, at + 1)) {
      std::string parent = folder.name.substr(0, at);
      if (!names.insert(parent).second) continue;
      missing.emplace_back().name = std::move(parent);
      missing.back().exists = false;
    }
  }
  folders_.insert(folders_.end(), missing.begin(), missing.end());
}

bool ListWork::is_wanted(const store::FolderInfo& folder) const {
  if (request_.select_special_use && folder.special_use.empty()) return false;
  return std::ranges::any_of(patterns_, [&](const ListPattern& pattern) {
    return pattern.matches(folder.name);
  });
}

// RFC 9051 section 6.3.9.6: a mailbox that is subscribed to says so of what is
// below it; one that is not is told of only if something below it is not told
// of itself.
bool ListWork::says_child_matches(std::size_t index) const {
  const store::FolderInfo& folder = folders_[index];
  return std::ranges::any_of(folders_, [&](const store::FolderInfo& other) {
    return other.subscribed && is_below(other.name, folder.name) &&
           (folder.subscribed || !is_wanted(other));
  });
}

void ListWork::write_folder(SessionCore& core, std::size_t index) {
  const store::FolderInfo& folder = folders_[index];
  if (!is_wanted(folder)) return;
  // RFC 9051 section 6.3.9.1: RECURSIVEMATCH also wants what is above.
  const bool child_matches = request_.select_subscribed &&
                             request_.select_recursive_match &&
                             says_child_matches(index);
  if (request_.select_subscribed) {
    if (!folder.subscribed && !child_matches) return;
  } else if (!folder.exists && !folder.has_children) {
    return;  // Only subscribed to.
  }
  // RFC 5819 section 2: no STATUS for what cannot be selected, and \Noselect
  // for what turns out to be so now.
  std::optional<store::FolderStatus> status;
  const bool wants_status = !request_.return_status.empty() && folder.exists;
  if (wants_status) {
    if (const auto found = core.store().status(folder.name)) status = *found;
  }
  std::string attributes = attributes_of(
      folder, request_.return_subscribed || request_.select_subscribed,
      request_.extended || core.dialect() == Dialect::rev2);
  if (wants_status && !status) attributes += " \\Noselect";
  write_name(core, "LIST", attributes, folder.name);
  if (child_matches) core.out() += " (\"CHILDINFO\" (\"SUBSCRIBED\"))";
  core.out() += "\r\n";
  if (status) {
    core.write_status_of(folder.name, request_.return_status, *status);
  }
}

bool ListWork::step(SessionCore& core) {
  // RFC 9051 section 6.3.9: an empty pattern asks for the separator.
  const bool asks_separator = !request_.extended &&
                              request_.patterns.size() == 1 &&
                              request_.patterns.front().empty();
  if (asks_separator) {
    write_name(core, "LIST", "\\Noselect", "");
    core.out() += "\r\n";
    next_ = folders_.size();
  }
  for (std::size_t n = 0; n < slice_names_max && next_ < folders_.size(); ++n) {
    if (!core.has_room()) return false;
    write_folder(core, next_++);
  }
  if (next_ < folders_.size()) return false;
  core.complete({Condition::ok, {}, core.done(), true});
  return true;
}

LsubWork::LsubWork(const Lsub& request, std::vector<store::FolderInfo> folders)
    : pattern_(request.reference, request.pattern),
      folders_(std::move(folders)) {
  std::erase_if(folders_,
                [](const auto& folder) { return !folder.subscribed; });
  for (const store::FolderInfo& folder : folders_) {
    if (pattern_.matches(folder.name)) told_.insert(folder.name);
  }
}

bool LsubWork::step(SessionCore& core) {
  for (std::size_t n = 0; n < slice_names_max && next_ < folders_.size(); ++n) {
    if (!core.has_room()) return false;
    const store::FolderInfo& folder = folders_[next_++];
    if (pattern_.matches(folder.name)) {
      write_name(core, "LSUB", {}, folder.name);
      core.out() += "\r\n";
      continue;
    }
    // RFC 3501 section 6.3.9: "foo", not subscribed to, for "foo/bar" and "%".
    const std::string_view parent = pattern_.matching_parent(folder.name);
    if (!parent.empty() && told_.insert(std::string(parent)).second) {
      write_name(core, "LSUB", "\\Noselect", parent);
      core.out() += "\r\n";
    }
  }
  if (next_ < folders_.size()) return false;
  core.complete({Condition::ok, {}, core.done(), true});
  return true;
}

}  // namespace postkeep::imap
