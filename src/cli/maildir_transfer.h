// Maildir trees in and out, a folder a mailbox.
//
// Here:      import_maildir(), export_maildir(), the names of both sides.
// Not here:  mbox files (cli/import.cc, cli/export.cc).
// Laws:      tests/clients/maildir_transfer_test.py: no message twice, none
//            lost, whenever either side dies; out and in again is the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/operator_config.h"

namespace postkeep::cli {

[[nodiscard]] int import_maildir(const OperatorConfig& config,
                                 const TransferOptions& options);
[[nodiscard]] int export_maildir(const OperatorConfig& config,
                                 const TransferOptions& options);

// The mailbox of a tree's folder when the root of the tree is `top`; and the
// other way, nullopt when `mailbox` is not below `top`. INBOX is above all.
[[nodiscard]] std::string mailbox_below(const std::string& top,
                                        const std::string& folder);
[[nodiscard]] std::optional<std::string> folder_below(std::string_view top,
                                                      std::string_view mailbox);

}  // namespace postkeep::cli
