// The laws of smtp/server_session.h on generated dialogues.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "smtp/server_session_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

rc::Gen<std::string> line() {
  return rc::gen::weightedElement<std::string>({
      {3, "EHLO a.example\r\n"},
      {1, "HELO a.example\r\n"},
      {6, "MAIL FROM:<a@example.net>\r\n"},
      {1, "MAIL FROM:<other@example.net>\r\n"},
      {1, "MAIL FROM:<often@example.net>\r\n"},
      {1, "MAIL FROM:<few@example.net>\r\n"},
      {1, "MAIL FROM:<> BODY=BINARYMIME\r\n"},
      {1, "MAIL FROM:<a@example.net> SIZE=301\r\n"},
      {1, "MAIL FROM:<\xC3\xB6@example.net> SMTPUTF8\r\n"},
      {6, "RCPT TO:<b@example.org>\r\n"},
      {1, "RCPT TO:<nobody@example.org>\r\n"},
      {1, "RCPT TO:<far@example.com>\r\n"},
      {1, "RCPT TO:<busy@example.org>\r\n"},
      {4, "DATA\r\n"},
      {3, "text\r\n"},
      {1, "refuse this\r\n"},
      {1, "bare\nlf\r\n"},
      {1, "Received: a\r\n"},
      {4, ".\r\n"},
      {2, "BDAT 4\r\nabcd"},
      {2, "BDAT 6 LAST\r\nabcd\r\n"},
      {1, "BDAT 3 LAST\r\na\nb"},
      {1, "BDAT 400\r\n"},
      {1, "BDAT 0 LAST\r\n"},
      {1, "RSET\r\n"},
      {1, "NOOP\r\n"},
      {1, "VRFY a\r\n"},
      {1, "STARTTLS\r\n"},
      {2, "AUTH PLAIN Z29vZA==\r\n"},
      {1, "AUTH PLAIN YmFk\r\n"},
      {1, "AUTH LOGIN\r\n"},
      {1, "Z29vZA==\r\n"},
      {1, "*\r\n"},
      {1, "\r\n"},
      {1, "QUIT\r\n"},
      {1, "\r"},
      {1, "x"},
  });
}

rc::Gen<std::string> dialogue(Service service) {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(line()),
                      [service](const std::vector<std::string>& lines) {
                        std::string all = service == Service::lmtp
                                              ? "LHLO a.example\r\n"
                                              : "EHLO a.example\r\n";
                        for (const std::string& each : lines) all += each;
                        return all;
                      });
}

rc::Gen<Service> service() {
  return rc::gen::element(Service::mx, Service::submission,
                          Service::submissions, Service::lmtp);
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("all that is sent is replies", [] {
    const Service served = *service();
    const SessionRuns runs = run_both(octets(*dialogue(served)), served);
    RC_ASSERT(law_all_that_is_sent_is_replies(runs.whole));
    RC_ASSERT(law_all_that_is_sent_is_replies(runs.cut));
  });
  held &= rc::check("offers are sound", [] {
    const Service served = *service();
    const SessionRuns runs = run_both(octets(*dialogue(served)), served);
    RC_ASSERT(law_offers_are_sound(runs.whole));
    RC_ASSERT(law_offers_are_sound(runs.cut));
  });
  held &= rc::check("cuts do not matter", [] {
    const Service served = *service();
    RC_ASSERT(law_session_cuts_do_not_matter(
        run_both(octets(*dialogue(served)), served)));
  });
  return held ? 0 : 1;
}
