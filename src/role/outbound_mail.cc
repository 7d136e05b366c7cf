#include "role/outbound_mail.h"

#include <algorithm>
#include <utility>

namespace postkeep::role {
namespace {

constexpr std::uint16_t reply_code_max = 559;
constexpr std::uint16_t enhanced_number_max = 999;

std::optional<smtp::ReversePath> reverse_path_of(const std::string& text) {
  if (text.empty()) return smtp::ReversePath{};
  const auto mailbox = smtp::read_mailbox(text);
  if (!mailbox) return std::nullopt;
  return smtp::ReversePath{*mailbox};
}

std::optional<smtp::OutgoingRecipient> recipient_of(
    const ipc::RemoteRecipient& wanted) {
  auto mailbox = smtp::read_mailbox(wanted.forward_path);
  if (!mailbox) return std::nullopt;
  smtp::OutgoingRecipient recipient;
  recipient.forward_path = std::move(*mailbox);
  recipient.parameters.notify = wanted.notify;
  if (!wanted.orcpt.empty()) recipient.parameters.orcpt = wanted.orcpt;
  return recipient;
}

smtp::Ret ret_of(std::uint8_t number) {
  if (number == 1) return smtp::Ret::full;
  if (number == 2) return smtp::Ret::headers;
  return smtp::Ret::not_said;
}

}  // namespace

std::optional<smtp::OutgoingMail> outgoing_mail(
    const ipc::RemoteMail& mail, const smtp::ContentFacts& facts) {
  smtp::OutgoingMail outgoing;
  auto reverse_path = reverse_path_of(mail.reverse_path);
  if (!reverse_path || mail.recipients.empty()) return std::nullopt;
  outgoing.reverse_path = std::move(*reverse_path);
  outgoing.content = facts;
  outgoing.is_binary =
      mail.body == static_cast<std::uint8_t>(smtp::BodyType::binary_mime);
  outgoing.needs_smtputf8 = mail.smtputf8;
  outgoing.requiretls = mail.requiretls;
  outgoing.ret = ret_of(mail.ret);
  if (!mail.envid.empty()) outgoing.envid = mail.envid;
  if (mail.has_deliver_by) {
    outgoing.deliver_by = {.seconds = mail.deliver_by_seconds,
                           .returns_message = mail.deliver_by_returns,
                           .trace = mail.deliver_by_trace};
  }
  if (mail.has_mt_priority) outgoing.mt_priority = mail.mt_priority;
  for (const ipc::RemoteRecipient& wanted : mail.recipients) {
    auto recipient = recipient_of(wanted);
    if (!recipient) return std::nullopt;
    outgoing.recipients.push_back(std::move(*recipient));
  }
  return outgoing;
}

ipc::RemoteReply remote_reply(const smtp::PeerReply& reply) {
  ipc::RemoteReply written;
  written.code = reply.code;
  if (reply.enhanced) {
    written.has_enhanced = true;
    written.enhanced_kind = reply.enhanced->kind;
    written.enhanced_subject = reply.enhanced->subject;
    written.enhanced_detail = reply.enhanced->detail;
  }
  written.text = reply.text.substr(0, ipc::remote_text_octets_max);
  return written;
}

ipc::RemoteResult remote_result(const smtp::RecipientResult& result) {
  return {.outcome = static_cast<std::uint8_t>(result.outcome),
          .because = static_cast<std::uint8_t>(result.because),
          .at = static_cast<std::uint8_t>(result.at),
          .reply = remote_reply(result.reply)};
}

smtp::PeerReply peer_reply_of(const ipc::RemoteReply& reply) {
  smtp::PeerReply read;
  if (reply.code > reply_code_max) return read;
  read.code = reply.code;
  const bool is_sound = (reply.enhanced_kind == 2 || reply.enhanced_kind == 4 ||
                         reply.enhanced_kind == 5) &&
                        reply.enhanced_subject <= enhanced_number_max &&
                        reply.enhanced_detail <= enhanced_number_max;
  if (reply.has_enhanced && is_sound) {
    read.enhanced = {.kind = reply.enhanced_kind,
                     .subject = reply.enhanced_subject,
                     .detail = reply.enhanced_detail};
  }
  read.text = reply.text.substr(0, smtp::peer_text_octets_max);
  for (char& c : read.text) {
    if (c != '\n' && (c < ' ' || c > '~')) c = '?';
  }
  return read;
}

smtp::Because because_of(std::uint8_t number) {
  return number <= static_cast<std::uint8_t>(smtp::Because::content_unavailable)
             ? static_cast<smtp::Because>(number)
             : smtp::Because::reply_unexpected;
}

smtp::ClientState state_of(std::uint8_t number) {
  return number <= static_cast<std::uint8_t>(smtp::ClientState::closed)
             ? static_cast<smtp::ClientState>(number)
             : smtp::ClientState::closed;
}

smtp::RecipientResult recipient_result(const ipc::RemoteResult& result) {
  smtp::RecipientResult read;
  read.outcome =
      result.outcome <= static_cast<std::uint8_t>(smtp::Outcome::put_off)
          ? static_cast<smtp::Outcome>(result.outcome)
          : smtp::Outcome::deferred;
  read.because = because_of(result.because);
  read.at = state_of(result.at);
  read.reply = peer_reply_of(result.reply);
  return read;
}

}  // namespace postkeep::role
