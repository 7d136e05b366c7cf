// The laws of smtp/drop_head.h on generated values.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "smtp/drop_head_laws.h"

using namespace postkeep;
using namespace postkeep::smtp;

namespace {

rc::Gen<std::string> near_drop_head() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(
          rc::gen::elementOf(std::vector<std::string>{
              "POSTKEEP 1\r\n", "MAIL FROM:<a@b.example>\r\n", "MAIL FROM:<>",
              " BODY=8BITMIME", " SMTPUTF8", "RCPT TO:<c@d.example>\r\n",
              "RCPT TO:<Postmaster>", "\r\n", " NOTIFY=NEVER",
              "BDAT 12 LAST\r\n", "BDAT ", "9", " LAST", "DATA\r\n", " ", "\n",
              "\xC3\xB6", std::string(1, '\0')})),
      [](const std::vector<std::string>& parts) {
        std::string all = "POSTKEEP 1\r\nMAIL FROM:<a@b.example>\r\n";
        for (const std::string& each : parts) all += each;
        return all;
      });
}

// A mailbox with any local part that there is.
rc::Gen<Mailbox> mailbox() {
  return rc::gen::map(
      rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7f')),
      [](std::string local) {
        if (local.size() > local_part_octets_max) {
          local.resize(local_part_octets_max);
        }
        std::string quoted = "\"";
        for (const char c : local) {
          if (c == '"' || c == '\\') quoted += '\\';
          quoted += c;
        }
        const auto read = read_mailbox(quoted + "\"@example.org");
        return read ? *read : Mailbox::postmaster();
      });
}

}  // namespace

int main() {
  bool held = true;
  held &= rc::check("cuts do not matter", [] {
    RC_ASSERT(law_drop_head_cuts_do_not_matter(octets(*near_drop_head())));
  });
  held &= rc::check("heads agree with the grammar", [] {
    RC_ASSERT(law_drop_head_agrees_with_grammar(octets(*near_drop_head())));
  });
  held &= rc::check("what is written is read as the same", [] {
    OutgoingMail mail;
    if (*rc::gen::arbitrary<bool>()) mail.reverse_path = *mailbox();
    mail.content.octets = *rc::gen::arbitrary<std::uint32_t>();
    mail.content.is_eight_bit = *rc::gen::arbitrary<bool>();
    const auto more = *rc::gen::container<std::vector<Mailbox>>(mailbox());
    mail.recipients.push_back({*mailbox(), {}});
    for (const Mailbox& one : more) mail.recipients.push_back({one, {}});
    RC_ASSERT(law_drop_head_write_then_read(mail));
  });
  return held ? 0 : 1;
}
