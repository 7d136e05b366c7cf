#include "role/mbox_users.h"

#include <variant>

#include "auth/account.h"

namespace postkeep::role {

const std::string* MboxUsers::file_of(std::string_view account) const {
  if (files_.empty()) return nullptr;
  const auto at = files_.find(auth::folded(account));
  return at == files_.end() ? nullptr : &at->second;
}

std::optional<MboxUsers> given_mbox_users(RoleContext& context) {
  const auto text = given_text(context, "mboxes");
  const auto file = text ? auth::AccountFile::read(octets(*text))
                         : std::unexpected(auth::AccountError{});
  if (!file) {
    context.log.line(
        Severity::error, "mboxes_unusable",
        {{"line", file.error().line}, {"why", name(file.error().fault)}});
    return std::nullopt;
  }
  MboxUsers users;
  for (const auth::AccountLine& line : file->lines) {
    const auto* account = std::get_if<auth::Account>(&line);
    if (account == nullptr || account->mbox.empty()) continue;
    users.files_[auth::folded(account->address)] = account->mbox;
  }
  return users;
}

}  // namespace postkeep::role
