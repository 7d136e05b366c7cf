// A model of one POP3 session: what RFC 1939 says each command answers, given
// what was in the mailbox when the session began and what has gone since.
//
// Here:      SessionModel.
// Not here:  the words of an answer: any do.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pop3/command_laws.h"
#include "pop3/message_writer_laws.h"

namespace postkeep::pop3 {

struct ModelMessage {
  std::uint32_t uid = 0;
  std::string text;
  bool marked = false;
  // Once somebody has asked: what has gone before is told as it was at rest.
  std::optional<std::size_t> size;
};

// One answer that is due: "+OK" or "-ERR", then what must follow.
struct DueAnswer {
  bool ok = false;
  std::optional<std::string> rest;  // Of the line, when it is not free.
  std::optional<std::string> body;  // Of a multi-line answer.
};

class SessionModel {
 public:
  explicit SessionModel(std::vector<ModelMessage> maildrop)
      : maildrop_(std::move(maildrop)) {
    due_.push_back({true, {}, {}});
  }

  // `is_there`: whether a message has not been taken away by others.
  void said(Octets octets,
            const std::function<bool(std::uint32_t uid)>& is_there);
  // Reads all that was heard. What is wrong with it, if anything.
  [[nodiscard]] std::optional<std::string> hear(std::string_view heard);

  [[nodiscard]] bool is_over() const { return over_; }
  // After QUIT: what must be gone.
  [[nodiscard]] std::vector<std::uint32_t> removed() const;

 private:
  struct Answer;
  void command(const Command& command,
               const std::function<bool(std::uint32_t uid)>& is_there);
  void wrong();
  [[nodiscard]] ModelMessage* message(std::uint32_t number);
  [[nodiscard]] std::string id_of(const ModelMessage& message) const;

  std::vector<ModelMessage> maildrop_;
  std::vector<DueAnswer> due_;
  std::size_t next_due_ = 0;
  LineReader lines_;
  std::size_t wrong_count_ = 0;
  bool over_ = false;
  bool quit_ = false;
};

inline constexpr std::size_t model_bad_commands_max = 20;

}  // namespace postkeep::pop3
