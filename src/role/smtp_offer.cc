#include "role/smtp_offer.h"

#include <set>
#include <utility>

#include "smtp/trace.h"

namespace postkeep::role {

std::string write_unquoted(const smtp::Mailbox& mailbox) {
  std::string text = mailbox.local_part();
  if (!mailbox.domain().empty()) text += "@" + mailbox.domain();
  return text;
}

ipc::MessageOffered offered_message(const smtp::Envelope& envelope,
                                    const std::vector<Octets>& text,
                                    std::uint64_t number, std::string queue_id,
                                    std::string_view hostname, WallTime now) {
  ipc::MessageOffered offered;
  offered.offer = number;
  offered.session = envelope.session;
  offered.queue_id = std::move(queue_id);
  offered.reverse_path = write(envelope.reverse_path);
  offered.envid = envelope.parameters.envid.value_or("");
  offered.ret = static_cast<std::uint8_t>(envelope.parameters.ret);
  offered.smtputf8 = envelope.parameters.smtputf8;
  offered.body = static_cast<std::uint8_t>(
      envelope.parameters.body.value_or(smtp::BodyType::seven_bit));
  offered.login = envelope.login;
  std::set<std::pair<std::string, std::string>> seen;
  const auto add = [&](const smtp::Recipient& recipient,
                       const smtp::ResolvedUser& user) {
    offered.recipients.push_back(
        {.forward_path = write(recipient.forward_path),
         .user = user.user,
         .detail = user.detail,
         .orcpt = recipient.parameters.orcpt.value_or(""),
         .notify = recipient.parameters.notify});
  };
  for (const smtp::Recipient& recipient : envelope.recipients) {
    // On another host: told apart by the path alone.
    if (recipient.users.empty() &&
        seen.emplace("", write(recipient.forward_path)).second) {
      add(recipient, {});
    }
    for (const smtp::ResolvedUser& user : recipient.users) {
      if (seen.emplace(user.user, user.detail).second) add(recipient, user);
    }
  }
  offered.header_prefix =
      received_field(envelope, hostname, offered.queue_id, now);
  for (const Octets piece : text) offered.octets += piece.size();
  offered.inline_text = offered.octets <= ipc::inline_octets_max;
  if (offered.inline_text) {
    offered.text.reserve(static_cast<std::size_t>(offered.octets));
    for (const Octets piece : text) {
      offered.text.insert(offered.text.end(), piece.begin(), piece.end());
    }
  }
  return offered;
}

}  // namespace postkeep::role
