// Dialogues as text: one story a file, played against the real sessions of
// IMAP or POP3.
//
// Here:      play(), which returns what went otherwise than written.
// Not here:  the stories (tests/dialogs/imap, tests/dialogs/pop3).
//
// A story is made of these lines; what begins with '#' is for the reader.
//   mailbox NAME               a mailbox that is there
//   message NAME "DATE" (FLAGS) and "| " lines: a message in it, now
//   expunge NAME UID           another program's doing, seen at once
//   foreign expunge NAME UID   the same, seen when the session looks
//   fail NAME|store ERROR      the next call there fails
//   uid_next NAME UID, wait SECONDS, shut_down
//   C: LINE                    the client sends it with CRLF ("C| ": without)
//   S: LINE                    the server sends it; " ..." at the end: any rest
//   closed                     the server is done
//   session WORDS              how the sessions of the story are to begin
// C2:, S2:, closed2: a second session of the same user. \xNN is an octet.
// Before login (first line "before login [tls] [plaintext] MECHANISM..."):
//   E: EFFECT                  what the session asks for
//   tls_started, challenge TEXT, accept [TEXT], refuse WHY
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace postkeep::imap {

struct PlayHow {
  std::size_t octets_at_once = 1 << 20;  // What the server gets at a time,
  std::size_t taken_at_once = 1 << 20;   // and what the client takes.
};

class DialogProtocol;  // tests/imap/dialog_client.h

// What went otherwise, with the line; nullopt: it all went as written, and
// every response kept to the formal syntax.
[[nodiscard]] std::optional<std::string> play(const std::string& path,
                                              PlayHow how,
                                              DialogProtocol& protocol);
// The same, in IMAP.
[[nodiscard]] std::optional<std::string> play(const std::string& path,
                                              PlayHow how);

}  // namespace postkeep::imap
