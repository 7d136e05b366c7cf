// Dialogues: stories of one SMTP session as text, played against the session.
//
//   # a comment
//   = service submission       an option; before the first line of the story
//   C: EHLO client.example     the client sends a line (CRLF is added)
//   C> a\nb                    the client sends octets: \r \n \0 \\ \xNN
//   S: 250 2.0.0 OK            the server's next reply line; a final * is
//                              "whatever follows"
//   ? recipient a@example.org  what the session asks of its role next
//   ! recipient local          what the role answers, or what time does
//
// Lines of the client that follow each other arrive in one piece. At the end
// no reply and no question may be left.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/server_session.h"

namespace postkeep::smtp {

class Dialog {
 public:
  // Plays the whole story. What went wrong first, or nothing.
  [[nodiscard]] std::optional<std::string> play(std::string_view story);

 private:
  [[nodiscard]] bool line(std::string_view line);
  [[nodiscard]] bool option(std::string_view key, std::string_view value);
  [[nodiscard]] bool expect_reply(std::string_view wanted);
  [[nodiscard]] bool expect_question(std::string_view wanted);
  [[nodiscard]] bool answer(std::string_view what, std::string_view rest);
  void answer_sender(std::string_view first, std::string_view more);
  void answer_message(std::string_view first, std::string_view more);
  void open();
  void flush();
  void take_effects();
  void take(Effect& effect);
  [[nodiscard]] bool fail(std::string why);

  ServerOptions options_;
  Peer peer_{.address = "192.0.2.1"};
  bool implicit_tls_ = false;
  bool unstarted_ = false;
  std::unique_ptr<ServerSession> session_;
  SteadyTime now_;
  std::string pending_;
  bool has_pending_ = false;
  std::string reply_octets_;
  std::deque<std::string> replies_;
  std::deque<std::string> questions_;
  std::deque<std::string> notes_;
  std::string offered_text_;
  QuestionNumber question_ = 0;
  std::string why_;
};

}  // namespace postkeep::smtp
