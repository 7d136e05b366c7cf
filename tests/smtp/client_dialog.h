// Dialogues of one SMTP client session as text, played against the session.
//
//   # a comment
//   = tls required             an option; before the first line of the story
//   S: 250 OK                  the server sends a line (CRLF is added)
//   S> a\r\nb                  the server sends octets: \r \n \0 \\ \xNN
//   C: EHLO client.example     the next line that the client has sent; a final
//                              * is "whatever follows"
//   ! deliver f@a to@b to@c    what the role does next, or what time does
//   ? ready                    what the role is told or asked next
//
// Lines of the server that follow each other arrive in one piece. At the end
// nothing that was sent or told may be left.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/client_session.h"

namespace postkeep::smtp {

class ClientDialog {
 public:
  // Plays the whole story. What went wrong first, or nothing.
  [[nodiscard]] std::optional<std::string> play(std::string_view story);

 private:
  [[nodiscard]] bool line(std::string_view line);
  [[nodiscard]] bool option(std::string_view key, std::string_view value);
  [[nodiscard]] bool act(std::string_view what, std::string_view rest);
  [[nodiscard]] bool mail_option(std::string_view what, std::string_view rest);
  [[nodiscard]] bool expect_line(std::string_view wanted);
  [[nodiscard]] bool expect_told(std::string_view wanted);
  void deliver(std::string_view addresses);
  void give(std::size_t octets_max);
  void open();
  void flush();
  void take_effects();
  void take(ClientEffect& effect);
  [[nodiscard]] bool fail(std::string why);

  ClientOptions options_;
  bool has_tls_ = false;
  std::unique_ptr<ClientSession> session_;
  SteadyTime now_;
  OutgoingMail mail_;
  std::string content_ = "Subject: a\r\n";
  std::string given_;  // What is left of it.
  std::string pending_;
  std::string sent_;
  std::deque<std::string> told_;
  std::string why_;
};

}  // namespace postkeep::smtp
