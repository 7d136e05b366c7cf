// One session of a user, between its octet stream and its protocol.

#include <algorithm>
#include <chrono>
#include <utility>

#include "role/mailbox.h"

namespace postkeep::role {
namespace {

// What the client has not read yet: past it no more is made.
constexpr std::size_t waiting_octets_max = 128 * 1024;
// What a client said before it left is still done, for so many slices of work:
// enough for what it may have pipelined, not for fetching a mailbox for nobody.
constexpr std::uint32_t slices_after_end_max = 256;

}  // namespace

MailboxSession::MailboxSession(MailboxRole& role, std::uint64_t number,
                               const ipc::SessionHandOver& given,
                               std::unique_ptr<Connection> client,
                               std::unique_ptr<UserSession> session)
    : role_(role),
      number_(number),
      session_id_(given.session),
      client_(std::move(client)),
      session_(std::move(session)) {
  client_->tell(this);
  if (!given.unread.empty()) session_->received(given.unread);
  set_timer();
}

MailboxSession::~MailboxSession() { role_.context_.timers.cancel(timer_); }

bool MailboxSession::has_work() const {
  return !ended_ && session_->has_work() &&
         (client_left_ || client_->unsent() < waiting_octets_max);
}

void MailboxSession::received(Octets octets) {
  session_->received(octets);
  client_->read_on(session_->wants_input());
  role_.work_soon();
}

void MailboxSession::sent_all() { role_.work_soon(); }

void MailboxSession::step() {
  if (has_work()) session_->step();
  if (ended_) return;
  if (client_left_) return finish();
  send_output();
}

// Nobody hears the answers any more.
void MailboxSession::finish() {
  while (!session_->output().empty()) {
    session_->output_taken(session_->output().size());
  }
  slices_after_end_ += 1;
  if (!session_->has_work() || slices_after_end_ >= slices_after_end_max) {
    end("closed_by_client");
  }
}

void MailboxSession::send_output() {
  while (client_->unsent() < waiting_octets_max &&
         !session_->output().empty()) {
    const std::size_t octets = session_->output().size();
    client_->send(session_->output());
    session_->output_taken(octets);
  }
  if (session_->wants_close() && session_->output().empty()) {
    client_->close_when_sent();
    return end("closed");
  }
  client_->read_on(session_->wants_input());
  set_timer();
}

// Like SmtpConnection's: a timer that comes early looks again.
void MailboxSession::set_timer() {
  const SteadyTime deadline = session_->deadline();
  if (timer_ != TimerId::none && timer_at_ <= deadline) return;
  Timers& timers = role_.context_.timers;
  timers.cancel(timer_);
  timer_at_ = deadline;
  const Duration wait = std::max(deadline - role_.context_.clock.steady(),
                                 Duration(std::chrono::milliseconds(1)));
  timer_ = timers.after(wait, [this] {
    timer_ = TimerId::none;
    if (session_->deadline() <= role_.context_.clock.steady()) session_->tick();
    set_timer();
    role_.work_soon();
  });
}

void MailboxSession::shut_down() {
  session_->shut_down();
  role_.work_soon();
}

// Its last words may have come in the same moment: POP3 deletes what a client
// marked if it said QUIT (RFC 1939 section 6), not if it also heard the answer.
void MailboxSession::ended(Trouble /*why*/) {
  client_left_ = true;
  role_.work_soon();
}

void MailboxSession::end(std::string_view why) {
  if (std::exchange(ended_, true)) return;
  role_.context_.log.line(Severity::info, "session_ended",
                          {{"session", session_id_},
                           {"user", role_.context_.user},
                           {"commands", session_->commands()},
                           {"why", why}});
  role_.context_.timers.cancel(std::exchange(timer_, {}));
  client_->close_when_sent();
  role_.forget(number_);
}

}  // namespace postkeep::role
