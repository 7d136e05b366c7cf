// The command sendmail: takes a message from a program of this machine and
// leaves it where the server will find it. It has no rights but its caller's.
//
// Here:      Departure, leave(), what the modes of the command share.
// Not here:  options (cli/sendmail_options.h), what is made of the text
//            (cli/sendmail_message.h), -bs (cli/sendmail_smtp.cc).
// Laws:      tests/clients/sendmail_test.py: status 0 only after the message is
//            on the disk.
#pragma once

#include <string>
#include <string_view>

#include "cli/sendmail_message.h"
#include "cli/sendmail_options.h"
#include "config/config.h"
#include "smtp/client_mail.h"

namespace postkeep::cli {

// sysexits.h: what programs that call sendmail know.
inline constexpr int exit_usage = 64;
inline constexpr int exit_data = 65;
inline constexpr int exit_unavailable = 69;
inline constexpr int exit_io = 74;
inline constexpr int exit_try_again = 75;
inline constexpr int exit_not_permitted = 77;
inline constexpr int exit_configuration = 78;

struct Departure {
  config::Config config;
  LocalSender sender;
  SendmailOptions options;
};

// "sendmail: " and the text on standard error; returns `status`.
int refuse(int status, std::string_view text);

// Leaves the message in the drop directory; a status.
[[nodiscard]] int leave(const Departure& departure, smtp::OutgoingMail mail,
                        std::string_view message);

// -bs: a session on standard input and output.
[[nodiscard]] int speak_smtp(const Departure& departure);

}  // namespace postkeep::cli
