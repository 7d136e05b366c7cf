// The options of sendmail(8), as programs have used them for forty years.
//
// Here:      SendmailOptions, read_sendmail_options().
// Not here:  what is done then (cli/sendmail.h).
// Laws:      tests/cli/sendmail_options_test.cc: no option names a file to
//            write or a program to run, whatever a web form puts there.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/parameter.h"

namespace postkeep::cli {

enum class SendmailMode : std::uint8_t {
  deliver,      // -bm, and when nothing is said: a message on standard input.
  smtp,         // -bs: SMTP on standard input and output.
  list_queue,   // -bp, mailq.
  new_aliases,  // -bi, -I, newaliases.
  run_queue,    // -q.
};

struct SendmailOptions {
  SendmailMode mode = SendmailMode::deliver;
  bool recipients_in_header = false;  // -t
  bool dots_are_text = false;         // -i, -oi: "." alone ends nothing.
  bool verbose = false;               // -v
  // -f, -r. Empty, or "<>": the null reverse path.
  std::optional<std::string> sender;
  std::string full_name;                   // -F: for From, where there is none.
  std::uint8_t notify = 0;                 // -N: bits of smtp::Notify.
  smtp::Ret ret = smtp::Ret::not_said;     // -R
  std::optional<std::string> envelope_id;  // -V
  std::string config_path;                 // -C
  std::vector<std::string> recipients;
};

// `program`: what it was called by, its last component: "mailq" and
// "newaliases" are modes. The error is a sentence. Options that mean nothing
// here (-m, -n, -oem, -odi, -B8BITMIME, -L, -X …) are passed over; those that
// ask for what this is not (-bd, -bt, -bv) are refused.
[[nodiscard]] std::expected<SendmailOptions, std::string> read_sendmail_options(
    std::string_view program, const std::vector<std::string>& arguments);

}  // namespace postkeep::cli
