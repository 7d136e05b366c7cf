// The inside of Session: its state, its output, and what each command does.
//
// Here:      SessionCore.
// Not here:  what a session promises (pop3/session.h).
// Grammar:   pop3/line.h, pop3/command.h.
// Laws:      those of pop3/session.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pop3/command.h"
#include "pop3/line.h"
#include "pop3/maildrop.h"
#include "pop3/message_writer.h"
#include "pop3/responses.h"
#include "pop3/session.h"

namespace postkeep::pop3 {

// States, and who leaves them (docs/pop3_session.md draws them):
//   opening      open_maildrop(): to transaction; to over when the lock is
//                another's or the mailbox cannot be opened
//   transaction  quit(): to update; tick(), shut_down(), end(): to over
//   update       step_update(): to over
//   over         never
// In transaction the session reads commands, or works at one: STAT and LIST
// (sizes), UIDL, RETR and TOP are done in slices.
class SessionCore {
 public:
  SessionCore(store::MailStore& store, MaildropLock& lock, const Clock& clock,
              SessionStart start, SessionLimits limits);

  // For Session: see pop3/session.h.
  void received(Octets octets);
  [[nodiscard]] bool wants_input() const;
  [[nodiscard]] bool has_work() const;
  void step();
  [[nodiscard]] Octets output() const;
  void output_taken(std::size_t octets);
  [[nodiscard]] SteadyTime deadline() const;
  void tick();
  void shut_down() { shutting_down_ = true; }
  [[nodiscard]] bool wants_close() const { return state_ == State::over; }
  [[nodiscard]] std::uint64_t commands() const { return commands_; }

 private:
  enum class State : std::uint8_t { opening, transaction, update, over };
  enum class Work : std::uint8_t { none, stat, list, uidl, text };

  void open_maildrop();
  void read_one();
  void answer(const Command& command);
  void run(const Stat& command);
  void run(const List& command);
  void run(const Retr& command);
  void run(const Dele& command);
  void run(const Noop& command);
  void run(const Rset& command);
  void run(const Top& command);
  void run(const Uidl& command);
  void run(const Capa& command);
  void run(const Lang& command);
  void run(const Quit& command);
  // Those of the AUTHORIZATION state.
  template <typename Other>
  void run(const Other& command);

  void begin(Work work);
  void step_work();
  void step_stat();
  void step_list();
  void step_uidl();
  void step_text();
  void step_update();
  // Sizes one message; false when this slice has done enough.
  [[nodiscard]] bool size_next();
  void begin_text(std::uint32_t number,
                  std::optional<std::uint32_t> body_lines_max);

  [[nodiscard]] bool has_message(std::uint32_t number);
  [[nodiscard]] bool has_room() const {
    return output_.size() - output_taken_ < output_octets_max;
  }
  void ok(std::string_view text) { write_ok(output_, text); }
  void error(ResponseCode code, std::string_view text) {
    write_error(output_, code, text);
  }
  void wrong(std::string_view text);
  void end();

  store::MailStore& store_;
  MaildropHold hold_;
  const Clock& clock_;
  SessionStart start_;
  SessionLimits limits_;
  LineReader lines_;
  State state_ = State::opening;
  std::optional<Maildrop> maildrop_;

  Work work_ = Work::none;
  std::uint32_t next_ = 0;        // The number it is at.
  std::uint64_t sum_octets_ = 0;  // STAT's, so far.
  std::uint32_t sum_messages_ = 0;
  std::size_t slice_messages_ = 0;
  std::uint64_t slice_octets_ = 0;
  std::unique_ptr<store::TextReader> reader_;
  std::optional<MessageWriter> writer_;
  std::vector<store::Uid> marked_;  // In update.
  std::size_t removed_ = 0;

  std::string input_;  // Not yet read, from input_read_ on.
  std::size_t input_read_ = 0;
  std::string output_;  // Not yet taken, from output_taken_ on.
  std::size_t output_taken_ = 0;
  bool shutting_down_ = false;
  std::uint64_t commands_ = 0;
  std::size_t bad_commands_ = 0;
  SteadyTime last_input_;
  SteadyTime last_output_;
};

}  // namespace postkeep::pop3
