#include "tls/error.h"

#include "base/check.h"

namespace postkeep::tls {

std::string_view name(TlsError error) {
  switch (error) {
    case TlsError::not_tls: return "not_tls";
    case TlsError::version_unsupported: return "version_unsupported";
    case TlsError::nothing_in_common: return "nothing_in_common";
    case TlsError::protocol_refused: return "protocol_refused";
    case TlsError::name_refused: return "name_refused";
    case TlsError::malformed: return "malformed";
    case TlsError::handshake_too_long: return "handshake_too_long";
    case TlsError::renegotiation_refused: return "renegotiation_refused";
    case TlsError::alert_received: return "alert_received";
    case TlsError::signing_failed: return "signing_failed";
    case TlsError::certificate_expired: return "certificate_expired";
    case TlsError::certificate_of_others: return "certificate_of_others";
    case TlsError::certificate_untrusted: return "certificate_untrusted";
    case TlsError::certificate_refused: return "certificate_refused";
    case TlsError::output_full: return "output_full";
    case TlsError::other: return "other";
  }
  check_failed("TlsError holds one of its enumerators", __FILE__, __LINE__);
}

}  // namespace postkeep::tls
