#include "imap/capability.h"

namespace postkeep::imap {

std::string capabilities_before_login(bool offers_starttls, bool offers_login,
                                      std::span<const std::string> mechanisms) {
  // ENABLE works after login alone, but there are clients that ask only once,
  // before it: Python's imaplib.
  std::string list = "IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID ENABLE";
  if (offers_starttls) list += " STARTTLS";
  if (!offers_login) {
    list += " LOGINDISABLED";
    return list;
  }
  for (const std::string& mechanism : mechanisms) {
    list += " AUTH=";
    list += mechanism;
  }
  return list;
}

std::string capabilities_after_login(std::uint64_t append_octets_max,
                                     bool offers_utf8) {
  std::string list =
      "IMAP4rev1 IMAP4rev2 LITERAL- ID ENABLE IDLE NAMESPACE UNSELECT "
      "UIDPLUS MOVE CHILDREN LIST-EXTENDED LIST-STATUS STATUS=SIZE "
      "SPECIAL-USE CREATE-SPECIAL-USE ESEARCH SEARCHRES CONDSTORE QRESYNC "
      "MULTIAPPEND BINARY APPENDLIMIT=" +
      std::to_string(append_octets_max);
  if (offers_utf8) list += " UTF8=ACCEPT";
  return list;
}

}  // namespace postkeep::imap
