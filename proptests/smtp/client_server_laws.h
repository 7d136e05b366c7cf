// Our client and our server, connected in memory: what is given to the one
// comes out of the other.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "smtp/client_driver.h"
#include "smtp/server_session.h"

namespace postkeep::smtp {

// A server session and the role behind it. Recipients whose local part begins
// with "nobody" are unknown, "busy" cannot be said, "full" are over quota; all
// others are local. A message with "refuse" in front is refused.
class ServerPeer {
 public:
  // `cuts`: how many octets at a time pass, either way, over and over.
  ServerPeer(const ServerOptions& options, std::vector<std::size_t> cuts);

  void start();
  // Takes what the client sent, piece by piece; gives what is to be said.
  void received(std::string_view octets);
  [[nodiscard]] std::string take_said();
  [[nodiscard]] std::size_t next_cut();
  [[nodiscard]] bool closed() const { return closed_; }

  struct Arrived {
    Envelope envelope;
    std::string content;
  };
  std::vector<Arrived> arrived;

 private:
  void take_effects();
  void take(SendReply& send);
  void take(StartTlsNow& now);
  void take(AskSender& ask);
  void take(AskRecipient& ask);
  void take(Authenticate& step);
  void take(ForgetAuthentication& forget);
  void take(OfferMessage& offer);
  void take(Noted& noted);
  void take(Close& close);

  ServerSession session_;
  std::vector<std::size_t> cuts_;
  std::size_t cut_ = 0;
  std::string said_;
  bool closed_ = false;
};

// Until the client's session has ended.
void run_with_server(ClientDriver& driver, ServerPeer& peer);

// Each recipient that is called delivered stands in exactly one envelope, with
// the octets and the parameters that were given, and no other does; those whom
// the server does not know are called refused, those it cannot judge deferred.
[[nodiscard]] bool law_server_has_what_was_given(const ClientDriver& driver,
                                                 const ServerPeer& peer);

}  // namespace postkeep::smtp
