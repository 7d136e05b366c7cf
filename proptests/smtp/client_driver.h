// Plays the role of a client session, in memory: delivers one mail after the
// other, gives the content, keeps what came of it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smtp/client_session.h"

namespace postkeep::smtp {

struct ClientJob {
  OutgoingMail mail;
  std::string content;
};

// `content` scanned, one recipient for each of `recipients`.
[[nodiscard]] ClientJob job_of(std::string content,
                               const std::vector<std::string>& recipients);

class ClientDriver {
 public:
  enum class Tls : std::uint8_t { starts, fails, hangs };

  explicit ClientDriver(const ClientOptions& options, bool has_tls = false);

  // Set before start().
  std::deque<ClientJob> jobs;
  Tls tls = Tls::starts;
  bool logs_in = true;           // The exchange goes on, at each step.
  bool answers_sasl = true;      // At all.
  bool initial_response = true;  // SASL: with AUTH.
  std::string response = "me";   // SASL: what it says.
  std::size_t piece_octets_max = content_piece_octets_max;
  // After so many pieces of one content the next is not given by itself.
  std::size_t pieces_given_max = SIZE_MAX;
  bool requeues = true;  // What was put off is another job.
  // Told each event: the state before and after.
  std::function<void(ClientState before, ClientEvent event, ClientState to)>
      observe;

  void start();
  // `event`: which one it is for the session, where the caller knows.
  void received(std::string_view octets,
                std::optional<ClientEvent> event = std::nullopt);
  void peer_closed();
  void timeout();  // At the deadline, if there is one.
  void quit();
  void content_lost();
  // Gives what is awaited, however many pieces were given.
  void give_piece();

  // What was sent since the last call.
  [[nodiscard]] std::string take_sent();

  struct Ended {
    ClientJob job;
    std::vector<RecipientResult> results;
  };
  std::vector<Ended> ended;
  std::optional<SessionClosed> closed;
  std::optional<SessionReady> ready;
  std::size_t tls_count = 0;
  // In short, everything that was sent and told.
  std::string log;
  // A promise of smtp/client_session.h was not kept.
  bool broken = false;

  [[nodiscard]] const ClientSession& session() const { return session_; }
  [[nodiscard]] bool wants_content() const { return wanted_ > 0; }
  SteadyTime now;

 private:
  void act(std::optional<ClientEvent> event,
           const std::function<void()>& session_call);
  void take_effects();
  void take(SendOctets& send);
  void take(TlsWanted& wanted);
  void take(SaslWanted& wanted);
  void take(SessionReady& up);
  void take(ContentWanted& wanted);
  void take(TransactionEnded& end);
  void take(SessionClosed& end);
  void deliver_next();

  ClientSession session_;
  std::string sent_;
  std::optional<ClientJob> under_way_;
  std::size_t given_octets_ = 0;
  std::size_t pieces_given_ = 0;
  std::size_t wanted_ = 0;
};

}  // namespace postkeep::smtp
