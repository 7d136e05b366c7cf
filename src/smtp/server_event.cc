#include "smtp/server_event.h"

#include "base/check.h"

namespace postkeep::smtp {

std::string_view name(Noted::What what) {
  switch (what) {
    case Noted::What::greeted: return "greeted";
    case Noted::What::tls_started: return "tls_started";
    case Noted::What::authenticated: return "authenticated";
    case Noted::What::login_refused: return "login_refused";
    case Noted::What::mail: return "mail";
    case Noted::What::sender_refused: return "sender_refused";
    case Noted::What::recipient_refused: return "recipient_refused";
    case Noted::What::message_refused: return "message_refused";
    case Noted::What::message_offered: return "message_offered";
    case Noted::What::message_accepted: return "message_accepted";
    case Noted::What::command_refused: return "command_refused";
    case Noted::What::out_of_turn: return "out_of_turn";
    case Noted::What::limit_reached: return "limit_reached";
    case Noted::What::timed_out: return "timed_out";
    case Noted::What::closed: return "closed";
  }
  check_failed("Noted::What holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::smtp
